//! One of several ingests that share the work.
//!
//! An object belongs to the shard that a hash of its URI says, whoever lists it: the same on every machine, with no one to ask. A shard writes as an
//! application of its own, with its own numbers. That work is dealt out by a hash only keeps workers out of each other's way; that no object is
//! read twice is what the commit of the batch sees to ([`super::commit`]), whatever the shards were told.

use super::ledger::identity;
use std::fmt;
use std::str::FromStr;

/// The application of an ingest that does all the work itself.
pub(super) const WHOLE: &str = "ingest";

/// Shards of one ingest at most.
const MOST: u32 = 1_000;

/// Which part of the objects an ingest reads: `2/3` is the second of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// from 1
    index: u32,
    count: u32,
}

impl Shard {
    /// Whether the object is this shard's.
    pub fn takes(self, uri: &str) -> bool {
        identity(uri, "") % u128::from(self.count) == u128::from(self.index - 1)
    }

    /// From 0.
    pub(super) fn place(self) -> usize {
        usize::try_from(self.index - 1).unwrap_or_default()
    }
}

/// The application that a shard writes as, and the name of its lock.
pub(super) fn app(shard: Option<Shard>) -> String {
    match shard {
        Some(Shard { index, count }) => format!("{WHOLE}-{index}-of-{count}"),
        None => WHOLE.to_owned(),
    }
}

/// Whether an application is one of an ingest.
pub(super) fn is_ingest(app: &str) -> bool {
    app == WHOLE || app.strip_prefix(WHOLE).is_some_and(|rest| rest.starts_with('-'))
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("write `i/n`, as `2/3` for the second of three, up to {MOST}");
        let (index, count) = text.split_once('/').ok_or_else(refused)?;
        let (index, count) = (index.parse().map_err(|_| refused())?, count.parse().map_err(|_| refused())?);
        if index < 1 || index > count || count > MOST {
            return Err(refused());
        }
        Ok(Self { index, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_object_is_of_one_shard() {
        let shards: Vec<Shard> = (1..=3).map(|index| format!("{index}/3").parse().unwrap()).collect();
        let mut counts = [0; 3];
        for object in 0..3_000 {
            let uri = format!("s3://logs/AWSLogs/{object}.log.gz");
            let takers: Vec<usize> = (0..3).filter(|place| shards[*place].takes(&uri)).collect();
            assert_eq!(takers.len(), 1);
            counts[takers[0]] += 1;
        }
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    }

    #[test]
    fn what_a_shard_is_written_as() {
        let shard: Shard = "2/3".parse().unwrap();
        assert_eq!(
            (shard.to_string().as_str(), app(Some(shard)).as_str(), app(None).as_str()),
            ("2/3", "ingest-2-of-3", "ingest")
        );
        for wrong in ["", "2", "0/3", "4/3", "a/b", "1/1001", "-1/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
