//! Which places are read, and with whose credentials.

use crate::cli::connection::Connection;
use crate::config::{Config, Place};
use crate::since::Since;
use crate::world;
use anyhow::{Context as _, bail};
use sightline_aws::{Aws, Connect};
use sightline_collect::logs::{Address, LogStore};
use sightline_model::untrusted::shortened;
use std::collections::BTreeMap;

/// A place to read.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// As the user wrote it
    pub(crate) label: String,
    /// Where that is
    pub(crate) address: Address,
    /// What all its objects are, where the configuration says it
    pub(crate) source: Option<&'static str>,
    /// Since when, where the configuration says it
    pub(crate) since: Option<Since>,
    /// What the configuration says of credentials
    access: Access,
}

/// Profile, role, external id and region; what is not said is the environment's.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Access {
    profile: Option<String>,
    role_arn: Option<String>,
    external_id: Option<String>,
    region: Option<String>,
}

impl Chosen {
    /// A place that is given by its address.
    pub(crate) fn address(text: &str) -> anyhow::Result<Self> {
        let address = text.parse()?;
        Ok(Self { label: text.to_owned(), address, source: None, since: None, access: Access::default() })
    }

    fn configured(place: &Place) -> Self {
        Self {
            label: place.place.clone(),
            address: place.address.clone(),
            source: place.source,
            since: place.since.clone(),
            access: Access {
                profile: place.profile.clone(),
                role_arn: place.role_arn.clone(),
                external_id: place.external_id.clone(),
                region: place.region.clone(),
            },
        }
    }
}

/// The places of these names and addresses, each once; without any, all that are configured.
pub(crate) fn chosen(given: &[String], config: &Config) -> anyhow::Result<Vec<Chosen>> {
    if given.is_empty() {
        return Ok(config.logs.iter().map(Chosen::configured).collect());
    }
    let mut chosen: Vec<Chosen> = Vec::with_capacity(given.len());
    for text in given {
        let one = match config.place(text) {
            Some(place) => Chosen::configured(place),
            None => Chosen::address(text).with_context(|| names(config))?,
        };
        if let Address::Folder(path) = &one.address
            && !config.logs.is_empty()
            && !path.exists()
        {
            bail!("`{}`: {}", shortened(text, 200), names(config));
        }
        if chosen.iter().all(|known| known.address != one.address) {
            chosen.push(one);
        }
    }
    Ok(chosen)
}

/// What is wrong with an argument that is neither.
fn names(config: &Config) -> String {
    let names: Vec<&str> = config.logs.iter().map(|place| place.name.as_str()).collect();
    if names.is_empty() {
        "no such place".to_owned()
    } else {
        format!("no such place, and none that is configured ({})", names.join(", "))
    }
}

/// Opens places; who has the same credentials shares a connection.
pub(crate) struct Stores<'c> {
    flags: &'c Connection,
    connected: BTreeMap<Access, Aws>,
}

impl<'c> Stores<'c> {
    pub(crate) fn new(flags: &'c Connection) -> Self {
        Self { flags, connected: BTreeMap::new() }
    }

    /// The place, opened. Makes no call.
    ///
    /// # Errors
    /// There is no such folder; the AWS configuration cannot be used.
    pub(crate) async fn open(&mut self, place: &Chosen) -> anyhow::Result<LogStore> {
        let clock = world::clock();
        match &place.address {
            Address::Folder(path) => Ok(LogStore::folder(path)?),
            Address::Stdin => Ok(LogStore::stdin(std::io::stdin(), &clock)),
            address => match LogStore::in_account(&self.connection(place).await?, address, &clock) {
                Some(store) => Ok(store),
                None => bail!("`{}` is in no account", place.label),
            },
        }
    }

    async fn connection(&mut self, place: &Chosen) -> anyhow::Result<Aws> {
        let access = over(self.flags, &place.access);
        if let Some(aws) = self.connected.get(&access) {
            return Ok(aws.clone());
        }
        let Access { profile, role_arn, external_id, region } = access.clone();
        let aws = Aws::connect(Connect { profile, role_arn, external_id, region }).await?;
        self.connected.insert(access, aws.clone());
        Ok(aws)
    }
}

/// What the flags say, and where they say nothing what the configuration says. Role and external id belong together.
fn over(flags: &Connection, configured: &Access) -> Access {
    let role = flags.role_arn.is_some();
    Access {
        profile: flags.profile.clone().or_else(|| configured.profile.clone()),
        role_arn: flags.role_arn.clone().or_else(|| configured.role_arn.clone()),
        external_id: if role { flags.external_id.clone() } else { configured.external_id.clone() },
        region: flags.regions.first().cloned().or_else(|| configured.region.clone()),
    }
}
