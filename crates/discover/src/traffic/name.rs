//! Which name an address had, for whom, when: answers of Route 53 Resolver.
//!
//! Logs have no lifetime of an answer. So an answer holds until the same asker gets the address under another name, and for no longer
//! than [`KEPT`]. Who asked himself is believed first, then the name servers of clusters, which ask for all pods, then
//! anybody else on the network.

use std::collections::HashMap;
use std::net::IpAddr;

use sightline_lake::{LakeError, Session};

use super::owner::Owners;
use super::owner::tenure::{SECOND, SLACK};
use super::texts::Texts;
use crate::DiscoverError;
use crate::day::{Day, Kind};
use crate::query::query;

/// How long an answer holds: connections outlive the minutes for which answers may be kept, and some programs ask once a start; within a
/// working shift an address of a service rarely becomes another's.
pub(crate) const KEPT: i64 = 6 * 3600 * SECOND;
// INVARIANT: `Kind::LINK` reads as far back.
/// Answers in memory before those that say the same are put together.
const MANY: usize = 4_000_000;

/// Whose question the name rests on; the earlier the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Asker {
    Client,
    Resolver,
    Neighbour,
}

/// What an address was called: names by number, more than one where it was called differently in that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) names: Vec<u32>,
    pub(crate) asker: Asker,
}

/// Somebody got the address for the name, from the first to the last of these moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Answer {
    network: u32,
    /// the number of the client's address; in [`Names::shared`] 0 for resolvers, 1 for others
    client: u32,
    address: u32,
    first: i64,
    name: u32,
    /// when it was got last, then until when it holds
    last: i64,
}

/// All answers.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) texts: Texts,
    addresses: HashMap<IpAddr, u32>,
    own: Index,
    shared: Index,
}

/// Answers in order, and where those of one asker and address stand.
#[derive(Debug, Default)]
struct Index {
    answers: Vec<Answer>,
    places: HashMap<(u32, u32, u32), (u32, u32)>,
}

impl Names {
    /// The answers that may hold at some moment of a day.
    pub(crate) async fn read(session: &Session, day: &Day, owners: &mut Owners) -> Result<Self, DiscoverError> {
        let query = query!("traffic/name");
        let failed = |source| DiscoverError::Query { query: query.name, source };
        let sql = query.sql.replace("$window", &day.wide_condition("last_seen", &Kind::LINK));
        let (mut names, mut answers) = (Self::default(), Vec::new());
        let mut parts = session.parts(&sql).await.map_err(failed)?;
        while let Some(part) = parts.next().await.map_err(failed)? {
            names.take(&part, &mut answers, &mut owners.texts).map_err(failed)?;
            if answers.len() >= MANY {
                put_together(&mut answers);
            }
        }
        names.index(answers, owners);
        Ok(names)
    }

    /// The names that the address had for the client from the first to the last of these moments.
    pub(crate) fn of(&self, network: u32, client: IpAddr, address: IpAddr, seen: (i64, i64)) -> Option<Named> {
        let address = *self.addresses.get(&address)?;
        let own = self.addresses.get(&client).and_then(|client| self.own.names(network, *client, address, seen));
        let named = |names: Vec<u32>, asker| Named { names, asker };
        own.map(|names| named(names, Asker::Client))
            .or_else(|| self.shared.names(network, 0, address, seen).map(|names| named(names, Asker::Resolver)))
            .or_else(|| self.shared.names(network, 1, address, seen).map(|names| named(names, Asker::Neighbour)))
    }

    fn take(
        &mut self,
        part: &sightline_lake::Answer,
        answers: &mut Vec<Answer>,
        networks: &mut Texts,
    ) -> Result<(), LakeError> {
        let [vpcs, clients, names, addresses] =
            [part.texts("vpc_id")?, part.texts("client_addr")?, part.texts("query_name")?, part.texts("answer")?];
        let times = part.ints("first_seen")?.into_iter().zip(part.ints("last_seen")?);
        let texts = vpcs.into_iter().zip(clients).zip(names.into_iter().zip(addresses));
        for (((vpc, client), (name, address)), (first, last)) in texts.zip(times) {
            let (Some(name), Some(Ok(address))) = (name, address.map(str::parse::<IpAddr>)) else { continue };
            let client = client.and_then(|client| client.parse().ok()).unwrap_or(IpAddr::from([0; 4]));
            answers.push(Answer {
                network: networks.number(vpc.unwrap_or_default()),
                client: self.number(client),
                address: self.number(address),
                first: first.unwrap_or_default(),
                name: self.texts.number(name),
                last: last.or(first).unwrap_or_default(),
            });
        }
        Ok(())
    }

    fn number(&mut self, address: IpAddr) -> u32 {
        let next = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        *self.addresses.entry(address).or_insert(next)
    }

    fn index(&mut self, mut answers: Vec<Answer>, owners: &Owners) {
        put_together(&mut answers);
        let mut asks: HashMap<(u32, u32), u32> = HashMap::new();
        let addresses: HashMap<u32, IpAddr> =
            self.addresses.iter().map(|(address, number)| (*number, *address)).collect();
        let mut shared: Vec<Answer> = answers
            .iter()
            .map(|answer| {
                let kind = asks.entry((answer.network, answer.client)).or_insert_with(|| {
                    let address = addresses.get(&answer.client);
                    u32::from(!address.is_some_and(|address| owners.is_resolver(answer.network, *address)))
                });
                Answer { client: *kind, ..*answer }
            })
            .collect();
        shared.sort_unstable_by_key(|one| (one.network, one.client, one.address, one.name, one.first));
        merge(&mut shared);
        self.own = Index::new(answers, true);
        // What one asker was told takes nothing from another.
        self.shared = Index::new(shared, false);
    }
}

impl Index {
    fn new(mut answers: Vec<Answer>, is_of_one: bool) -> Self {
        answers.sort_unstable_by_key(|one| (one.network, one.client, one.address, one.first, one.name));
        let mut places = HashMap::new();
        let mut start = 0;
        for group in answers.chunk_by_mut(|a, b| (a.network, a.client, a.address) == (b.network, b.client, b.address)) {
            hold(group, is_of_one);
            if let Some(one) = group.first() {
                let length = u32::try_from(group.len()).unwrap_or(u32::MAX);
                places.insert((one.network, one.client, one.address), (start, length));
                start += length;
            }
        }
        Self { answers, places }
    }

    fn names(&self, network: u32, client: u32, address: u32, (first, last): (i64, i64)) -> Option<Vec<u32>> {
        let (start, length) = *self.places.get(&(network, client, address))?;
        let answers = self.answers.get(start as usize..start as usize + length as usize)?;
        // A record may begin before its time by an interval; where the clocks fit, that is not asked.
        let within = |slack: i64| {
            let held = move |one: &&Answer| one.first.saturating_sub(slack) <= last && one.last >= first;
            let mut names: Vec<u32> = answers.iter().filter(held).map(|one| one.name).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        [0, SLACK].into_iter().map(within).find(|names| !names.is_empty())
    }
}

/// Makes `last` of the answers of one address, which are in order, the moment until which they hold.
fn hold(answers: &mut [Answer], is_of_one: bool) {
    let mut rest = answers;
    while let Some((one, later)) = rest.split_first_mut() {
        let mut others = later.iter().take_while(|_| is_of_one);
        let other = others.find(|other| other.name != one.name && other.first > one.last);
        let kept = one.last.saturating_add(KEPT);
        one.last = other.map_or(kept, |other| kept.min(other.first.saturating_sub(1)).max(one.last));
        rest = later;
    }
}

/// Makes one of those that say the same without a longer pause, and without another answer between.
fn put_together(answers: &mut Vec<Answer>) {
    answers.sort_unstable_by_key(|one| (one.network, one.client, one.address, one.first, one.name));
    merge(answers);
}

/// Makes one of neighbours that say the same.
fn merge(answers: &mut Vec<Answer>) {
    answers.dedup_by(|later, one| {
        let is_same = (one.network, one.client, one.address, one.name)
            == (later.network, later.client, later.address, later.name)
            && later.first <= one.last.saturating_add(KEPT);
        if is_same {
            one.last = one.last.max(later.last);
        }
        is_same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * SECOND;

    fn names(answers: &[(u8, &str, i64, i64)]) -> Names {
        let mut names = Names::default();
        let all = answers.iter().map(|(client, name, first, last)| Answer {
            network: 1,
            client: names.number(IpAddr::from([10, 0, 0, *client])),
            address: names.number(IpAddr::from([203, 0, 113, 1])),
            first: first * HOUR,
            name: names.texts.number(name),
            last: last * HOUR,
        });
        let all = all.collect();
        names.index(all, &Owners::default());
        names
    }

    fn told(names: &Names, client: u8, network: u32, first: i64, last: i64) -> Option<(Vec<&str>, Asker)> {
        let named = names.of(
            network,
            IpAddr::from([10, 0, 0, client]),
            IpAddr::from([203, 0, 113, 1]),
            (first * HOUR, last * HOUR),
        )?;
        Some((named.names.iter().map(|name| names.texts.text(*name)).collect(), named.asker))
    }

    #[test]
    fn an_answer_holds_until_another_or_for_some_hours() {
        let names = names(&[(1, "a", 0, 1), (1, "b", 10, 10), (1, "a", 2, 3)]);
        assert_eq!(told(&names, 1, 1, 2, 2), Some((vec!["a"], Asker::Client)));
        assert_eq!(told(&names, 1, 1, 8, 8), Some((vec!["a"], Asker::Client)));
        assert_eq!(told(&names, 1, 1, 10, 11), Some((vec!["b"], Asker::Client)));
        assert_eq!(told(&names, 1, 1, 17, 18), None);
        assert_eq!(told(&names, 1, 2, 2, 2), None);
        assert_eq!(told(&names, 1, 1, -2, -1), None);
    }

    #[test]
    fn two_names_of_one_address_are_both_told() {
        let names = names(&[(1, "a", 0, 2), (1, "b", 1, 1)]);
        assert_eq!(told(&names, 1, 1, 1, 1), Some((vec!["a", "b"], Asker::Client)));
        assert_eq!(told(&names, 1, 1, 0, 0), Some((vec!["a"], Asker::Client)));
    }

    #[test]
    fn who_asked_himself_is_believed_first() {
        let names = names(&[(1, "a", 0, 0), (2, "b", 0, 0)]);
        assert_eq!(told(&names, 1, 1, 0, 0), Some((vec!["a"], Asker::Client)));
        assert_eq!(told(&names, 2, 1, 0, 0), Some((vec!["b"], Asker::Client)));
        assert_eq!(told(&names, 3, 1, 0, 0), Some((vec!["a", "b"], Asker::Neighbour)));
    }
}
