//! From CloudTrail's names to IAM's, and what CloudTrail logs at all; the differences are in `data/cloudtrail-names.toml`.

use super::name::Pattern;
use super::{ai_actions, catalogue};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// How an action shows in CloudTrail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Logged {
    /// As management events: a trail has them unless it leaves them out.
    Management,
    /// As data events: a trail has them only where its selectors ask for them, event history never.
    Data,
    /// Not at all: it is a permission without a call of its own.
    Never,
    /// Not known: the documentation does not say, or the catalogue does not have the action. That no event is found says nothing.
    Unsettled,
}

/// Longest event name taken from a log, in bytes. The longest of AWS has under 80.
const LONGEST_NAME: usize = 128;

/// How `action`, a full name, shows in CloudTrail.
pub fn logged(action: &str) -> Logged {
    let trail = &*TRAIL;
    let Some(known) = catalogue().action(action) else { return Logged::Unsettled };
    let name = known.full_name();
    let ruled = trail.logged.iter().find(|(pattern, _)| pattern.takes(&name)).map(|(_, logged)| *logged);
    let by_default = || if trail.has_event(&name) { Logged::Management } else { Logged::Unsettled };
    ruled.unwrap_or_else(by_default)
}

/// Whether CloudTrail logs the action only as a data event: where a trail does not ask for those, logs cannot show its use.
/// `false` says nothing of actions that are not logged at all, see [`logged`].
pub fn is_data_event(action: &str) -> bool {
    logged(action) == Logged::Data
}

/// The action that authorised a call, by the event's source (`s3.amazonaws.com`) and name (`HeadObject`): the first of
/// [`actions_of_event`].
pub fn action_of_event(event_source: &str, event_name: &str) -> Option<String> {
    actions_of_event(event_source, event_name).into_iter().next()
}

/// The actions that a call needed, or may have needed where the event does not tell which of several (`dynamodb:ExecuteStatement`).
/// Empty when the event has no action in IAM, or none that is known. Of services of which only the prefix is known, the name is
/// given as CloudTrail has it, unchecked.
pub fn actions_of_event(event_source: &str, event_name: &str) -> Vec<String> {
    let trail = &*TRAIL;
    let source =
        event_source.split_once(".amazonaws.com").map_or(event_source, |(source, _)| source).to_ascii_lowercase();
    let prefix = trail.prefixes.get(&source).map_or(source.as_str(), String::as_str);
    let Some(service) = catalogue().service(prefix) else { return Vec::new() };
    if !is_name(event_name) {
        return Vec::new();
    }
    let bare = without_version(event_name);
    let named = [event_name, bare].map(|name| format!("{}:{name}", service.prefix));
    if let Some(actions) = named.iter().find_map(|name| trail.names.get(&name.to_ascii_lowercase())) {
        return actions.clone();
    }
    if let Some(action) = named.iter().find_map(|name| catalogue().action(name)) {
        return vec![action.full_name()];
    }
    let [_, unchecked] = named;
    if service.actions.is_none() { vec![unchecked] } else { Vec::new() }
}

/// Logs are not to be trusted: what is no name of a call becomes no action.
fn is_name(event_name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&event_name.len())
        && event_name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Lambda and CloudFront end event names with the API's version: `GetFunction20150331v2`, `CreateDistribution2020_05_31`.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>.
fn without_version(event_name: &str) -> &str {
    let revised = event_name.trim_end_matches(|c: char| c.is_ascii_digit());
    let dated =
        revised.strip_suffix('v').filter(|dated| dated.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(event_name);
    let name = dated.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let digits = dated.get(name.len()..).unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    if digits == 8 && !name.is_empty() { name } else { event_name }
}

struct Trail {
    /// source of an event, in lower case → prefix of its actions
    prefixes: HashMap<String, String>,
    /// `service:Event`, in lower case → actions
    names: HashMap<String, Vec<String>>,
    /// first match counts
    logged: Vec<(Pattern, Logged)>,
    /// actions, in lower case, that no API operation has the name of
    without_operation: HashSet<String>,
    /// actions, in lower case, that an event of another name stands for
    renamed: HashSet<String>,
}

impl Trail {
    fn has_event(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.renamed.contains(&action) || !self.without_operation.contains(&action)
    }
}

static TRAIL: LazyLock<Trail> = LazyLock::new(read);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Vec<Sources>,
    names: Vec<Names>,
    logged: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    #[serde(rename = "page")]
    _page: String,
    prefixes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    #[serde(rename = "page")]
    _page: String,
    events: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    r#as: Logged,
    #[serde(rename = "page")]
    _page: String,
    actions: Vec<String>,
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
fn read() -> Trail {
    let file: File =
        toml::from_str(include_str!("../../data/cloudtrail-names.toml")).expect("data/cloudtrail-names.toml is valid");
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for (event, actions) in file.names.into_iter().flat_map(|group| group.events) {
        names.insert(event.to_ascii_lowercase(), actions);
    }
    for (event, action) in renamed_ai_events() {
        names.entry(event).or_default().push(action);
    }
    Trail {
        prefixes: file.source.into_iter().flat_map(|group| group.prefixes).collect(),
        renamed: names.values().flatten().map(|action| action.to_ascii_lowercase()).collect(),
        names,
        logged: file.logged.into_iter().flat_map(Rule::patterns).collect(),
        without_operation: include_str!("../../data/without-operation.txt")
            .lines()
            .map(str::to_ascii_lowercase)
            .collect(),
    }
}

/// The list of AI actions names their events; those with another name than the action are wanted here.
fn renamed_ai_events() -> impl Iterator<Item = (String, String)> {
    ai_actions().iter().flat_map(|action| {
        let (service, own) = action.name.split_once(':').unwrap_or_default();
        let others = action.events().filter(move |event| *event != own);
        others.map(move |event| (format!("{service}:{event}").to_ascii_lowercase(), action.name.clone()))
    })
}

impl Rule {
    fn patterns(self) -> impl Iterator<Item = (Pattern, Logged)> {
        self.actions.into_iter().map(move |pattern| (Pattern::new(&pattern), self.r#as))
    }
}
