//! What AWS publishes about its actions: access levels, resource types, condition keys and their types, and which services
//! support resource control policies; and, by hand, what CloudTrail calls them.
//!
//! The tables in `data/` are made by `tools/iam/generate.sh` from a pinned package that restates the
//! [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
//! Services outside `tools/iam/services.txt` are known by prefix alone: an action of theirs that is not found may well exist.
//!
//! Names are compared without regard to case, as IAM does
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).

mod action;
mod ai;
mod key;
mod name;
mod trail;

pub use action::{Action, Level, ResourceType, ResourceUse};
pub use ai::{AiAction, Category, ai_actions};
pub use key::{KeyKind, KeyType};
pub use trail::{Logged, action_of_event, actions_of_event, is_data_event, logged};

use name::Pattern;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The facts about every service. Read once, kept for the life of the process: the texts stay where the binary has them, so it
/// takes well under a megabyte.
#[derive(Debug)]
pub struct Catalogue {
    // INVARIANT: the lists are in the order of `name::folded`; the generator sorts, a test checks.
    services: Vec<Service>,
    actions: Vec<Action>,
    resources: Vec<ResourceType>,
    keys: key::Keys,
}

/// A service, as policies name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// What its actions begin with, `bedrock`.
    pub prefix: &'static str,
    /// Whether resource control policies apply to its resources.
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>.
    pub supports_rcp: bool,
    /// How many actions it has; `None` when only the prefix is known.
    pub actions: Option<usize>,
}

/// The facts, read at the first call.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);
    &CATALOGUE
}

impl Catalogue {
    fn read() -> Self {
        Self {
            services: rows(include_str!("../data/services.tsv")).map(Service::of).collect(),
            actions: rows(include_str!("../data/actions.tsv")).filter_map(Action::of).collect(),
            resources: rows(include_str!("../data/resources.tsv")).map(ResourceType::of).collect(),
            keys: key::Keys::of(rows(include_str!("../data/keys.tsv"))),
        }
    }

    /// Every service of AWS, by prefix.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service with this prefix.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let at = self.services.binary_search_by(|service| name::folded(service.prefix, prefix)).ok()?;
        self.services.get(at)
    }

    /// Whether every action of this service is known, so that one which is not found does not exist.
    pub fn knows(&self, service: &str) -> bool {
        self.service(service).is_some_and(|service| service.actions.is_some())
    }

    /// Whether resource control policies apply to the resources of this service; `false` for a service that does not exist.
    pub fn supports_rcp(&self, service: &str) -> bool {
        self.service(service).is_some_and(|service| service.supports_rcp)
    }

    /// The action of this full name, `bedrock:InvokeModel`. See [`Self::knows`] for what `None` means.
    pub fn action(&self, full: &str) -> Option<&Action> {
        let (service, wanted) = full.split_once(':')?;
        let actions = self.actions_of(service);
        let at = actions.binary_search_by(|action| name::folded(action.name, wanted)).ok()?;
        actions.get(at)
    }

    /// The actions of a service, by name; none when only its prefix is known.
    pub fn actions_of(&self, service: &str) -> &[Action] {
        of_service(&self.actions, service, |action| action.service)
    }

    /// The known actions that a pattern of a policy takes: `*`, or a service and a name with `*` and `?`, `s3:Get*`.
    /// The service part has no wildcards, except that a lone `*` is every service.
    pub fn expand(&self, pattern: &str) -> impl Iterator<Item = &Action> + use<'_> {
        let (service, names) = pattern.split_once(':').unwrap_or((if pattern == "*" { "*" } else { "" }, "*"));
        let candidates = if service == "*" { self.actions.as_slice() } else { self.actions_of(service) };
        let names = Pattern::new(names);
        candidates.iter().filter(move |action| names.takes(action.name))
    }

    /// A type of resource of a service.
    pub fn resource_type(&self, service: &str, kind: &str) -> Option<&ResourceType> {
        let types = of_service(&self.resources, service, |resource| resource.service);
        types.iter().find(|resource| resource.name.eq_ignore_ascii_case(kind))
    }

    /// The type of a condition key, global or of a known service; `aws:PrincipalTag/team` is found under its template.
    pub fn key_type(&self, key: &str) -> Option<KeyType> {
        self.keys.kind(key)
    }
}

impl Service {
    fn of([prefix, actions, rcp]: [&'static str; 3]) -> Self {
        Self { prefix, supports_rcp: rcp == "rcp", actions: actions.parse().ok() }
    }
}

/// The rows of a table: a header, then columns separated by tabs. A line with another number of columns is no row.
fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let mut row = [""; N];
        for column in &mut row {
            *column = columns.next()?;
        }
        columns.next().is_none().then_some(row)
    })
}

/// The part of a list that is of one service.
fn of_service<'list, T>(list: &'list [T], service: &str, service_of: impl Fn(&T) -> &'static str) -> &'list [T] {
    let start = list.partition_point(|item| name::folded(service_of(item), service) == Ordering::Less);
    let rest = list.get(start..).unwrap_or_default();
    let length = rest.partition_point(|item| service_of(item).eq_ignore_ascii_case(service));
    rest.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests;
