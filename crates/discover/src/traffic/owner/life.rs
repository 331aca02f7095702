//! Lives of pods, as audit logs tell them: made, given an address, ended.

use std::net::IpAddr;

use super::tenure::{SECOND, Tenure};

/// A node gives a pod its address within so long of taking it.
pub(super) const SANDBOX: i64 = 60 * SECOND;
/// A pod whose making no log has was there before the log's begin; not for longer than this counts as certain.
const BEFORE: i64 = 24 * 3600 * SECOND;

/// One request about a pod.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Event<'a> {
    pub(super) verb: &'a str,
    pub(super) level: &'a str,
    /// whether it is about the pod's status
    pub(super) is_status: bool,
    pub(super) at: i64,
    pub(super) uid: &'a str,
    pub(super) ip: &'a str,
    pub(super) host_ip: &'a str,
    pub(super) service_account: &'a str,
    pub(super) phase: &'a str,
}

/// A pod with one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) uid: String,
    /// empty where nothing names it
    pub(super) service_account: String,
    pub(super) ip: Option<IpAddr>,
    pub(super) host_ip: Option<IpAddr>,
    pub(super) born: Option<i64>,
    /// when its address was first told
    pub(super) told: Option<i64>,
    pub(super) known: i64,
    pub(super) died: Option<i64>,
    /// number of the model that it serves
    pub(super) serves: u32,
}

impl Life {
    /// Tells of the next request about pods of this name. What it ends is handed out.
    pub(super) fn next(now: &mut Option<Self>, event: Event<'_>) -> Option<Self> {
        let ended = match now {
            Some(life) if life.is_another(event) => {
                life.died = Some(life.died.unwrap_or(event.at));
                now.take()
            }
            Some(life) if life.moved(event) => {
                // The same pod with a new address: its sandbox was made anew.
                let heir = Self { ip: None, told: None, born: Some(life.known), died: None, ..life.clone() };
                life.died = Some(event.at);
                now.replace(heir)
            }
            _ => None,
        };
        if event.verb == "delete" && now.is_none() {
            return ended;
        }
        now.get_or_insert_default().tell(event);
        ended
    }

    fn is_another(&self, event: Event<'_>) -> bool {
        let other_uid = !event.uid.is_empty() && !self.uid.is_empty() && event.uid != self.uid;
        other_uid || (event.verb == "create" && !event.is_status)
    }

    fn moved(&self, event: Event<'_>) -> bool {
        event.ip.parse::<IpAddr>().is_ok_and(|ip| self.ip.is_some_and(|own| own != ip))
    }

    fn tell(&mut self, event: Event<'_>) {
        let Event { verb, level, is_status, at, uid, ip, host_ip, service_account, phase } = event;
        if verb == "create" && !is_status {
            self.born = Some(at);
            // The API server fills in the name; at this level the log has what was asked for.
            if service_account.is_empty() && level.starts_with("Request") {
                self.service_account = "default".to_owned();
            }
        }
        let keep = |own: &mut String, told: &str| {
            if !told.is_empty() {
                told.clone_into(own);
            }
        };
        keep(&mut self.uid, uid);
        keep(&mut self.service_account, service_account);
        self.host_ip = host_ip.parse().ok().or(self.host_ip);
        self.known = self.known.max(at);
        if let Ok(ip) = ip.parse::<IpAddr>() {
            self.ip = Some(ip);
            self.told = Some(self.told.map_or(at, |told| told.min(at)));
        }
        // A pod that is deleted lives on for its grace time; the node's own deletion is the last.
        if verb == "delete" || matches!(phase, "Succeeded" | "Failed") {
            self.died = Some(self.died.map_or(at, |died| if verb == "delete" { died.max(at) } else { died }));
        }
    }

    /// What another source tells of the same pod.
    pub(super) fn join(&mut self, other: Self) {
        let earliest = |a: Option<i64>, b: Option<i64>| [a, b].into_iter().flatten().min();
        self.born = earliest(self.born, other.born);
        self.told = earliest(self.told, other.told);
        self.died = earliest(self.died, other.died);
        self.known = self.known.max(other.known);
        self.ip = self.ip.or(other.ip);
        self.host_ip = self.host_ip.or(other.host_ip);
        self.serves = self.serves.max(other.serves);
        if self.service_account.is_empty() {
            self.service_account = other.service_account;
        }
    }

    /// Whether its address is its node's.
    pub(super) fn is_on_host_network(&self) -> bool {
        self.ip.is_some() && self.ip == self.host_ip
    }

    /// The time of its address.
    pub(super) fn tenure(&self, holder: u32, node: u32) -> Option<Tenure> {
        let told = self.told?;
        let since = self.born.unwrap_or(told.saturating_sub(BEFORE));
        let until = self.died.unwrap_or(i64::MAX);
        let known = self.died.unwrap_or(self.known);
        Some(Tenure { holder, since, told, known, until, node, serves: self.serves }.ordered())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(verb: &'a str, at: i64) -> Event<'a> {
        Event { verb, at: at * SECOND, level: "Request", ..Event::default() }
    }

    fn lives(events: &[Event<'_>]) -> Vec<Life> {
        let mut now = None;
        let mut all: Vec<Life> = events.iter().filter_map(|event| Life::next(&mut now, *event)).collect();
        all.extend(now);
        all
    }

    fn status<'a>(at: i64, uid: &'a str, ip: &'a str, phase: &'a str) -> Event<'a> {
        Event { is_status: true, uid, ip, host_ip: "10.0.0.9", phase, ..event("patch", at) }
    }

    #[test]
    fn made_given_an_address_deleted() {
        let made = Event { service_account: "app", uid: "u1", ..event("create", 10) };
        let all = lives(&[made, status(15, "u1", "10.0.0.1", "Running"), event("delete", 100), event("delete", 131)]);
        let [life] = all.as_slice() else { panic!("{all:?}") };
        let tenure = life.tenure(1, 0).unwrap();
        assert_eq!((tenure.since, tenure.told, tenure.until), (10 * SECOND, 15 * SECOND, 131 * SECOND));
        assert_eq!(life.service_account, "app");
    }

    #[test]
    fn names_come_again() {
        let all = lives(&[
            Event { uid: "u1", ..event("create", 10) },
            status(15, "u1", "10.0.0.1", "Running"),
            // Its end was lost.
            status(50, "u2", "10.0.0.2", "Running"),
            event("create", 90),
            status(95, "", "10.0.0.3", "Running"),
            status(99, "", "10.0.0.3", "Succeeded"),
        ]);
        let told: Vec<_> =
            all.iter().map(|life| (life.ip.unwrap().to_string(), life.died.map(|at| at / SECOND))).collect();
        let said: Vec<_> = told.iter().map(|(ip, died)| (ip.as_str(), *died)).collect();
        assert_eq!(said, [("10.0.0.1", Some(50)), ("10.0.0.2", Some(90)), ("10.0.0.3", Some(99))]);
    }

    #[test]
    fn a_new_address_is_a_new_time() {
        let all = lives(&[event("create", 0), status(5, "u", "10.0.0.1", ""), status(50, "u", "10.0.0.2", "")]);
        assert_eq!(all.len(), 2);
        assert_eq!(all.first().unwrap().died, Some(50 * SECOND));
        assert_eq!(all.last().unwrap().tenure(1, 0).unwrap().since, 5 * SECOND);
        assert_eq!(all.last().unwrap().service_account, "default");
    }

    #[test]
    fn what_has_no_address_of_its_own() {
        let all = lives(&[status(5, "u", "10.0.0.9", "Running")]);
        assert!(all.first().unwrap().is_on_host_network());
        assert_eq!(lives(&[event("create", 0)]).first().unwrap().tenure(1, 0), None);
        assert!(lives(&[event("delete", 0)]).is_empty());
        // Where the log has no body, nothing tells the service account.
        let bare = Event { level: "Metadata", ..event("create", 0) };
        assert_eq!(lives(&[bare]).first().unwrap().service_account, "");
    }
}
