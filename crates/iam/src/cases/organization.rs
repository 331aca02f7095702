//! An organization with what is expected of it: who can do what through how many hops, as which workload, and who may assume
//! whom.

use super::closure::{Closure, Hops};
use super::{CaseResult, Verdict};
use crate::engine::Engine;
use crate::organization::{Organization, OrganizationError, Question};
use crate::reach::{Ask, Graph, Row};
use crate::solve::Tri;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The part of the file that says what is expected.
#[derive(Deserialize)]
struct Expected {
    #[serde(default)]
    assume_role_edges: Vec<(String, String)>,
    #[serde(default)]
    expected: Vec<Wanted>,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(flatten)]
    question: Question,
    who: Vec<Reached>,
    #[serde(default)]
    workloads: Vec<Reached>,
}

#[derive(Deserialize)]
struct Reached {
    #[serde(alias = "principal")]
    id: String,
    hops: usize,
}

/// Runs the file's cases: one for every question and principal, one for every question and workload, and one for every
/// pair that is or should be an edge.
pub(super) fn run(text: &[u8], result: &mut dyn FnMut(CaseResult)) -> Result<(), OrganizationError> {
    let (organization, questions) = Organization::read(text)?;
    let expected: Expected = serde_json::from_slice(text)?;
    check_names(&organization, &expected)?;
    let closure = Closure::new(&organization);
    let graph = Fast::new(&organization, &questions);
    edges(&organization, &closure, &graph, &expected, result);
    let reached = closure.reach(&questions);
    for (at, (wanted, reached)) in expected.expected.iter().zip(&reached).enumerate() {
        let wanted_who = by_id(&wanted.who);
        for (place, (principal, hops)) in organization.principals.iter().zip(reached).enumerate() {
            let id = format!("organisation/who/{}/{}", at + 1, principal.arn);
            let compared = compare(id, &wanted.question, wanted_who.get(principal.arn.as_str()).copied(), *hops);
            result(graph.agreed(compared, *hops, graph.hops(at, place)));
        }
        let wanted_workloads = by_id(&wanted.workloads);
        for workload in &organization.workloads {
            let role = organization.principals.iter().position(|principal| principal.arn == workload.role);
            let hops = role.and_then(|role| reached.get(role)).copied().unwrap_or_default();
            let id = format!("organisation/workloads/{}/{}", at + 1, workload.id);
            result(compare(id, &wanted.question, wanted_workloads.get(workload.id.as_str()).copied(), hops));
        }
    }
    Ok(())
}

/// What the engine and the graph say.
struct Fast {
    edges: BTreeMap<(usize, usize), Tri>,
    /// By question and principal: always or not, and the hops of that.
    rows: Vec<BTreeMap<usize, (Tri, usize)>>,
}

impl Fast {
    fn new(organization: &Organization, questions: &[Question]) -> Self {
        let engine = Engine::new(organization);
        let graph = Graph::new(organization, &engine);
        let asks: Vec<Ask> = questions.iter().cloned().map(Ask::from).collect();
        let reached = graph.reach(&engine, &asks);
        let row = |row: Row| (row.principal, (row.tri, usize::try_from(row.hops).unwrap_or(usize::MAX)));
        Self {
            edges: graph.edges().into_iter().map(|edge| ((edge.from, edge.to), edge.tri)).collect(),
            rows: (0..asks.len()).map(|ask| reached.rows(ask).map(row).collect()).collect(),
        }
    }

    fn hops(&self, question: usize, principal: usize) -> Option<(Tri, usize)> {
        self.rows.get(question)?.get(&principal).copied()
    }

    /// The result, unless the two implementations disagree: on the fewest hops of what is sure, or that there is a way at all.
    fn agreed(&self, result: CaseResult, book: Hops, fast: Option<(Tri, usize)>) -> CaseResult {
        let agree = match fast {
            None => book == Hops::default(),
            Some((Tri::Allow, hops)) => book.surely == Some(hops),
            Some(_) => book.surely.is_none() && book.perhaps.is_some(),
        };
        if agree {
            return result;
        }
        let fast = fast.map_or_else(|| "denied".to_owned(), |(tri, hops)| format!("{}, {hops} hops", tri.as_str()));
        CaseResult { verdict: Verdict::Failed, detail: Some(format!("the engine says otherwise: {fast}")), ..result }
    }
}

fn edges(
    organization: &Organization,
    closure: &Closure<'_>,
    fast: &Fast,
    expected: &Expected,
    result: &mut dyn FnMut(CaseResult),
) {
    let arn = |at: usize| organization.principals.get(at).map_or("", |principal| principal.arn.as_str());
    let found: BTreeMap<(&str, &str), Tri> =
        closure.edges.iter().map(|(caller, role, tri)| ((arn(*caller), arn(*role)), *tri)).collect();
    let by_engine: BTreeMap<(&str, &str), Tri> =
        fast.edges.iter().map(|((from, to), tri)| ((arn(*from), arn(*to)), *tri)).collect();
    let wanted: BTreeSet<(&str, &str)> =
        expected.assume_role_edges.iter().map(|(caller, role)| (caller.as_str(), role.as_str())).collect();
    let pairs: BTreeSet<&(&str, &str)> = wanted.iter().chain(found.keys()).chain(by_engine.keys()).collect();
    for pair in pairs {
        let hops = match found.get(pair) {
            Some(Tri::Allow) => Hops { surely: Some(1), perhaps: Some(1) },
            Some(_) => Hops { surely: None, perhaps: Some(1) },
            None => Hops::default(),
        };
        let question = Question::new("sts:AssumeRole", pair.1, "");
        let id = format!("organisation/assume/{}/{}", pair.0, pair.1);
        let compared = compare(id, &question, wanted.contains(pair).then_some(1), hops);
        result(fast.agreed(compared, hops, by_engine.get(pair).map(|tri| (*tri, 1))));
    }
}

fn compare(id: String, question: &Question, wanted: Option<usize>, hops: Hops) -> CaseResult {
    let verdict = match wanted {
        _ if hops.surely == wanted && hops.perhaps == wanted => Verdict::Passed,
        // What is open may make it right.
        _ if hops.surely == wanted || (hops.surely.is_none() && hops.perhaps == wanted) => Verdict::Imprecise,
        _ => Verdict::Failed,
    };
    let said = |hops: Option<usize>| match hops {
        None => "denied".to_owned(),
        Some(1) => "1 hop".to_owned(),
        Some(hops) => format!("{hops} hops"),
    };
    let actual = match hops {
        Hops { surely, perhaps } if surely == perhaps => said(surely),
        Hops { surely, perhaps } => format!("{}, perhaps {}", said(surely), said(perhaps)),
    };
    let detail = (verdict != Verdict::Passed).then(|| format!("{} on {}", question.action, question.resource));
    CaseResult { id, verdict, expected: said(wanted), actual, detail }
}

fn by_id(reached: &[Reached]) -> BTreeMap<&str, usize> {
    reached.iter().map(|one| (one.id.as_str(), one.hops)).collect()
}

/// An expectation about somebody who is not there could never be met.
fn check_names(organization: &Organization, expected: &Expected) -> Result<(), OrganizationError> {
    let principals: BTreeSet<&str> = organization.principals.iter().map(|principal| principal.arn.as_str()).collect();
    let workloads: BTreeSet<&str> = organization.workloads.iter().map(|workload| workload.id.as_str()).collect();
    let missing = |place: String, kind, name: &str| OrganizationError::Missing {
        place,
        kind,
        name: sightline_model::untrusted::shortened(name, 200),
    };
    for (at, (caller, role)) in expected.assume_role_edges.iter().enumerate() {
        if let Some(name) = [caller, role].into_iter().find(|name| !principals.contains(name.as_str())) {
            return Err(missing(format!("`assume_role_edges`, {} from the start,", at + 1), "principal", name));
        }
    }
    for (at, wanted) in expected.expected.iter().enumerate() {
        let place = format!("question {} of `expected`", at + 1);
        if let Some(one) = wanted.who.iter().find(|one| !principals.contains(one.id.as_str())) {
            return Err(missing(place, "principal", &one.id));
        }
        if let Some(one) = wanted.workloads.iter().find(|one| !workloads.contains(one.id.as_str())) {
            return Err(missing(place, "workload", &one.id));
        }
    }
    Ok(())
}
