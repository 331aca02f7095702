//! The file's shape, and what its texts mean.

use super::Config;
use super::application;
use super::cluster;
use super::map;
use super::mute::{self, Written};
use super::notification;
use super::probe::Probe;
use super::serve;
use crate::fault::FileFault;
use crate::since::Since;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use sightline_collect::logs::Address;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A place of logs that the file names.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// What commands call it
    pub name: String,
    /// As it is written
    pub place: String,
    /// Where that is; folders as seen from the file
    pub address: Address,
    /// What all its objects are; recognised where nothing is said
    pub source: Option<&'static str>,
    /// Objects before are passed over
    pub since: Option<Since>,
    /// Profile of the shared AWS configuration
    pub profile: Option<String>,
    /// Role to assume
    pub role_arn: Option<String>,
    /// External id for the role
    pub external_id: Option<String>,
    /// Region of queues, log groups and the role
    pub region: Option<String>,
}

/// What is kept of prompts and completions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeptText {
    /// Counts alone
    #[default]
    None,
    /// The text, with what looks like secrets and personal data masked
    Redacted,
    /// The text as it is
    Whole,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    logs: Vec<Logs>,
    #[serde(default)]
    keep: Kept,
    #[serde(default)]
    checks: Checks,
    #[serde(default)]
    mute: Vec<Written>,
    #[serde(default)]
    application: Vec<application::Written>,
    #[serde(default)]
    map: map::Map,
    #[serde(default)]
    public_ai: Vec<map::Written>,
    #[serde(default)]
    probe: Probe,
    #[serde(default)]
    serve: serve::Written,
    #[serde(default)]
    cluster: cluster::Written,
    #[serde(default)]
    notification: Vec<notification::Written>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    #[serde(default)]
    dirs: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Logs {
    name: Spanned<String>,
    place: Spanned<String>,
    source: Option<Spanned<String>>,
    since: Option<Spanned<String>>,
    profile: Option<String>,
    role_arn: Option<String>,
    external_id: Option<Spanned<String>>,
    region: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    raw_flows: Option<bool>,
    text: Option<KeptText>,
}

/// What is wrong where, and what to do.
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Config, Box<FileFault>> {
    let wrong = |span, message: &str, help| FileFault::new("configuration", path, text, span, message, help);
    let at = |fault: Fault| wrong(Some(fault.span), &fault.message, fault.help);
    let file: File = toml::from_str(text).map_err(|error| {
        let help = "`sightline config schema` tells every key that there is";
        wrong(error.span(), error.message(), Some(help.to_owned()))
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut names = BTreeSet::new();
    let read = |logs| place(logs, folder, &mut names);
    let logs = file.logs.into_iter().map(read).collect::<Result<_, _>>().map_err(at)?;
    let mut named = BTreeSet::new();
    let told = |one| notification::notification(one, folder, &mut named);
    let notifications: Vec<_> = file.notification.into_iter().map(told).collect::<Result<_, _>>().map_err(at)?;
    if notifications.len() > notification::MOST {
        return Err(wrong(None, "there are more than 50 notifications", None));
    }
    Ok(Config {
        notifications,
        logs,
        raw_flows: file.keep.raw_flows,
        kept_text: file.keep.text,
        checks: file.checks.dirs.into_iter().map(|dir| folder.join(dir)).collect(),
        applications: file.application.into_iter().map(application::criteria).collect::<Result<_, _>>().map_err(at)?,
        protected: file.map.protected().map_err(at)?,
        public_ai: file.public_ai.into_iter().map(map::public_ai).collect::<Result<_, _>>().map_err(at)?,
        probe_allow: file.probe.allowed().map_err(at)?,
        serve: file.serve.read(folder).map_err(at)?,
        cluster: file.cluster.read().map_err(at)?,
        mutes: file.mute.into_iter().map(mute::rule).collect::<Result<_, _>>().map_err(at)?,
        ..Config::default()
    })
}

fn place(logs: Logs, folder: &Path, names: &mut BTreeSet<String>) -> Result<Place, Fault> {
    let name = logs.name.get_ref().clone();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name == "-" || name.len() > 100 || !name.bytes().all(is_name) {
        return Err(fault(&logs.name, "a name has letters, digits, `-`, `_` and `.`, at most a hundred", None));
    }
    if !names.insert(name.clone()) {
        return Err(fault(&logs.name, "another place has this name", None));
    }
    if let (Some(id), None) = (&logs.external_id, &logs.role_arn) {
        return Err(fault(id, "an external id without a role", Some("add `role_arn`".to_owned())));
    }
    Ok(Place {
        name,
        place: logs.place.get_ref().clone(),
        address: address(&logs.place, folder)?,
        source: logs.source.as_ref().map(source).transpose()?,
        since: logs.since.as_ref().map(since).transpose()?,
        profile: logs.profile,
        role_arn: logs.role_arn,
        external_id: logs.external_id.map(Spanned::into_inner),
        region: logs.region,
    })
}

fn address(text: &Spanned<String>, folder: &Path) -> Result<Address, Fault> {
    match text
        .get_ref()
        .parse()
        .map_err(|error: sightline_collect::CollectError| fault(text, &error.to_string(), None))?
    {
        Address::Folder(path) => Ok(Address::Folder(folder.join(path))),
        Address::Stdin => Err(fault(text, "standard input is no place for a file", None)),
        other => Ok(other),
    }
}

fn source(text: &Spanned<String>) -> Result<&'static str, Fault> {
    let known = sightline_ingest::by_name(text.get_ref()).map(|source| source.name());
    known.ok_or_else(|| fault(text, "no log source has this name", Some(format!("the sources are {}", sources()))))
}

fn since(text: &Spanned<String>) -> Result<Since, Fault> {
    text.get_ref().parse().map_err(|error: String| fault(text, &error, None))
}

fn fault(text: &Spanned<String>, message: &str, help: Option<String>) -> Fault {
    Fault { span: text.span(), message: message.to_owned(), help }
}

/// The names of all log sources.
pub(crate) fn sources() -> String {
    let names: Vec<String> =
        sightline_ingest::source::ALL.iter().map(|source| format!("`{}`", source.name())).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        parse(Path::new("conf/sightline.toml"), text).map_err(|error| error.shown())
    }

    #[test]
    fn everything_that_a_file_may_say() {
        let config = read(
            "[[logs]]\nname = \"flow\"\nplace = \"s3://logs/AWSLogs/\"\nsource = \"vpc_flow\"\nsince = \"7d\"\nprofile = \"p\"\n\
             role_arn = \"arn:aws:iam::123456789012:role/r\"\nexternal_id = \"e\"\nregion = \"eu-west-1\"\n\
             [[logs]]\nname = \"old\"\nplace = \"archive\"\n[keep]\nraw_flows = true\ntext = \"redacted\"\n\
             [checks]\ndirs = [\"checks\", \"/srv/checks\"]\n",
        )
        .unwrap();
        let [flow, old] = config.logs.as_slice() else { panic!("{config:?}") };
        assert_eq!((flow.source, flow.region.as_deref()), (Some("vpc_flow"), Some("eu-west-1")));
        assert_eq!(flow.since.as_ref().unwrap().to_string(), "7d");
        assert_eq!(old.address, Address::Folder("conf/archive".into()), "folders are seen from the file");
        assert_eq!(
            config.keep(None, None),
            sightline_ingest::Keep { raw_flows: true, text: sightline_ingest::Text::Redacted }
        );
        assert_eq!(config.keep(Some(false), Some(KeptText::None)), sightline_ingest::Keep::default(), "flags win");
        assert_eq!(config.checks, [Path::new("conf/checks"), Path::new("/srv/checks")]);
        assert!(read("").unwrap().logs.is_empty());
    }

    #[test]
    fn faults_show_their_place() {
        insta::assert_snapshot!(read("[keep]\nraw_flow = true\n").unwrap_err(), @r"
        the configuration `conf/sightline.toml` is wrong: unknown field `raw_flow`, expected `raw_flows` or `text`
           ╭─[conf/sightline.toml:2:1]
         1 │ [keep]
         2 │ raw_flow = true
           · ────┬───
           ·     ╰── here
           ╰────
          help: `sightline config schema` tells every key that there is
        ");
        for (text, says) in [
            ("[[logs]]\nname = \"a\"\n", "missing field `place`"),
            ("[[logs]]\nname = \"a b\"\nplace = \"x\"\n", "a name has letters"),
            (
                "[[logs]]\nname = \"a\"\nplace = \"x\"\n[[logs]]\nname = \"a\"\nplace = \"x\"\n",
                "another place has this name",
            ),
            ("[[logs]]\nname = \"a\"\nplace = \"gs://x\"\n", "addresses begin with"),
            ("[[logs]]\nname = \"a\"\nplace = \"-\"\n", "standard input"),
            ("[[logs]]\nname = \"a\"\nplace = \"x\"\nsource = \"elb\"\n", "the sources are `bedrock_invocation`"),
            ("[[logs]]\nname = \"a\"\nplace = \"x\"\nsince = \"soon\"\n", "nor an age"),
            ("[[logs]]\nname = \"a\"\nplace = \"x\"\nexternal_id = \"e\"\n", "add `role_arn`"),
            ("[keep]\ntext = \"some\"\n", "unknown variant `some`"),
            ("[checks]\ndir = \"x\"\n", "expected `dirs`"),
            ("[[mute]]\ncheck = \"a\"\nreason = \"r\"\nowner = \"o\"\n", "missing field `expires`"),
            ("logs = 3\n", "invalid type"),
            ("[[logs\n", "here"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
            assert!(error.contains("conf/sightline.toml"), "{error}");
        }
    }
}
