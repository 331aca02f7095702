//! Ends of connections, each once, by number.

use std::collections::HashMap;

use super::End;

/// Kinds of ends that are no workloads.
pub(crate) mod word {
    pub(crate) const SERVICE: &str = "service";
    pub(crate) const INTERNET: &str = "internet";
    pub(crate) const PUBLIC_AI: &str = "public-ai";
    pub(crate) const SELF_HOSTED: &str = "self-hosted";
    pub(crate) const ON_PREMISES: &str = "on-premises";
    pub(crate) const ADDRESS: &str = "address";
    /// no end: a NAT gateway, an attachment, a gateway load balancer, which pass on what others send
    pub(crate) const BETWEEN: &str = "between";
}

/// The ends, by ARN.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    all: Vec<End>,
    numbers: HashMap<String, u32>,
}

impl Ends {
    /// The end's number, new or old: the first to come with an ARN describes it.
    pub(crate) fn number(&mut self, end: End) -> u32 {
        match self.known(&end.arn) {
            Some(number) => number,
            None => self.number_by(end.arn.clone(), end),
        }
    }

    /// The number of an end that is new under this key.
    pub(crate) fn number_by(&mut self, key: String, end: End) -> u32 {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.numbers.insert(key, number);
        self.all.push(end);
        number
    }

    pub(crate) fn known(&self, arn: &str) -> Option<u32> {
        self.numbers.get(arn).copied()
    }

    pub(crate) fn end(&self, number: u32) -> Option<&End> {
        self.all.get(number as usize)
    }

    pub(crate) fn kind(&self, number: u32) -> &str {
        self.end(number).map_or("", |end| &end.kind)
    }

    pub(crate) fn arn(&self, number: u32) -> &str {
        self.end(number).map_or("", |end| &end.arn)
    }
}
