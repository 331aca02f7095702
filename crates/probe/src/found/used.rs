//! Which targets are called, by which applications, and which ones policies let somebody call.

use super::{Found, Hindrance, owner};
use serde::Deserialize;
use sightline_lake::{LakeError, Session};
use sightline_model::pattern;
use std::collections::{BTreeMap, BTreeSet};

const EDGES: &str = "SELECT model_arn, coalesce(model_kind, '') AS model_kind, coalesce(model_title, '') AS model_title, \
    coalesce(application, '') AS application, coalesce(account_id, '') AS account_id, coalesce(region, '') AS region, \
    sum(coalesce(calls, 0)) AS calls \
    FROM current_edge WHERE coalesce(class, 'application_to_model') = 'application_to_model' AND coalesce(model_arn, '') <> '' \
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6";

const ACCESS: &str = "SELECT DISTINCT resource_arn FROM current_model_access WHERE action IN \
    ('bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream', 'bedrock:InvokeAgent', 'bedrock:InvokeFlow', \
    'bedrock:RetrieveAndGenerate', 'sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream')";

const MADE: &str =
    "SELECT (SELECT count(*) FROM run WHERE kind = 'map') AS map, (SELECT count(*) FROM model_access) AS access";

/// Calls from one application to one model, over all workloads.
#[derive(Debug, Deserialize)]
struct Called {
    model_arn: String,
    model_kind: String,
    model_title: String,
    application: String,
    account_id: String,
    region: String,
    calls: i64,
}

#[derive(Deserialize)]
struct Allowed {
    resource_arn: String,
}

/// What the newest map and the newest evaluation of policies say.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// which of the two there are none of
    pub(super) unknown: Vec<String>,
    called: BTreeMap<String, Vec<Called>>,
    allowed: BTreeSet<String>,
    /// with `*`
    patterns: Vec<String>,
}

impl Used {
    pub(super) async fn read(session: &Session) -> Result<Self, LakeError> {
        let mut used = Self { unknown: unknown(session).await?, ..Self::default() };
        for called in session.sql(EDGES).await?.rows_as::<Called>()? {
            used.called.entry(called.model_arn.clone()).or_default().push(called);
        }
        for Allowed { resource_arn } in session.sql(ACCESS).await?.rows_as()? {
            match resource_arn.contains('*') {
                true => used.patterns.push(resource_arn),
                false => drop(used.allowed.insert(resource_arn)),
            }
        }
        Ok(used)
    }

    /// Writes down what is known of its use.
    pub(super) fn mark(&self, target: &mut Found) {
        let (arn, of) = (target.arn.clone(), owner(target).to_owned());
        let called = self.called.get(&arn).or_else(|| self.called.get(&of));
        // What AWS offers has one ARN in all accounts: each account has calls of its own.
        let is_shared = |one: &&Called| !target.is_offered || one.account_id == target.account_id;
        for one in called.into_iter().flatten().filter(is_shared) {
            target.calls = target.calls.saturating_add(one.calls);
            if !one.application.is_empty() {
                target.applications.insert(one.application.clone());
            }
        }
        target.is_accessible = [&arn, &of].into_iter().any(|arn| {
            self.allowed.contains(arn) || self.patterns.iter().any(|pattern| pattern::matches(pattern, arn))
        });
    }

    /// What was called and is not in the inventory.
    pub(super) fn of_others(&self, known: &BTreeSet<String>) -> Vec<Found> {
        let others = self.called.iter().filter(|(arn, _)| !known.contains(*arn));
        others.filter_map(|(arn, calls)| Some(other(arn, calls.first()?))).collect()
    }
}

#[derive(Deserialize)]
struct Made {
    map: i64,
    access: i64,
}

async fn unknown(session: &Session) -> Result<Vec<String>, LakeError> {
    let made: Vec<Made> = session.sql(MADE).await?.rows_as()?;
    let told = |one: &Made| {
        let map = (one.map == 0).then_some("no map was made, so nothing counts as called: run `sightline map`");
        let access = (one.access == 0)
            .then_some("policies were not evaluated, so nothing counts as accessible: run `sightline access`");
        [map, access].into_iter().flatten().map(str::to_owned).collect()
    };
    Ok(made.first().map(told).unwrap_or_default())
}

fn other(arn: &str, called: &Called) -> Found {
    let hindrance = match called.model_kind.as_str() {
        "public-ai" => Hindrance::sure("it is served outside of your accounts"),
        "agent-runtime" => {
            Hindrance::sure("each runtime of AgentCore speaks a language of its own: probe the model behind it")
        }
        "self-hosted" => Hindrance::sure("it is asked by its address: from inside its network, name it with `--url`"),
        _ => Some(Hindrance::Doubt("the inventory does not have it".to_owned())),
    };
    Found {
        arn: arn.to_owned(),
        kind: called.model_kind.clone(),
        title: called.model_title.clone(),
        account_id: called.account_id.clone(),
        region: called.region.clone(),
        ..Found::default()
    }
    .hindered(hindrance)
}
