//! `[[notification]]`: who is told what is new, and how. What is secret is named by where it is.

use super::file::Fault;
use super::serve::{SecretFrom, private};
use serde::{Deserialize, Serialize};
use sightline_model::{Arn, Severity};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use toml::Spanned;
use utoipa::ToSchema;

/// The longest name, and the longest of anything else, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST: usize = 2_000;

/// The most of them.
pub(super) const MOST: usize = 50;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = NotificationTopic)]
pub(crate) enum Topic {
    /// Findings that fail and did not before
    Findings,
    /// Cases that there were not before
    Cases,
    /// What was covered and is no more
    Coverage,
}

impl Topic {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Findings, Self::Cases, Self::Coverage];

    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Cases => "cases",
            Self::Coverage => "coverage",
        }
    }
}

/// Somebody who is told.
#[derive(Debug, Clone)]
pub(crate) struct Notification {
    /// What it is called
    pub(crate) name: String,
    /// What is told
    pub(crate) on: BTreeSet<Topic>,
    /// Findings and cases of this severity or worse
    pub(crate) severity: Severity,
    /// How
    pub(crate) channel: Channel,
}

/// How somebody is told.
#[derive(Debug, Clone)]
pub(crate) enum Channel {
    /// An HTTPS request with a signature
    Webhook { url: Address, secret: SecretFrom },
    /// An incoming webhook of Slack: its URL is the secret
    Slack { url: SecretFrom },
    /// A topic of Amazon SNS
    Sns { topic: Arn, access: Access },
    /// An event bus of Amazon EventBridge
    EventBridge { bus: Arn, access: Access },
}

impl Channel {
    /// The word for it.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Slack { .. } => "slack",
            Self::Sns { .. } => "sns",
            Self::EventBridge { .. } => "event_bridge",
        }
    }

    /// Where it goes, without what is secret.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Webhook { url: Address::Said(url), .. } => host_of(url),
            Self::Webhook { url: Address::Kept(from), .. } | Self::Slack { url: from } => from.place(),
            Self::Sns { topic: arn, .. } | Self::EventBridge { bus: arn, .. } => arn.to_string(),
        }
    }
}

/// Where a webhook is.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// It is no secret
    Said(String),
    /// It is one
    Kept(SecretFrom),
}

/// Whose credentials are used: the server's own where nothing is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    /// Profile of the shared AWS configuration
    pub(crate) profile: Option<String>,
    /// Role to assume
    pub(crate) role_arn: Option<String>,
}

/// As it is written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: Spanned<String>,
    channel: Spanned<Kind>,
    on: Option<Spanned<Vec<Topic>>>,
    severity: Option<Severity>,
    url: Option<Spanned<String>>,
    url_env: Option<Spanned<String>>,
    url_file: Option<Spanned<PathBuf>>,
    secret_env: Option<Spanned<String>>,
    secret_file: Option<Spanned<PathBuf>>,
    topic_arn: Option<Spanned<String>>,
    bus_arn: Option<Spanned<String>>,
    profile: Option<Spanned<String>>,
    role_arn: Option<Spanned<String>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Webhook,
    Slack,
    Sns,
    EventBridge,
}

/// What it means; files are seen from this folder, and no other has its name.
pub(super) fn notification(
    written: Written,
    folder: &Path,
    names: &mut BTreeSet<String>,
) -> Result<Notification, Fault> {
    let name = name(&written.name)?;
    if !names.insert(name.clone()) {
        return Err(fault(&written.name, "another notification has this name", "give each a name of its own"));
    }
    let on = match &written.on {
        None => Topic::ALL.into(),
        Some(on) if on.get_ref().is_empty() => {
            return Err(fault(on, "nobody would be told anything", "name `findings`, `cases` or `coverage`"));
        }
        Some(on) => on.get_ref().iter().copied().collect(),
    };
    let severity = written.severity.unwrap_or(Severity::High);
    Ok(Notification { channel: written.channel(folder)?, name, on, severity })
}

impl Written {
    fn channel(self, folder: &Path) -> Result<Channel, Fault> {
        let kind = *self.channel.get_ref();
        let (over_web, over_aws) =
            (matches!(kind, Kind::Webhook | Kind::Slack), matches!(kind, Kind::Sns | Kind::EventBridge));
        let webhook = kind == Kind::Webhook;
        for (key, fits) in [
            (span(&self.url), webhook),
            (span(&self.url_env), over_web),
            (span(&self.url_file), over_web),
            (span(&self.secret_env), webhook),
            (span(&self.secret_file), webhook),
            (span(&self.topic_arn), kind == Kind::Sns),
            (span(&self.bus_arn), kind == Kind::EventBridge),
            (span(&self.profile), over_aws),
            (span(&self.role_arn), over_aws),
        ] {
            if let Some(span) = key.filter(|_| !fits) {
                let help = match kind {
                    Kind::Slack => {
                        "the URL of an incoming webhook is a secret: name where it is with `url_env` or `url_file`"
                    }
                    _ => "`sightline config schema` tells what each channel takes",
                };
                return Err(Fault {
                    span,
                    message: "this channel does not take that".to_owned(),
                    help: Some(help.to_owned()),
                });
            }
        }
        let missing = |help: &str| fault(&self.channel, "something is missing here", help);
        let access = || -> Result<Access, Fault> {
            let role_arn =
                self.role_arn.as_ref().map(|arn| arn_of(arn, "iam", "role").map(|arn| arn.to_string())).transpose()?;
            Ok(Access { profile: self.profile.as_ref().map(said).transpose()?, role_arn })
        };
        let kept = |variable: &Option<Spanned<String>>, file: &Option<Spanned<PathBuf>>| match (variable, file) {
            (Some(_), Some(file)) => Err(fault(file, "a secret is in one place", "leave one of the two out")),
            (Some(name), None) => said(name).map(SecretFrom::Variable).map(Some),
            (None, Some(file)) => Ok(Some(SecretFrom::File(folder.join(file.get_ref())))),
            (None, None) => Ok(None),
        };
        let url = kept(&self.url_env, &self.url_file)?;
        Ok(match kind {
            Kind::Webhook => Channel::Webhook {
                url: match (&self.url, url) {
                    (Some(said), Some(_)) => {
                        return Err(fault(said, "a URL is in one place", "leave one of the two out"));
                    }
                    (Some(said), None) => Address::Said(private(said)?),
                    (None, Some(from)) => Address::Kept(from),
                    (None, None) => return Err(missing("name the `url`, or where it is with `url_env` or `url_file`")),
                },
                secret: kept(&self.secret_env, &self.secret_file)?
                    .ok_or_else(|| missing("name where the key of signatures is: `secret_env` or `secret_file`"))?,
            },
            Kind::Slack => Channel::Slack {
                url: url.ok_or_else(|| missing("name where the webhook's URL is: `url_env` or `url_file`"))?,
            },
            Kind::Sns => {
                let topic = self.topic_arn.as_ref().ok_or_else(|| missing("name the topic with `topic_arn`"))?;
                Channel::Sns { topic: arn_of(topic, "sns", "")?, access: access()? }
            }
            Kind::EventBridge => {
                let bus = self.bus_arn.as_ref().ok_or_else(|| missing("name the bus with `bus_arn`"))?;
                Channel::EventBridge { bus: arn_of(bus, "events", "event-bus")?, access: access()? }
            }
        })
    }
}

fn span<T>(key: &Option<Spanned<T>>) -> Option<std::ops::Range<usize>> {
    key.as_ref().map(Spanned::span)
}

fn name(text: &Spanned<String>) -> Result<String, Fault> {
    let name = text.get_ref();
    let fits = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if fits {
        return Ok(name.clone());
    }
    Err(fault(text, "a name has letters, digits, `-` and `_`, at most 60", "such as `name = \"on-call\"`"))
}

fn said(text: &Spanned<String>) -> Result<String, Fault> {
    let said = text.get_ref().trim();
    if said.is_empty() || said.chars().count() > LONGEST || said.chars().any(char::is_control) {
        return Err(fault(text, "this says nothing, or too much", "write 1 to 2,000 characters"));
    }
    Ok(said.to_owned())
}

/// An ARN of this service, whose resource is of this type where one is said.
fn arn_of(text: &Spanned<String>, service: &str, kind: &str) -> Result<Arn, Fault> {
    let found: Option<Arn> = text.get_ref().parse().ok();
    let is_one = |arn: &Arn| {
        let in_region = service == "iam" || !arn.region().is_empty();
        arn.service() == service
            && in_region
            && !arn.account_id().is_empty()
            && (kind.is_empty() || arn.resource_type() == kind)
    };
    found.filter(is_one).ok_or_else(|| {
        let example = match service {
            "sns" => "arn:aws:sns:eu-west-1:123456789012:ai-alerts",
            "events" => "arn:aws:events:eu-west-1:123456789012:event-bus/default",
            _ => "arn:aws:iam::123456789012:role/notify",
        };
        fault(text, "this ARN is not of what is wanted here", &format!("such as `{example}`"))
    })
}

fn host_of(url: &str) -> String {
    let uri: Option<http::Uri> = url.parse().ok();
    uri.and_then(|uri| Some(uri.authority()?.to_string())).unwrap_or_default()
}

fn fault<T>(of: &Spanned<T>, message: &str, help: &str) -> Fault {
    Fault { span: of.span(), message: message.to_owned(), help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::fault::FileFault;

    fn read(text: &str) -> Result<Vec<Notification>, String> {
        let config = Config::of_text(Path::new("conf/sightline.toml"), text.to_owned());
        let shown = |error: anyhow::Error| error.downcast_ref::<FileFault>().map_or_else(String::new, FileFault::shown);
        config.map(|config| config.notifications).map_err(shown)
    }

    const HOOK: &str = "[[notification]]\nname = \"a\"\nchannel = \"webhook\"\nurl = \"https://h.example/x?k=1\"\nsecret_env = \"KEY\"\n";
    const SNS: &str = "[[notification]]\nname = \"c\"\nchannel = \"sns\"\non = [\"cases\"]\nseverity = \"low\"\n\
        topic_arn = \"arn:aws:sns:eu-west-1:123456789012:t\"\nrole_arn = \"arn:aws:iam::123456789012:role/r\"\n";

    #[test]
    fn everything_that_can_be_said() {
        let slack = "[[notification]]\nname = \"b\"\nchannel = \"slack\"\nurl_file = \"slack.url\"\n";
        let bus = "[[notification]]\nname = \"d\"\nchannel = \"event_bridge\"\nbus_arn = \"arn:aws:events:eu-west-1:123456789012:event-bus/b\"\nprofile = \"p\"\n";
        let all = read(&[HOOK, slack, SNS, bus].concat()).unwrap();
        let told: Vec<(&str, &str, String)> =
            all.iter().map(|one| (one.name.as_str(), one.channel.as_str(), one.channel.place())).collect();
        assert_eq!(
            told,
            [
                ("a", "webhook", "h.example".to_owned()),
                ("b", "slack", "the file `conf/slack.url`".to_owned()),
                ("c", "sns", "arn:aws:sns:eu-west-1:123456789012:t".to_owned()),
                ("d", "event_bridge", "arn:aws:events:eu-west-1:123456789012:event-bus/b".to_owned()),
            ]
        );
        assert_eq!((all[0].severity, all[0].on.len()), (Severity::High, 3));
        assert_eq!((all[2].severity, all[2].on.clone()), (Severity::Low, [Topic::Cases].into()));
    }

    #[test]
    fn secrets_do_not_stand_in_the_file_and_mistakes_show_their_place() {
        for (text, says) in [
            (HOOK.replace("secret_env = \"KEY\"", "secret = \"s3cret\""), "unknown field `secret`"),
            (HOOK.replace("secret_env = \"KEY\"\n", ""), "`secret_env` or `secret_file`"),
            (HOOK.replace("https://", "http://"), "https://"),
            (HOOK.replace("webhook", "slack"), "is a secret"),
            (HOOK.replace("\"webhook\"", "\"mail\""), "unknown variant `mail`"),
            (HOOK.replace("url = ", "url_env = \"U\"\nurl = "), "in one place"),
            (HOOK.replace("\"a\"", "\"a b\""), "a name has letters"),
            (format!("{HOOK}{HOOK}"), "another notification has this name"),
            (format!("{HOOK}on = []\n"), "nobody would be told"),
            (format!("{HOOK}topic_arn = \"arn:aws:sns:eu-west-1:123456789012:t\"\n"), "does not take that"),
            (SNS.replace(":sns:", ":sqs:"), "not of what is wanted"),
            (SNS.replace("severity = \"low\"", "severity = \"bad\""), "unknown variant `bad`"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(says) && error.contains("conf/sightline.toml"), "{text}: {error}");
        }
        assert!(
            read(&HOOK.replace("https://h.example", "http://127.0.0.1:9")).is_ok(),
            "on this machine nobody is on the way"
        );
    }
}
