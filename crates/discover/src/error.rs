//! What stops a discovery.

use sightline_lake::LakeError;

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A query of discovery's own failed.
    #[error("discovery cannot read `{query}`: {source}")]
    Query {
        /// the file below `sql/`, without its ending
        query: &'static str,
        /// why
        source: LakeError,
    },
    /// A query of discovery's own gave something else than it should.
    #[error("discovery cannot understand a row of `{query}`: {source}")]
    Row {
        /// the file below `sql/`, without its ending
        query: &'static str,
        /// why
        source: serde_json::Error,
    },
    /// The rules that tell who serves models do not read; a test keeps this from happening.
    #[error("data/inference.toml cannot be used: {reason}")]
    Inference {
        /// what the TOML reader said
        reason: String,
    },
    /// A pattern of hosts of public AI services is none.
    #[error("the list of public AI services cannot be used: {reason}")]
    PublicAi {
        /// which pattern, and what is wrong with it
        reason: String,
    },
    /// The price list cannot be used; a test keeps this from happening.
    #[error(transparent)]
    Prices(#[from] sightline_model::price::PriceError),
    /// No scan saw the principal.
    #[error(
        "`{arn}` is no user or role that a scan saw; list them with `sightline query \"SELECT arn FROM aws_iam_role\"`"
    )]
    UnknownPrincipal {
        /// as it was given
        arn: String,
    },
}
