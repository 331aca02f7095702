//! Models that are no service of AWS, by the names of their hosts: `data/public_ai.toml`, and what the user adds.
//!
//! A pattern matches whole names, label by label: `*` alone at the start is one label or more, and `*` elsewhere is any text within one
//! label. So `*.openai.azure.com` takes no `evilopenai.azure.com`, and `api.openai.com` no `api.openai.com.example`.

use std::collections::HashMap;

use serde::Deserialize;
use sightline_model::pattern;

use crate::DiscoverError;

const FILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/public_ai.toml"));
/// Characters of the longest name that there can be.
const LONGEST: usize = 253;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dated: String,
    #[serde(rename = "service")]
    services: Vec<Service>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: String,
    hosts: Vec<String>,
    #[expect(dead_code, reason = "for whoever reads the file")]
    source: Option<String>,
}

/// Which host names are of public AI services.
#[derive(Debug, Clone, Default)]
pub struct PublicAi {
    dated: String,
    /// names without `*` → service
    whole: HashMap<String, String>,
    /// pattern and service, by the pattern's last two labels, of which every pattern has two without `*`
    patterns: HashMap<String, Vec<(String, String)>>,
}

impl PublicAi {
    /// The list that the product comes with.
    ///
    /// # Errors
    /// The list does not read; a test keeps this from happening.
    pub fn built_in() -> Result<Self, DiscoverError> {
        let file: File = toml::from_str(FILE).map_err(|error| DiscoverError::PublicAi { reason: error.to_string() })?;
        let mut list = Self { dated: file.dated, ..Self::default() };
        for service in file.services {
            list.add(&service.name, &service.hosts)?;
        }
        Ok(list)
    }

    /// All patterns with their services, sorted: the same for the same list.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = String> {
        let whole = self.whole.iter().map(|(host, service)| format!("{host}\0{service}\n"));
        let patterns = self.patterns.values().flatten().map(|(pattern, service)| format!("{pattern}\0{service}\n"));
        let all: std::collections::BTreeSet<String> = whole.chain(patterns).collect();
        all.into_iter()
    }

    /// One more service of the user's. Its patterns win over those that were there.
    ///
    /// # Errors
    /// A pattern that could match names of others: fewer than two labels without `*` at its end, or characters that no name has.
    pub fn add(&mut self, name: &str, hosts: &[String]) -> Result<(), DiscoverError> {
        for host in hosts {
            let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
            let end = well_formed(&host).ok_or_else(|| DiscoverError::PublicAi {
                reason: format!(
                    "`{}` of `{}` is no pattern of hosts; write a name such as `api.example.com` or `*.example.com`",
                    sightline_model::untrusted::shortened(&host, 100),
                    sightline_model::untrusted::shortened(name, 100)
                ),
            })?;
            if host.contains('*') {
                self.patterns.entry(end.to_owned()).or_default().insert(0, (host.clone(), name.to_owned()));
            } else {
                self.whole.insert(host.clone(), name.to_owned());
            }
        }
        Ok(())
    }

    /// The service behind a host name in small letters.
    pub fn service(&self, host: &str) -> Option<&str> {
        if let Some(service) = self.whole.get(host) {
            return Some(service);
        }
        let of_end = self.patterns.get(last_two(host)?)?;
        of_end.iter().find(|(pattern, _)| fits(pattern, host)).map(|(_, service)| service.as_str())
    }

    /// The day of the built-in list.
    pub fn dated(&self) -> &str {
        &self.dated
    }
}

/// The last two labels of a pattern that is one.
fn well_formed(host: &str) -> Option<&str> {
    let is_label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_*".contains(&byte);
        !label.is_empty() && label.len() <= 63 && label.bytes().all(fits)
    };
    let end = last_two(host)?;
    (host.len() <= LONGEST && host.split('.').all(is_label) && !end.contains('*')).then_some(end)
}

fn last_two(host: &str) -> Option<&str> {
    let (last, _) = host.rmatch_indices('.').nth(1).map_or((0, ""), |(at, dot)| (at + dot.len(), dot));
    host.get(last..).filter(|end| end.contains('.'))
}

fn fits(pattern: &str, host: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("*.") {
        let mut tails = host.match_indices('.').filter_map(|(at, _)| Some((at, host.get(at + 1..)?)));
        return tails.any(|(before, tail)| before > 0 && same_labels(rest, tail));
    }
    same_labels(pattern, host)
}

fn same_labels(pattern: &str, host: &str) -> bool {
    let (mut wanted, mut found) = (pattern.split('.'), host.split('.'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if !found.is_empty() && pattern::matches(wanted, found) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::service;

    #[test]
    fn the_list_is_well_formed() {
        let file: File = toml::from_str(FILE).unwrap();
        let list = PublicAi::built_in().unwrap();
        assert!(list.dated().parse::<jiff::civil::Date>().is_ok());
        let names: std::collections::BTreeSet<&str> =
            file.services.iter().map(|service| service.name.as_str()).collect();
        assert_eq!(names.len(), file.services.len(), "a service stands twice");
        let hosts: Vec<&String> = file.services.iter().flat_map(|service| &service.hosts).collect();
        let distinct: std::collections::BTreeSet<_> = hosts.iter().collect();
        assert_eq!(distinct.len(), hosts.len(), "a pattern stands twice");
        assert!(names.len() >= 35 && hosts.len() >= 60);
        for service in &file.services {
            for host in &service.hosts {
                let example = host.replace('*', "x");
                assert!(list.service(&example).is_some(), "{example}");
            }
        }
    }

    #[test]
    fn no_pattern_is_of_a_plane_of_aws() {
        let list = PublicAi::built_in().unwrap();
        for word in service::PLANES {
            for region in ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"] {
                let host = service::host_of(service::Plane { word, region });
                assert_eq!(list.service(&host), None, "{host}");
            }
        }
        let file: File = toml::from_str(FILE).unwrap();
        for host in file.services.iter().flat_map(|service| &service.hosts) {
            assert_eq!(service::plane_of_host(&host.replace('*', "us-east-1")), None, "{host}");
        }
    }

    #[test]
    fn whole_labels_only() {
        let list = PublicAi::built_in().unwrap();
        for (host, expected) in [
            ("api.openai.com", Some("OpenAI")),
            ("eu.api.openai.com", Some("OpenAI")),
            ("notapi.openai.com", None),
            ("api.openai.com.example", None),
            ("api-openai.com", None),
            ("openai.com", None),
            ("mine.openai.azure.com", Some("Azure OpenAI")),
            ("a.mine.openai.azure.com", Some("Azure OpenAI")),
            ("openai.azure.com", None),
            ("evilopenai.azure.com", None),
            ("us-central1-aiplatform.googleapis.com", Some("Google Vertex AI")),
            ("a.us-central1-aiplatform.googleapis.com", None),
            ("storage.googleapis.com", None),
            ("aws-external-anthropic.us-east-1.api.aws", Some("Claude Platform on AWS")),
            ("aws-external-anthropic.a.b.api.aws", None),
            (".openai.azure.com", None),
            ("com", None),
            ("", None),
        ] {
            assert_eq!(list.service(host), expected, "{host}");
        }
    }

    #[test]
    fn the_users_own() {
        let mut list = PublicAi::built_in().unwrap();
        list.add("Ours", &["*.llm.example.com".into(), "API.openai.com.".into()]).unwrap();
        assert_eq!(list.service("a.llm.example.com"), Some("Ours"));
        assert_eq!(list.service("api.openai.com"), Some("Ours"));
        assert_eq!(list.service("llm.example.com"), None);
        for bad in ["*", "*.com", "com", "a..b.com", "http://x.com", "x.com/y", "*.*.com", ""] {
            assert!(list.add("bad", &[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
