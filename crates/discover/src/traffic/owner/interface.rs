//! Network interfaces of all scans: what they are of, and which addresses they have.

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sightline_lake::Session;

use super::describe::{Described, described, is_of_functions, is_of_pods};
use super::holder::{Holders, end};
use super::tenure::Tenure;
use super::{End, Owners};
use crate::query::query;
use crate::{DiscoverError, Window};

/// A row of `sql/traffic/interface.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    arn: String,
    interface_id: String,
    vpc_id: String,
    subnet_id: String,
    description: String,
    interface_type: String,
    instance_id: String,
    attached_at: Option<Timestamp>,
    /// an instance's first interface, 0, is its own for good; others go from one instance to the next
    device_index: String,
    address: String,
    addresses: String,
    ipv6_addresses: String,
    public_address: String,
    groups: String,
    source_dest_check: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

/// What is kept of an interface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interface {
    pub(crate) end: u32,
    pub(crate) network: u32,
    /// the address that is its own where others are its pods'
    pub(crate) primary: Option<IpAddr>,
    /// whether it may pass on what is not addressed to it
    forwards: bool,
}

impl Interface {
    /// Whether a connection of these addresses only passes here: through a firewall, a proxy of packets, an instance that translates.
    pub(crate) fn passes_on(&self, ends: [IpAddr; 2]) -> bool {
        self.forwards && self.primary.is_some_and(|primary| !ends.contains(&primary))
    }
}

/// A row of `sql/traffic/alive.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Alive {
    interface_id: String,
    first_seen: Timestamp,
}

pub(super) async fn read(session: &Session, window: &Window, owners: &mut Owners) -> Result<(), DiscoverError> {
    let holders = Holders::read(session).await?;
    let alive = query!("traffic/alive");
    let alive: Vec<Alive> =
        alive.rows_of(session, &alive.sql.replace("$window", &window.condition("last_seen"))).await?;
    let alive = alive.into_iter().map(|row| (row.interface_id, row.first_seen)).collect();
    for (arn, task) in &holders.tasks {
        let number = owners.ends.number(task.clone());
        owners.tasks.insert(arn.clone(), number);
    }
    let looks = Looks::read(session, "aws_ec2_network_interface").await?;
    let query = query!("traffic/interface");
    query.each(session, query.sql, |row: Row| owners.add(&row, &holders, &looks, &alive)).await?;
    for (number, arn) in owners.serving_candidates() {
        let definition = holders.definitions.get(&arn).cloned().unwrap_or_default();
        if let Some(serves) = owners.models.of_task(&definition) {
            owners.serving.insert(number, serves);
        }
    }
    Ok(())
}

impl Row {
    /// An interface has its first address for as long as it lives, and its flow records tell that it does: also those before the
    /// moment at which it was attached, where nobody else can have had it.
    fn since_alive(&self, alive: &HashMap<String, Timestamp>, tenure: Tenure) -> Tenure {
        let stays = self.instance_id.is_empty() || self.device_index == "0";
        match alive.get(&self.interface_id).map(|first| first.as_microsecond()) {
            Some(first) if stays && first < tenure.since => Tenure { since: first, told: first, ..tenure },
            _ => tenure,
        }
    }
}

impl Owners {
    /// Tasks and services by number.
    fn serving_candidates(&self) -> Vec<(u32, String)> {
        self.tasks.values().map(|number| (*number, self.ends.arn(*number).to_owned())).collect()
    }

    fn add(&mut self, row: &Row, holders: &Holders, looks: &Looks, alive: &HashMap<String, Timestamp>) {
        let number = self.holder_of(row, holders);
        let network = self.texts.number(&row.vpc_id);
        let primary = row.address.parse::<IpAddr>().ok();
        self.interfaces.insert(
            row.interface_id.clone(),
            Interface { end: number, network, primary, forwards: row.source_dest_check == "false" },
        );
        let tenure =
            looks.tenure(number, [&row.account_id, &row.region], row.attached_at, [row.first_seen, row.last_seen]);
        self.hold(network, &row.address, row.since_alive(alive, tenure));
        self.hold(0, &row.public_address, tenure);
        self.primaries.extend(primary.map(|primary| (number, primary)));
        for one in list(&row.addresses) {
            if let Some(address) = text(&one, "PrivateIpAddress").filter(|address| **address != row.address) {
                self.hold(network, address, tenure);
            }
            let public = one.pointer("/Association/PublicIp").and_then(Value::as_str);
            if let Some(public) = public.filter(|public| **public != row.public_address) {
                self.hold(0, public, tenure);
            }
        }
        for address in list(&row.ipv6_addresses).iter().filter_map(|one| text(one, "Ipv6Address")) {
            self.hold(network, address, tenure);
        }
    }

    fn holder_of(&mut self, row: &Row, holders: &Holders) -> u32 {
        let placed = |end: End| End {
            vpc_id: row.vpc_id.clone(),
            subnet_id: row.subnet_id.clone(),
            interface_id: row.interface_id.clone(),
            address: row.address.clone(),
            ..end
        };
        if let Some(of) = holders.of_interface.get(&row.interface_id) {
            let number = self.ends.number(placed(of.clone()));
            if let Some(endpoint) = holders.endpoints.get(&of.arn) {
                self.endpoints.insert(number, endpoint.clone());
            }
            return number;
        }
        if row.instance_id.starts_with("i-") {
            let instance = self.texts.number(&row.instance_id);
            let number = self.instances.get(&instance).copied().unwrap_or_else(|| {
                let partition = sightline_model::partition::of_region(&row.region);
                let arn = format!("arn:{partition}:ec2:{}:{}:instance/{}", row.region, row.account_id, row.instance_id);
                self.ends.number(placed(end("instance", &arn, &row.instance_id, &row.account_id, &row.region)))
            });
            self.instances.insert(instance, number);
            if is_of_pods(&row.description) {
                self.nodes.insert(number, instance);
            }
            return number;
        }
        let described = described(Described {
            arn: &row.arn,
            id: &row.interface_id,
            kind: &row.interface_type,
            description: &row.description,
            account: &row.account_id,
            region: &row.region,
        });
        if is_of_functions(&row.interface_type, &row.description) {
            return self.function(row, holders, placed(described.clone()));
        }
        self.ends.number(placed(described))
    }

    /// The only function with the interface's subnet and groups; otherwise the interface, which may be any of theirs.
    fn function(&mut self, row: &Row, holders: &Holders, interface: End) -> u32 {
        let mut groups: Vec<String> =
            list(&row.groups).iter().filter_map(|group| text(group, "GroupId").map(str::to_owned)).collect();
        groups.sort();
        let fitting: Vec<&End> = holders
            .functions
            .iter()
            .filter(|function| function.end.account_id == row.account_id)
            .filter(|function| function.subnets.contains(&row.subnet_id) && function.groups == groups)
            .map(|function| &function.end)
            .collect();
        if let [one] = *fitting {
            let one = End { vpc_id: row.vpc_id.clone(), subnet_id: row.subnet_id.clone(), ..one.clone() };
            return self.ends.number(one);
        }
        let candidates: Vec<u32> = fitting.into_iter().map(|end| self.ends.number(end.clone())).collect();
        let number = self.ends.number(interface);
        if !candidates.is_empty() {
            self.alternatives.insert(number, candidates);
        }
        number
    }
}

fn list(json: &str) -> Vec<Value> {
    serde_json::from_str(json).unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Look {
    account_id: String,
    region: String,
    table_name: String,
    began: Timestamp,
}

/// When scans looked, by account and region, in order.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<(String, String), Vec<i64>>);

impl Looks {
    pub(super) async fn read(session: &Session, table: &str) -> Result<Self, DiscoverError> {
        let mut looks = Self::default();
        for look in query!("traffic/looked").rows::<Look>(session).await? {
            if look.table_name == table {
                looks.0.entry((look.account_id, look.region)).or_default().push(look.began.as_microsecond());
            }
        }
        looks.0.values_mut().for_each(|times| times.sort_unstable());
        Ok(looks)
    }

    /// The time of a holder that scans saw first and last at these moments. What began when nobody knows, was there before.
    pub(super) fn tenure(
        &self,
        holder: u32,
        [account, region]: [&String; 2],
        began: Option<Timestamp>,
        [first, last]: [Timestamp; 2],
    ) -> Tenure {
        let (told, seen) = (first.as_microsecond(), last.as_microsecond());
        let since = began.map_or(i64::MIN, |began| began.as_microsecond());
        let times = self.0.get(&(account.clone(), region.clone()));
        let gone = times.and_then(|times| times.iter().find(|time| **time > seen).copied());
        let told = began.map_or(told, |began| began.as_microsecond().min(told));
        // Interfaces that are there stay: nothing comes and goes behind them as pods do.
        let known = if gone.is_some() { seen } else { i64::MAX };
        Tenure { holder, since, told, known, until: gone.unwrap_or(i64::MAX), node: 0, serves: 0 }.ordered()
    }
}
