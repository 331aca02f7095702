//! The needs of a route as questions.

use super::names::Names;
use super::{Need, Route};
use crate::catalogue::catalogue;
use crate::organization::{Organization, Question};
use crate::reach::plan::{Plan, Plans};
use std::collections::{BTreeMap, BTreeSet};

/// The region where nothing tells of one.
const ANY_REGION: &str = "us-east-1";

/// Turns needs into plans.
pub(super) struct Needs<'a> {
    regions: Vec<String>,
    names: Names<'a>,
    gaps: BTreeSet<String>,
}

/// What stands for the placeholders of a need.
struct Place<'p> {
    partition: &'p str,
    region: &'p str,
    account: &'p str,
    target: &'p str,
}

impl<'a> Needs<'a> {
    pub(super) fn new(organization: &'a Organization, regions: &[String]) -> Self {
        let regions = if regions.is_empty() { regions_of(organization) } else { regions.to_vec() };
        Self { regions, names: Names::new(organization), gaps: BTreeSet::new() }
    }

    pub(super) fn gap(&mut self, what: String) {
        self.gaps.insert(what);
    }

    pub(super) fn into_gaps(self) -> impl Iterator<Item = String> {
        self.gaps.into_iter()
    }

    /// Who may do all that the route needs to make something in an account, in one of the regions.
    pub(super) fn making(&mut self, plans: &mut Plans, route: &Route, partition: &str, account: &str) -> Plan {
        let mut ways = Vec::new();
        for region in self.regions.clone() {
            let place = Place { partition, region: &region, account, target: "" };
            ways.push(self.steps(plans, route, &place));
        }
        let plan = plans.any(ways);
        plans.of(plan, account)
    }

    /// Who may do all that the route needs to get at something that is there.
    pub(super) fn reaching(&mut self, plans: &mut Plans, route: &Route, target: &str, account: &str) -> Plan {
        let mut parts = target.splitn(6, ':').skip(1);
        let (partition, region) = (parts.next().unwrap_or("aws"), parts.nth(1).unwrap_or_default());
        self.steps(plans, route, &Place { partition, region, account, target })
    }

    fn steps(&mut self, plans: &mut Plans, route: &Route, place: &Place<'_>) -> Plan {
        let ways: Vec<Plan> = choices(&route.steps).iter().map(|needs| self.way(plans, needs, place)).collect();
        plans.any(ways)
    }

    /// Who has all of these needs. What is made by one is what the next is about: a template's name is the same in all.
    fn way(&mut self, plans: &mut Plans, needs: &[&Need], place: &Place<'_>) -> Plan {
        let mut by_template: BTreeMap<String, Vec<&Need>> = BTreeMap::new();
        for need in needs {
            for template in templates(need, place) {
                by_template.entry(filled(&template, place)).or_default().push(need);
            }
        }
        let mut all = Vec::new();
        for (template, needs) in by_template {
            let mut any = Vec::new();
            for resource in self.resources(&template, &needs, place) {
                let asked = needs.iter().map(|need| plans.ask(question(need, place, &resource))).collect();
                any.push(plans.all(asked));
            }
            all.push(plans.any(any));
        }
        plans.all(all)
    }

    /// The template with the names to try.
    fn resources(&mut self, template: &str, needs: &[&Need], place: &Place<'_>) -> Vec<String> {
        if !template.contains("{name}") {
            return vec![template.to_owned()];
        }
        let mut names = BTreeSet::new();
        for need in needs {
            names.extend(self.names(need, template, place));
        }
        names.iter().map(|name| template.replace("{name}", name)).collect()
    }

    fn names(&mut self, need: &Need, template: &str, place: &Place<'_>) -> Vec<String> {
        let found = self.names.of(place.account, &need.action, template);
        let what = format!("{} in account {}", need.action, place.account);
        if found.left_out > 0 {
            self.gaps.insert(format!("{what}: {} further names of resources were not tried", found.left_out));
        }
        for region in found.regions.iter().filter(|region| !place.region.is_empty() && !self.regions.contains(region)) {
            let region = sightline_model::untrusted::shortened(region, 40);
            self.gaps.insert(format!("{what}: region `{region}` was not tried"));
        }
        found.names.clone()
    }
}

/// Every way to choose one need of each step.
fn choices(steps: &[Vec<Need>]) -> Vec<Vec<&Need>> {
    let mut ways: Vec<Vec<&Need>> = vec![Vec::new()];
    for step in steps {
        ways = ways.iter().flat_map(|way| step.iter().map(|need| [way.as_slice(), &[need]].concat())).collect();
    }
    ways
}

fn question(need: &Need, place: &Place<'_>, resource: &str) -> Question {
    let mut question = Question::new(&need.action, resource, place.account);
    question.context.clone_from(&need.context);
    // An action without a resource of its own is in no region by its resource.
    if resource == "*" {
        question.context.insert("aws:RequestedRegion".to_owned(), place.region.to_owned());
    }
    question
}

/// Where the need must be allowed: as the route says, on the target, or on what the action requires.
fn templates(need: &Need, place: &Place<'_>) -> Vec<String> {
    if !need.on.is_empty() {
        return need.on.clone();
    }
    if !place.target.is_empty() {
        return vec!["{target}".to_owned()];
    }
    let Some(action) = catalogue().action(&need.action) else { return vec!["*".to_owned()] };
    let required = action.resources().filter(|resource| resource.required);
    let arns = required.filter_map(|resource| catalogue().resource_type(action.service, resource.name));
    let templates: Vec<String> = arns.map(|resource| template_of(resource.arn)).collect();
    if templates.is_empty() { vec!["*".to_owned()] } else { templates }
}

/// The catalogue's `${Partition}` and its kin as placeholders of routes; every other variable is a name.
fn template_of(arn: &str) -> String {
    let known = [("${Partition}", "{partition}"), ("${Region}", "{region}"), ("${Account}", "{account}")];
    let mut out = known.iter().fold(arn.to_owned(), |arn, (theirs, ours)| arn.replace(theirs, ours));
    // A pattern of several names is told apart by the last alone.
    while let Some((before, rest)) = out.split_once("${") {
        let after = rest.split_once('}').map_or("", |(_, after)| after);
        let name = if after.contains("${") { "any" } else { "{name}" };
        out = format!("{before}{name}{after}");
    }
    out
}

fn filled(template: &str, place: &Place<'_>) -> String {
    let values = BTreeMap::from([
        ("{partition}", place.partition),
        ("{region}", place.region),
        ("{account}", place.account),
        ("{target}", place.target),
    ]);
    values.iter().fold(template.to_owned(), |text, (placeholder, value)| text.replace(placeholder, value))
}

/// The regions that the organization's resources stand in.
fn regions_of(organization: &Organization) -> Vec<String> {
    let workloads = organization.workloads.iter().map(|workload| workload.id.as_str());
    let arns = workloads.chain(organization.resource_policies.keys().map(String::as_str));
    let regions: BTreeSet<&str> =
        arns.filter(|arn| arn.starts_with("arn:")).filter_map(|arn| arn.split(':').nth(3)).collect();
    let regions: Vec<String> = regions.into_iter().filter(|region| !region.is_empty()).map(str::to_owned).collect();
    if regions.is_empty() { vec![ANY_REGION.to_owned()] } else { regions }
}
