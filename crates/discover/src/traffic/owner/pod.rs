//! Pods: by all scans, and by audit logs, which also have those that no scan saw.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Deserialize;
use sightline_lake::{Answer, LakeError, Session};
use sightline_model::partition;

use super::holder::end;
use super::life::{Event, Life, SANDBOX};
use super::{End, Owners, Why};
use crate::attribute;
use crate::query::query;
use crate::{DiscoverError, Window};

/// A row of `sql/traffic/pod.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    cluster_name: String,
    namespace: String,
    name: String,
    uid: String,
    ip: String,
    host_ip: String,
    service_account: String,
    host_network: bool,
    workload: String,
    cluster_arn: String,
    phase: String,
    started_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    first_seen: Timestamp,
    last_seen: Timestamp,
    gone_by: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cluster {
    account_id: String,
    region: String,
    name: String,
    vpc_id: String,
}

/// A cluster: account, region and name.
type Place = [String; 3];
/// Namespace and name.
type Name = [String; 2];

/// The pods of a cluster by name; several of one name one after the other.
type Pods = BTreeMap<Place, HashMap<Name, Vec<Life>>>;

pub(super) async fn read(session: &Session, window: &Window, owners: &mut Owners) -> Result<(), DiscoverError> {
    let mut pods = scanned(session, owners).await?;
    logged(session, window, &mut pods).await?;
    let clusters: Vec<Cluster> = query!("traffic/cluster").rows(session).await?;
    let instances: HashMap<u32, u32> = owners.instances.iter().map(|(instance, end)| (*end, *instance)).collect();
    for ([account, region, cluster], by_name) in pods {
        // An audit log that names no account is of the only cluster of its name.
        let mut named =
            clusters.iter().filter(|one| one.name == cluster && (account.is_empty() || one.account_id == account));
        let known = named.clone().find(|one| one.region == region).or_else(|| named.next());
        let place = [
            known.map_or(account, |one| one.account_id.clone()),
            known.map_or(region, |one| one.region.clone()),
            cluster,
        ];
        let vpc_id = known.map_or("", |one| &one.vpc_id);
        let mut names: Vec<(Name, Vec<Life>)> = by_name.into_iter().collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for ([namespace, _], lives) in names {
            for life in lives {
                owners.live(&place, vpc_id, &namespace, &life, &instances);
            }
        }
    }
    Ok(())
}

impl Owners {
    fn live(&mut self, place: &Place, vpc_id: &str, namespace: &str, life: &Life, instances: &HashMap<u32, u32>) {
        let Some(ip) = life.ip else { return };
        let network = self.texts.number(vpc_id);
        let node = life.host_ip.and_then(|host| self.node(network, host, life, instances)).unwrap_or_default();
        let holder = if life.service_account.is_empty() {
            // It had the address, whoever it was: nobody else did.
            self.nobody(ip, network, Why::Unnamed).end
        } else {
            self.service_account(place, vpc_id, namespace, &life.service_account)
        };
        let Some(tenure) = life.tenure(holder, node) else { return };
        if node != 0 {
            self.on_node.entry(node).or_default().push((holder, tenure.since, tenure.until));
        }
        if !life.is_on_host_network() {
            self.pods.entry((network, ip)).or_default().push(tenure);
        }
    }

    fn service_account(&mut self, place: &Place, vpc_id: &str, namespace: &str, service_account: &str) -> u32 {
        let [account, region, cluster] = place;
        let partition = partition::of_region(region);
        let arn = attribute::pod::arn(partition, region, account, cluster, [namespace, service_account]);
        if let Some(number) = self.ends.known(&arn) {
            return number;
        }
        let described = end("pod", &arn, &format!("{namespace}/{service_account}"), account, region);
        self.ends.number(End { vpc_id: vpc_id.to_owned(), ..described })
    }

    /// The instance that had the host's address while the pod lived: a node, whatever else tells it.
    fn node(&mut self, network: u32, host: IpAddr, life: &Life, instances: &HashMap<u32, u32>) -> Option<u32> {
        let tenures = self.addresses.get(&(network, host))?;
        let at = life.told.unwrap_or(life.known);
        let mut of_instances = tenures.iter().filter(|one| instances.contains_key(&one.holder));
        let holder =
            of_instances.clone().find(|one| one.since <= at && at <= one.until).or_else(|| of_instances.next())?.holder;
        let instance = *instances.get(&holder)?;
        self.nodes.insert(holder, instance);
        Some(instance)
    }
}

async fn scanned(session: &Session, owners: &Owners) -> Result<Pods, DiscoverError> {
    let query = query!("traffic/pod");
    let mut pods = Pods::new();
    let mut take = |row: Row| {
        let serves = owners.models.of_pods(&row.cluster_arn, &row.workload);
        let name = [row.namespace.clone(), row.name.clone()];
        let life = life(&row, serves);
        pods.entry([row.account_id, row.region, row.cluster_name]).or_default().entry(name).or_default().push(life);
    };
    query.each(session, query.sql, &mut take).await?;
    Ok(pods)
}

fn life(row: &Row, serves: u32) -> Life {
    let micros = |at: Timestamp| at.as_microsecond();
    let (first, known) = (micros(row.first_seen), micros(row.last_seen));
    let born = row.started_at.map(micros);
    let told = born.map_or(first, |born| born.saturating_add(SANDBOX).min(first).max(born.min(first)));
    let ended = matches!(row.phase.as_str(), "Succeeded" | "Failed");
    // A pod that was seen to have ended gave its address back at some time before.
    let died = if ended { Some(first) } else { row.deleted_at.or(row.gone_by).map(micros) };
    let host_ip: Option<IpAddr> = row.host_ip.parse().ok();
    let ip: Option<IpAddr> = row.ip.parse().ok();
    Life {
        uid: row.uid.clone(),
        service_account: if row.service_account.is_empty() {
            "default".to_owned()
        } else {
            row.service_account.clone()
        },
        ip: if row.host_network { host_ip.or(ip) } else { ip },
        host_ip,
        born,
        told: Some(told),
        known: if ended { told } else { known },
        died,
        serves,
    }
}

async fn logged(session: &Session, window: &Window, pods: &mut Pods) -> Result<(), DiscoverError> {
    let query = query!("traffic/pod_event");
    let failed = |source| DiscoverError::Query { query: query.name, source };
    let until = Window { from: None, until: window.until };
    let sql = query.sql.replace("$window", &until.condition("event_time"));
    let mut parts = session.parts(&sql).await.map_err(failed)?;
    let mut reader = Reader { pods, name: None, now: None };
    while let Some(part) = parts.next().await.map_err(failed)? {
        reader.read(&part).map_err(failed)?;
    }
    reader.end();
    Ok(())
}

/// Goes over the events, those of one name after the other.
struct Reader<'p> {
    pods: &'p mut Pods,
    name: Option<(Place, Name)>,
    now: Option<Life>,
}

impl Reader<'_> {
    fn read(&mut self, part: &Answer) -> Result<(), LakeError> {
        let names = [
            "account_id",
            "region",
            "cluster_name",
            "namespace",
            "name",
            "verb",
            "subresource",
            "level",
            "uid",
            "ip",
            "host_ip",
            "service_account",
            "phase",
        ];
        let columns = names.iter().map(|name| part.texts(name)).collect::<Result<Vec<_>, _>>()?;
        let times = part.ints("event_time")?;
        for (row, at) in times.into_iter().enumerate() {
            let text = |column: usize| columns.get(column).and_then(|texts| *texts.get(row)?).unwrap_or_default();
            let event = Event {
                verb: text(5),
                is_status: text(6) == "status",
                level: text(7),
                at: at.unwrap_or_default(),
                uid: text(8),
                ip: text(9),
                host_ip: text(10),
                service_account: text(11),
                phase: text(12),
            };
            self.take([text(0), text(1), text(2)], [text(3), text(4)], event);
        }
        Ok(())
    }

    fn take(&mut self, place: [&str; 3], name: [&str; 2], event: Event<'_>) {
        let is_same = self.name.as_ref().is_some_and(|(p, n)| {
            p.each_ref().map(String::as_str) == place && n.each_ref().map(String::as_str) == name
        });
        if !is_same {
            self.end();
            self.name = Some((place.map(str::to_owned), name.map(str::to_owned)));
        }
        if let Some(ended) = Life::next(&mut self.now, event) {
            self.keep(ended);
        }
    }

    fn end(&mut self) {
        if let Some(life) = self.now.take() {
            self.keep(life);
        }
    }

    /// Keeps the life with those of its name, as what a scan saw of the same pod where one did.
    fn keep(&mut self, life: Life) {
        let Some((place, name)) = &self.name else { return };
        let lives = self.pods.entry(place.clone()).or_default().entry(name.clone()).or_default();
        let is_same = |one: &&mut Life| {
            let uid = if life.uid.is_empty() { one.ip == life.ip || life.ip.is_none() } else { one.uid == life.uid };
            let before = |a: &Life, b: &Life| a.died.zip(b.born).is_some_and(|(died, born)| died < born);
            uid && (life.ip.is_none() || one.ip.is_none() || one.ip == life.ip)
                && !before(&life, one)
                && !before(one, &life)
        };
        match lives.iter_mut().find(is_same) {
            Some(seen) => seen.join(life),
            None => lives.push(life),
        }
    }
}
