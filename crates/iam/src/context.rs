//! What is known of a request's condition keys.

use std::collections::BTreeMap;

/// The values of one key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Values {
    /// In the request's order.
    pub values: Vec<String>,
    /// Whether the key is multivalued (an array), even with one value.
    pub is_list: bool,
}

impl Values {
    /// The one value, where there is exactly one.
    pub fn single(&self) -> Option<&str> {
        match self.values.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl From<&str> for Values {
    fn from(value: &str) -> Self {
        Self { values: vec![value.to_owned()], is_list: false }
    }
}

/// What is known of one key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fact {
    /// Not in the request.
    Absent,
    /// In the request, with these values.
    Known(Values),
    /// In the request, with a value that is not known.
    Present,
    /// Not known whether it is in the request.
    Unknown,
}

/// The condition keys of a request. Names compare in any case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Context {
    facts: BTreeMap<String, Fact>,
    /// Families of keys, such as `aws:principaltag/`, and what is known of those that are not set.
    families: BTreeMap<String, Fact>,
    rest: Fact,
}

impl Context {
    /// All other keys are absent.
    pub fn closed() -> Self {
        Self { facts: BTreeMap::new(), families: BTreeMap::new(), rest: Fact::Absent }
    }

    /// All other keys are unknown.
    pub fn open() -> Self {
        Self { facts: BTreeMap::new(), families: BTreeMap::new(), rest: Fact::Unknown }
    }

    /// Sets one key.
    #[must_use]
    pub fn with(mut self, key: &str, fact: Fact) -> Self {
        self.set(key, fact);
        self
    }

    /// Sets one key.
    pub fn set(&mut self, key: &str, fact: Fact) {
        self.facts.insert(key.to_lowercase(), fact);
    }

    /// Sets one single-valued key.
    pub fn set_value(&mut self, key: &str, value: &str) {
        self.set(key, Fact::Known(value.into()));
    }

    /// Says what is known of all keys that begin with `prefix` and are not set themselves.
    pub fn set_family(&mut self, prefix: &str, fact: Fact) {
        self.families.insert(prefix.to_lowercase(), fact);
    }

    /// What is known of `key`, which is given in lower case.
    pub fn fact(&self, key: &str) -> &Fact {
        let family = || self.families.iter().find(|(prefix, _)| key.starts_with(prefix.as_str())).map(|(_, fact)| fact);
        self.facts.get(key).or_else(family).unwrap_or(&self.rest)
    }

    /// The one value of `key`, which is given in lower case, where it is known.
    pub fn value(&self, key: &str) -> Option<&str> {
        match self.fact(key) {
            Fact::Known(values) => values.single(),
            _ => None,
        }
    }

    /// The keys that were set, in lower case, and what is known of each.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.facts.iter().map(|(key, fact)| (key.as_str(), fact))
    }
}
