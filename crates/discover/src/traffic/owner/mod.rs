//! Whose an address is, at a time: pods by scans and audit logs, then what network interfaces are of.

mod describe;
mod holder;
mod instance;
mod interface;
mod life;
mod network;
mod pod;
pub(crate) mod tenure;

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use sightline_lake::Session;

use super::End;
use super::ends::{Ends, word};
use super::texts::Texts;
use crate::address::is_public;
use crate::{DiscoverError, Window};
use interface::Interface;
use network::Networks;
use tenure::{Held, Tenure};

/// An interface endpoint of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) service_name: String,
}

/// How an end was found: what the sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// the flow log names the task
    Task,
    /// the flow log names the interface, which the inventory has
    Interface,
    /// the flow log names the instance
    Instance,
    /// a pod had the address at the time
    Pod,
    /// the inventory's interface had the address at the time
    Address,
    /// the only holder that is known, at another time
    Elsewhen,
    /// several had the address in this time
    Several,
    /// a pod that nothing names had the address
    Unnamed,
    /// nobody is known to have had it
    Nobody,
}

/// Whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) end: u32,
    pub(crate) why: Why,
    /// number of the model that it serves; 0 for none
    pub(crate) serves: u32,
}

/// What a flow record says of the interface that wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) interface: &'a str,
    pub(crate) instance: &'a str,
    pub(crate) task: &'a str,
}

/// Everything that had an address.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    pub(crate) ends: Ends,
    /// of networks and instances
    pub(crate) texts: Texts,
    interfaces: HashMap<String, Interface>,
    /// by network and address; network 0 is the internet, or one that is not known
    addresses: HashMap<(u32, IpAddr), Vec<Tenure>>,
    pods: HashMap<(u32, IpAddr), Vec<Tenure>>,
    /// networks in which somebody had the address
    networks_of: HashMap<IpAddr, Vec<u32>>,
    networks: Networks,
    /// ends of addresses that nobody is known to have
    nobodies: HashMap<(u32, IpAddr), u32>,
    /// ends with the addresses that are their own, not their pods'
    primaries: HashSet<(u32, IpAddr)>,
    /// instance's number → its end
    instances: HashMap<u32, u32>,
    /// ends of nodes → the instance's number
    nodes: HashMap<u32, u32>,
    endpoints: HashMap<u32, Endpoint>,
    tasks: HashMap<String, u32>,
    /// ends that may be any of several → these
    alternatives: HashMap<u32, Vec<u32>>,
    /// likewise, where addresses that were asked for had several
    several: HashMap<u32, Vec<u32>>,
    /// node's number → the pods' ends that were on it, with the time
    on_node: HashMap<u32, Vec<(u32, i64, i64)>>,
    /// end → what it serves, for those that are no pods
    serving: HashMap<u32, u32>,
    pub(crate) models: super::self_hosted::Models,
}

impl Owners {
    pub(crate) async fn read(session: &Session, window: &Window) -> Result<Self, DiscoverError> {
        let mut owners = Self {
            networks: Networks::default(),
            models: super::self_hosted::Models::read(session, window).await?,
            ..Self::default()
        };
        owners.networks = Networks::read(session, &mut owners.texts).await?;
        instance::read(session, &mut owners).await?;
        interface::read(session, window, &mut owners).await?;
        pod::read(session, window, &mut owners).await?;
        owners.leave_pods_theirs();
        for tenures in owners.addresses.values_mut().chain(owners.pods.values_mut()) {
            tenure::settle(tenures);
        }
        let places = owners.addresses.keys().chain(owners.pods.keys()).filter(|(network, _)| *network != 0);
        for (network, address) in places {
            let networks = owners.networks_of.entry(*address).or_default();
            if !networks.contains(network) {
                networks.push(*network);
            }
        }
        Ok(owners)
    }

    /// What pods told to be a node has no address but its own: the others were its pods', one after the other.
    fn leave_pods_theirs(&mut self) {
        let Self { addresses, nodes, primaries, .. } = self;
        for ((_, address), tenures) in addresses.iter_mut().filter(|((network, _), _)| *network != 0) {
            tenures.retain(|one| !nodes.contains_key(&one.holder) || primaries.contains(&(one.holder, *address)));
        }
        addresses.retain(|_, tenures| !tenures.is_empty());
    }

    /// The inventory's interface of this id.
    pub(crate) fn interface(&self, id: &str) -> Option<&Interface> {
        self.interfaces.get(id)
    }

    /// Whether an end only passes on what others send.
    pub(crate) fn is_between(&self, end: u32) -> bool {
        self.ends.kind(end) == word::BETWEEN
    }

    pub(crate) fn endpoint(&self, end: u32) -> Option<&Endpoint> {
        self.endpoints.get(&end)
    }

    /// The ends that this one may be.
    pub(crate) fn alternatives(&self, end: u32) -> &[u32] {
        self.alternatives.get(&end).or_else(|| self.several.get(&end)).map_or(&[], Vec::as_slice)
    }

    /// Forgets what was only found because of what was asked.
    pub(super) fn forget(&mut self) {
        self.several.clear();
    }

    /// The pods that were on a node in this time: outside of the network they have its address.
    pub(crate) fn behind(&self, end: u32, (first, last): (i64, i64)) -> Vec<u32> {
        let Some(pods) = self.nodes.get(&end).and_then(|node| self.on_node.get(node)) else { return vec![] };
        let there = pods.iter().filter(|(_, since, until)| *since <= last && *until >= first).map(|(pod, ..)| *pod);
        let distinct: HashSet<u32> = there.collect();
        let mut distinct: Vec<u32> = distinct.into_iter().collect();
        distinct.sort_unstable_by_key(|end| self.ends.arn(*end));
        distinct
    }

    pub(crate) fn is_node(&self, end: u32) -> bool {
        self.nodes.contains_key(&end)
    }

    /// The owner of the address that the record's own interface has.
    pub(crate) fn own(&mut self, address: IpAddr, network: u32, seen: (i64, i64), own: Own<'_>) -> Owner {
        let instance = self.texts.known(own.instance);
        let node = self.instances.get(&instance).filter(|end| self.nodes.contains_key(end)).map_or(0, |_| instance);
        if let Some(owner) = self.pod(address, network, seen, node) {
            return owner;
        }
        if !own.task.is_empty() {
            return Owner { end: self.task(own), why: Why::Task, serves: 0 };
        }
        if let Some(interface) = self.interfaces.get(own.interface) {
            let (end, primary) = (interface.end, interface.primary);
            if self.is_node(end) && primary != Some(address) {
                return self.nobody(address, network, Why::Unnamed);
            }
            return Owner { end, why: Why::Interface, serves: self.serves(end) };
        }
        if !own.instance.is_empty() {
            let end = self.instances.get(&instance).copied().unwrap_or_else(|| self.foreign_instance(own));
            return Owner { end, why: Why::Instance, serves: self.serves(end) };
        }
        self.by_address(address, network, seen).unwrap_or_else(|| self.nobody(address, network, Why::Nobody))
    }

    /// The owner of the other end's address.
    pub(crate) fn far(&mut self, address: IpAddr, network: u32, seen: (i64, i64)) -> Owner {
        let known = self.networks_of.get(&address);
        let there = |network: u32| known.is_some_and(|networks| networks.contains(&network));
        let network = match known.map(Vec::as_slice) {
            _ if there(network) => network,
            // Networks that are connected share no addresses: of several, any may be meant.
            Some([one]) if !self.networks.holds(network, address) => *one,
            _ => network,
        };
        let pod = self.pod(address, network, seen, 0);
        let owner =
            pod.or_else(|| self.by_address(address, network, seen)).or_else(|| self.by_address(address, 0, seen));
        owner.unwrap_or_else(|| self.nobody(address, network, Why::Nobody))
    }

    fn pod(&mut self, address: IpAddr, network: u32, seen: (i64, i64), node: u32) -> Option<Owner> {
        let tenures = self.pods.get(&(network, address)).or_else(|| self.pods.get(&(0, address)))?;
        let held = tenure::held(tenures, seen, node);
        self.owner(held, address, network, Why::Pod)
    }

    fn by_address(&mut self, address: IpAddr, network: u32, seen: (i64, i64)) -> Option<Owner> {
        let held = tenure::held(self.addresses.get(&(network, address))?, seen, 0);
        let mut owner = self.owner(held, address, network, Why::Address)?;
        owner.serves = self.serves(owner.end);
        Some(owner)
    }

    fn owner(&mut self, held: Held, address: IpAddr, network: u32, why: Why) -> Option<Owner> {
        match held {
            Held::Nobody => None,
            Held::By { holder, serves, certain } => {
                Some(Owner { end: holder, why: if certain { why } else { Why::Elsewhen }, serves })
            }
            Held::Several(holders) => {
                let owner = self.nobody(address, network, Why::Several);
                let known = self.several.entry(owner.end).or_default();
                known.extend(holders);
                known.sort_unstable();
                known.dedup();
                Some(owner)
            }
        }
    }

    fn serves(&self, end: u32) -> u32 {
        self.serving.get(&end).copied().unwrap_or_default()
    }

    /// The end that stands for an address that nobody is known to have.
    fn nobody(&mut self, address: IpAddr, network: u32, why: Why) -> Owner {
        let known = self.nobodies.get(&(network, address)).copied();
        let end = known.unwrap_or_else(|| {
            let end = self.ends.number(self.stranger(address, network));
            self.nobodies.insert((network, address), end);
            end
        });
        Owner { end, why, serves: 0 }
    }

    fn stranger(&self, address: IpAddr, network: u32) -> End {
        match self.networks.of(address, network) {
            Some(network) => {
                let vpc_id = self.texts.text(network).to_owned();
                let arn = if vpc_id.is_empty() { address.to_string() } else { format!("{vpc_id}/{address}") };
                End { vpc_id, ..described(word::ADDRESS, arn, address) }
            }
            None if is_public(address) => described(word::INTERNET, address.to_string(), address),
            None => described(word::ON_PREMISES, address.to_string(), address),
        }
    }

    fn task(&mut self, own: Own<'_>) -> u32 {
        if let Some(end) = self.tasks.get(own.task) {
            return *end;
        }
        let name = own.task.rsplit('/').next().unwrap_or_default();
        let end = self.ends.number(holder::end("task", own.task, name, own.account, own.region));
        self.tasks.insert(own.task.to_owned(), end);
        end
    }

    fn foreign_instance(&mut self, own: Own<'_>) -> u32 {
        let partition = sightline_model::partition::of_region(own.region);
        let arn = format!("arn:{partition}:ec2:{}:{}:instance/{}", own.region, own.account, own.instance);
        let end = self.ends.number(holder::end("instance", &arn, own.instance, own.account, own.region));
        let number = self.texts.number(own.instance);
        self.instances.insert(number, end);
        end
    }
}

fn described(kind: &str, arn: String, address: IpAddr) -> End {
    End { arn, kind: kind.to_owned(), title: address.to_string(), address: address.to_string(), ..End::default() }
}

impl Owners {
    /// Whether pods get their names from this address: a cluster's name server, or a node, which may have one of its own.
    pub(crate) fn is_resolver(&self, network: u32, address: IpAddr) -> bool {
        let pods = self.pods.get(&(network, address)).into_iter().flatten();
        let name = |end: u32| self.ends.arn(end).rsplit('/').next().unwrap_or_default();
        let is_name_server = pods.map(|one| name(one.holder)).any(|name| NAME_SERVERS.contains(&name));
        let mut others = self.addresses.get(&(network, address)).into_iter().flatten();
        is_name_server || others.any(|one| self.is_node(one.holder))
    }
}

/// Service accounts of name servers: CoreDNS, its forerunner, and the cache that nodes run.
const NAME_SERVERS: [&str; 3] = ["coredns", "kube-dns", "node-local-dns"];
