//! Runs a case through the interpreter.

use super::both;
use super::format::Wanted;
use super::{Case, CaseError, CaseResult, Verdict};
use crate::context::Context;
use crate::direct::Answer;
use crate::formula::Formula;
use crate::interpret::{Decision, Outcome, interpret};
use crate::solve::{Tri, classify, phrase, ways};

/// Decides a case and compares.
///
/// # Errors
/// The case is none.
pub fn run(case: &Case) -> Result<CaseResult, CaseError> {
    let (request, policies) = (case.request()?, case.policies());
    let outcome = interpret(&request, &policies);
    let result = match case.wanted()? {
        Wanted::Decision(wanted) => decided(case, &outcome, wanted),
        Wanted::Tri(wanted) => partial(case, &outcome, wanted),
    };
    Ok(match both::engine(&request, &policies).and_then(|answer| disagreement(&answer, &outcome)) {
        Some(detail) => CaseResult { verdict: Verdict::Failed, detail: Some(detail), ..result },
        None => result,
    })
}

/// In what the engine's answer differs from the interpreter's.
fn disagreement(engine: &Answer, outcome: &Outcome) -> Option<String> {
    let allowed = outcome.allowed();
    let tri = classify(&allowed, &|_| true);
    if engine.tri != tri {
        return Some(format!("the engine says {:?} where the interpreter says {tri:?}", engine.tri));
    }
    let differs = tri == Tri::Conditional && engine.allowed != allowed;
    differs.then(|| {
        format!("the engine's residual is: {}; the interpreter's: {}", residual(&engine.allowed), residual(&allowed))
    })
}

fn decided(case: &Case, outcome: &Outcome, wanted: Decision) -> CaseResult {
    let actual = outcome.decision();
    let verdict = match actual {
        Some(actual) if actual == wanted => Verdict::Passed,
        Some(_) => Verdict::Failed,
        None => Verdict::Imprecise,
    };
    let detail = actual.is_none().then(|| residual(&outcome.allowed()));
    let actual = actual.map_or_else(|| "Conditional".to_owned(), |decision| format!("{decision:?}"));
    CaseResult { id: case.id.clone(), verdict, expected: format!("{wanted:?}"), actual, detail }
}

fn partial(case: &Case, outcome: &Outcome, wanted: Tri) -> CaseResult {
    let allowed = outcome.allowed();
    let actual = classify(&allowed, &|_| true);
    let wrong = case.completions().find(|(context, decision)| completed(outcome, context) != Some(*decision));
    let contradicted = case.completions().any(|(_, decision)| match actual {
        Tri::Allow => decision != Decision::Allowed,
        Tri::Deny => decision == Decision::Allowed,
        Tri::Conditional => false,
    });
    let verdict = match () {
        () if wrong.is_some() || contradicted => Verdict::Unsound,
        () if actual == wanted => Verdict::Passed,
        () if actual == Tri::Conditional => Verdict::Imprecise,
        () => Verdict::Failed,
    };
    let detail = match wrong {
        Some((context, decision)) => Some(format!(
            "the residual gives {:?} for {context:?}, which is {decision:?}",
            completed(outcome, &context)
        )),
        None => (actual == Tri::Conditional).then(|| residual(&allowed)),
    };
    CaseResult { id: case.id.clone(), verdict, expected: format!("{wanted:?}"), actual: format!("{actual:?}"), detail }
}

/// The decision once the open keys have their values.
fn completed(outcome: &Outcome, context: &Context) -> Option<Decision> {
    let open = Outcome {
        denied: outcome.denied.given(context),
        granted: outcome.granted.given(context),
        statements: Vec::new(),
    };
    open.decision()
}

fn residual(allowed: &Formula) -> String {
    let (ways, complete) = ways(allowed, 4, &|_| true);
    phrase(&ways, complete)
}
