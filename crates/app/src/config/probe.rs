//! `[probe]`: what may be probed without being named.

use super::file::Fault;
use serde::Deserialize;
use toml::Spanned;

/// The longest pattern, in characters.
const LONGEST: usize = 300;

/// As it is written in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    #[serde(default)]
    allow: Vec<Spanned<String>>,
}

impl Probe {
    /// The patterns of ARNs that are allowed.
    pub(super) fn allowed(self) -> Result<Vec<String>, Fault> {
        self.allow.into_iter().map(pattern).collect()
    }
}

fn pattern(text: Spanned<String>) -> Result<String, Fault> {
    let said = text.get_ref();
    let names_a_service = said.split(':').nth(2).is_some_and(|service| !service.is_empty() && !service.contains('*'));
    if !said.starts_with("arn:")
        || !names_a_service
        || said.chars().count() > LONGEST
        || said.chars().any(char::is_control)
    {
        return Err(Fault {
            span: text.span(),
            message: "this allows nothing that can be probed".to_owned(),
            help: Some(
                "a pattern is an ARN with its service; `*` stands for any text: `arn:aws:bedrock:eu-west-1:123456789012:agent-alias/*`"
                    .to_owned(),
            ),
        });
    }
    Ok(text.into_inner())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::fault::FileFault;
    use std::path::Path;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let config = Config::of_text(Path::new("sightline.toml"), text.to_owned());
        let shown = |error: anyhow::Error| error.downcast_ref::<FileFault>().map_or_else(String::new, FileFault::shown);
        config.map(|config| config.probe_allow).map_err(shown)
    }

    #[test]
    fn patterns_name_a_service() {
        assert!(read("").unwrap().is_empty());
        let one = "arn:aws:bedrock:eu-west-1:123456789012:agent-alias/*";
        assert_eq!(read(&format!("[probe]\nallow = [\"{one}\"]\n")).unwrap(), [one]);
        for text in ["*", "arn:*", "arn:aws:*:us-east-1:123456789012:endpoint/x", "amazon.nova-micro-v1:0", ""] {
            let error = read(&format!("[probe]\nallow = [\"{text}\"]\n")).unwrap_err();
            assert!(error.contains("allows nothing") && error.contains("sightline.toml:2"), "{text}: {error}");
        }
        assert!(read("[probe]\nallowed = []\n").unwrap_err().contains("unknown field"));
    }
}
