//! VPC endpoints of ours: what a request that goes through one may do.
//!
//! An endpoint's policy is no part of an answer, for no request has to go through it. Where an answer depends on the endpoint,
//! it says what remains.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::direct::Answer;
use sightline_iam::interpret::interpret;
use sightline_iam::organization::Question;
use sightline_iam::policy::Policy;
use sightline_iam::request::Layer;
use sightline_iam::solve::classify;
use sightline_lake::Session;

use super::Inventory;
use super::document::Documents;
use crate::DiscoverError;
use crate::query::query;

/// A VPC endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Twelve digits.
    pub account: String,
    /// `com.amazonaws.us-east-1.bedrock-runtime`
    pub service: String,
    /// Its policy.
    pub policy: Arc<Policy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    id: String,
    service: String,
    document: Value,
}

/// By id, `vpce-…`.
pub(crate) async fn read(
    session: &Session,
    documents: &mut Documents,
) -> Result<BTreeMap<String, Endpoint>, DiscoverError> {
    let rows: Vec<Row> = query!("access/endpoint").rows(session).await?;
    let mut of = |row: Row| {
        let policy = documents.policy(&format!("policy of {}", row.id), Some(&row.document));
        (row.id, Endpoint { account: row.account_id, service: row.service, policy })
    };
    Ok(rows.into_iter().map(&mut of).collect())
}

impl Inventory {
    /// What a principal, by its place, may do through an endpoint, its policy counted. None where the inventory lacks either.
    pub fn through(&self, endpoint: &str, principal: usize, question: &Question) -> Option<Answer> {
        let policy = Arc::clone(&self.endpoints.get(endpoint)?.policy);
        let mut question = question.clone();
        question.context.insert("aws:SourceVpce".to_owned(), endpoint.to_owned());
        let (request, mut policies) = self.organization.ask(self.organization.principals.get(principal)?, &question);
        policies.vpce = Layer::Known(vec![policy]);
        let allowed = interpret(&request, &policies).allowed();
        Some(Answer { tri: classify(&allowed, &|_| true), allowed })
    }
}
