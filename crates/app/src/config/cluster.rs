//! `[cluster]`: who runs large queries.

use super::file::Fault;
use serde::Deserialize;
use toml::Spanned;

/// The most parts that work is cut into.
const MOST_PARTS: usize = 100_000;

/// The cluster that the file names, and how it is used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cluster {
    /// Where its scheduler is
    pub(crate) url: Option<String>,
    /// What a query reads at least to be sent, in MB
    pub(crate) smallest_mb: Option<u64>,
    /// Into how many parts work is cut
    pub(crate) parts: Option<usize>,
}

/// As it is written in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    url: Option<String>,
    smallest_mb: Option<u64>,
    parts: Option<Spanned<usize>>,
}

impl Written {
    pub(super) fn read(self) -> Result<Cluster, Fault> {
        if let Some(parts) = &self.parts
            && !(1..=MOST_PARTS).contains(parts.get_ref())
        {
            let help = format!("give 1 to {MOST_PARTS}: twice the cores of all executors is a good number");
            return Err(Fault { span: parts.span(), message: "work cannot be cut so".to_owned(), help: Some(help) });
        }
        Ok(Cluster { url: self.url, smallest_mb: self.smallest_mb, parts: self.parts.map(Spanned::into_inner) })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use std::path::Path;

    fn read(text: &str) -> anyhow::Result<Config> {
        Config::of_text(Path::new("sightline.toml"), text.to_owned())
    }

    #[test]
    fn everything_that_can_be_said() {
        let cluster = read("[cluster]\nurl = \"http://h:1\"\nsmallest_mb = 0\nparts = 200\n").unwrap().cluster;
        assert_eq!(
            (cluster.url.as_deref(), cluster.smallest_mb, cluster.parts),
            (Some("http://h:1"), Some(0), Some(200))
        );
        assert!(read("").unwrap().cluster.url.is_none());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for text in ["parts = 0", "parts = 1000000", "smallest_mb = -1", "uri = \"x\"", "url = 7"] {
            assert!(read(&format!("[cluster]\n{text}\n")).is_err(), "{text}");
        }
    }
}
