//! The first real answer of each call that takes no input: what no policy that can be read from here settles, AWS itself does.

use crate::context::Context;
use crate::parameters::TrialCall;
use futures::StreamExt as _;
use sightline_aws::CallErrorKind;
use std::collections::BTreeSet;

/// Calls at one time.
const AT_ONCE: usize = 16;

/// What AWS said.
#[derive(Debug, Default)]
pub(crate) struct Tried<'a> {
    /// IAM actions that were answered
    pub(crate) answered: BTreeSet<&'a str>,
    /// IAM actions that were refused
    pub(crate) refused: BTreeSet<&'a str>,
    /// IAM actions whose calls failed for another reason, or were throttled to the end
    pub(crate) failed: BTreeSet<&'a str>,
    /// IAM actions whose calls are not offered in the region
    pub(crate) not_offered: BTreeSet<&'a str>,
}

/// Makes the calls in the home region, each once.
pub(crate) async fn run(context: &Context) -> Tried<'_> {
    let calls: Vec<_> = context.parameters.calls.iter().map(|call| one(context, call)).collect();
    let mut answers = futures::stream::iter(calls).buffer_unordered(AT_ONCE);
    let mut tried = Tried::default();
    while let Some((action, kind)) = answers.next().await {
        match kind {
            // What is asked about need not exist: the question was allowed.
            None | Some(CallErrorKind::NotFound) => tried.answered.insert(action),
            Some(CallErrorKind::Denied) => tried.refused.insert(action),
            Some(CallErrorKind::Unsupported) => tried.not_offered.insert(action),
            Some(_) => tried.failed.insert(action),
        };
    }
    tried
}

async fn one<'a>(context: &'a Context, call: &'a TrialCall) -> (&'a str, Option<CallErrorKind>) {
    let Context { aws, parameters, .. } = context;
    let answer = aws.call(&parameters.home, &call.service, &call.operation, call.input.clone()).await;
    let kind = answer.err().map(|error| match call.unsupported.contains(&error.code) {
        true => CallErrorKind::Unsupported,
        false => error.kind,
    });
    (&call.action, kind)
}
