//! Who may use AI, counted by the lake: one by one there may be millions.

use serde::Deserialize;
use sightline_lake::Session;

/// How many the others of each are.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    /// whether anybody was asked
    pub(crate) is_evaluated: bool,
    /// models, by the principals that may use them
    pub(crate) models: Vec<Counted>,
    /// principals, by what they may use
    pub(crate) identities: Vec<Counted>,
    /// workloads, by what they may use
    pub(crate) workloads: Vec<Counted>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(crate) struct Counted {
    pub(crate) arn: String,
    pub(crate) kind: String,
    pub(crate) others: u64,
}

impl Allowed {
    /// Asks the lake.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) async fn read(session: &Session) -> anyhow::Result<Self> {
        let of = |arn: &str, kind: &str, other: &str, only: &str| {
            format!(
                "SELECT {arn} AS arn, min({kind}) AS kind, count(DISTINCT {other}) AS others FROM current_model_access \
                 WHERE {only} GROUP BY {arn}"
            )
        };
        let models = of("resource_arn", "resource_kind", "principal_arn", "true");
        let identities = of("principal_arn", "principal_kind", "resource_arn", "workload_arn = ''");
        let workloads = of("workload_arn", "workload_kind", "resource_arn", "workload_arn <> ''");
        let models: Vec<Counted> = session.sql(&models).await?.rows_as()?;
        Ok(Self {
            is_evaluated: !models.is_empty(),
            models,
            identities: session.sql(&identities).await?.rows_as()?,
            workloads: session.sql(&workloads).await?.rows_as()?,
        })
    }
}
