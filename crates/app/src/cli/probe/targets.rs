//! Which targets: named one by one, or found in the lake.

use super::ground::{Declared, Ground};
use anyhow::ensure;
use clap::Args;
use sightline_model::{Arn, pattern};
use sightline_probe::{Found, FoundTargets};

#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// The model: an id, an inference profile, or the ARN of either
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// ARN of what is probed: a model, a profile, an alias of an agent or a flow, a knowledge base, an endpoint; may be given
    /// several times
    #[arg(long = "target", value_name = "ARN", conflicts_with = "model")]
    targets: Vec<String>,
    /// All of Amazon Bedrock in the lake that is called, that somebody may call, or that is the account's own
    #[arg(long, conflicts_with = "model")]
    all_bedrock: bool,
    /// All that this application of `sightline.toml` was seen to call
    #[arg(long, value_name = "NAME", conflicts_with = "model")]
    app: Option<String>,
    /// The account has agreements for these models: do not ask the service
    #[arg(long)]
    pub(crate) agreement_exists: bool,
}

/// One target, before anything is known of its plan.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// as it is called
    pub(super) name: String,
    /// where, where that is known
    pub(super) region: Option<String>,
    /// what the lake knows of it
    pub(super) found: Found,
    /// somebody named it
    pub(super) is_named: bool,
    /// that, or it stands on the allow list
    pub(super) may_run: bool,
}

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) chosen: Vec<Chosen>,
    /// what the lake could not look at
    pub(super) unread: Vec<String>,
    /// what nobody looked at yet
    pub(super) unknown: Vec<String>,
    /// offered by AWS, and of no use to anybody in the account
    pub(super) left_out: usize,
    /// one target, named: what hinders it is an error
    pub(super) is_single: bool,
}

impl Targets {
    /// Those that are named, all of Bedrock, or those of an application.
    pub(crate) fn of(targets: Vec<String>, all_bedrock: bool, app: Option<String>, agreement_exists: bool) -> Self {
        Self { model: None, targets, all_bedrock, app, agreement_exists }
    }

    /// Reads the lake where it is asked for, or may help. `server` is one that was named by its address.
    pub(super) async fn choose(
        &self,
        ground: &Ground<'_>,
        regions: &[String],
        server: Option<Chosen>,
    ) -> anyhow::Result<Choice> {
        let is_wide = self.all_bedrock || self.app.is_some();
        if let Some(server) = server.clone().filter(|_| !is_wide && self.targets.is_empty()) {
            return Ok(Choice { chosen: vec![server], is_single: true, ..Choice::default() });
        }
        if let Some(model) = &self.model {
            let mut choice = Choice { is_single: true, ..Choice::default() };
            let known = ground.known().await.map_or_else(|_| Vec::new(), |found| found.targets);
            one(model, known).into_iter().for_each(|chosen| choice.add(chosen));
            return Ok(choice);
        }
        ensure!(
            is_wide || !self.targets.is_empty(),
            "no target is named: add `--model ID`, `--target ARN`, `--url URL`, `--all-bedrock` or `--app NAME`"
        );
        let declared = ground.declared()?;
        self.check_app(&declared)?;
        let found = match ground.known().await {
            // What is named needs no lake.
            Err(_) if !is_wide => FoundTargets::default(),
            other => other?,
        };
        let is_single = !is_wide && self.targets.len() == 1 && server.is_none();
        let mut choice = Choice { chosen: server.into_iter().collect(), is_single, ..Choice::default() };
        for chosen in self.targets.iter().flat_map(|name| one(name, found.targets.clone())) {
            choice.add(chosen);
        }
        // An agent's name means all its aliases.
        choice.is_single &= choice.chosen.len() == 1;
        if is_wide {
            (choice.unread, choice.unknown) = (found.unread, found.unknown);
            for target in found.targets.into_iter().filter(|target| self.takes(target, regions)) {
                match target.is_in_use() {
                    true => choice.add(Chosen::found(target, &declared.allowed)),
                    false => choice.left_out += 1,
                }
            }
        }
        Ok(choice)
    }

    fn takes(&self, target: &Found, regions: &[String]) -> bool {
        (regions.is_empty() || regions.contains(&target.region))
            && self.app.as_ref().is_none_or(|app| target.applications.contains(app))
            && (!self.all_bedrock || target.is_bedrock())
    }

    fn check_app(&self, declared: &Declared) -> anyhow::Result<()> {
        let Some(name) = &self.app else { return Ok(()) };
        let known = &declared.applications;
        ensure!(
            known.contains(name),
            "`{}` declares no application `{name}`; it has: {}",
            declared.file,
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        );
        Ok(())
    }
}

impl Chosen {
    fn found(target: Found, allowed: &[String]) -> Self {
        let may_run = allowed.iter().any(|allowed| pattern::matches(allowed, &target.arn));
        Self { name: target.arn.clone(), region: Some(target.region.clone()), found: target, is_named: false, may_run }
    }
}

impl Choice {
    /// What was chosen before stays as it is.
    fn add(&mut self, chosen: Chosen) {
        // What AWS offers has no account where it was named.
        let in_account = |one: &Chosen| {
            let [a, b] = [&one.found.account_id, &chosen.found.account_id];
            a == b || a.is_empty() || b.is_empty()
        };
        if !self.chosen.iter().any(|one| one.name == chosen.name && in_account(one)) {
            self.chosen.push(chosen);
        }
    }
}

/// What a name means: what the lake knows by it, else the name as it is. An agent's name means all its aliases.
fn one(name: &str, known: Vec<Found>) -> Vec<Chosen> {
    let chosen = |found: Found, name: &str, region: Option<String>| Chosen {
        name: name.to_owned(),
        region,
        found,
        is_named: true,
        may_run: true,
    };
    let meant: Vec<Chosen> = known
        .into_iter()
        .filter(|found| name.starts_with("arn:") && found.is_named(name))
        // What AWS offers is named for the account of the credentials, wherever it was seen.
        .map(|found| if found.is_offered { Found { account_id: String::new(), ..found } } else { found })
        .map(|found| chosen(found.clone(), &found.arn, Some(found.region.clone()).filter(|region| !region.is_empty())))
        .collect();
    if !meant.is_empty() {
        return meant;
    }
    let arn = name.parse::<Arn>().ok();
    let region = arn.as_ref().map(|arn| arn.region().to_owned()).filter(|region| !region.is_empty());
    let kind = arn.map_or_else(String::new, |arn| arn.resource_type().to_owned());
    vec![chosen(Found { arn: name.to_owned(), kind, ..Found::default() }, name, region)]
}
