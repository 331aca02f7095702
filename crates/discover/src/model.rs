//! The target of a call, found in the inventory by the id or ARN that was called.
//!
//! Ids are opaque: a prefix such as `us.` names an inference profile, an application's profile is a random id. So nothing
//! is read out of them; what the inventory does not have stays as it was called.

use std::collections::HashMap;

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::price::{Price, PriceList};

use crate::DiscoverError;
use crate::query::query;

/// A row of `sql/model/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Model {
    pub(crate) kind: String,
    pub(crate) arn: String,
    pub(crate) title: String,
    region: String,
    called: String,
    /// the first of the models behind a profile, which are the same model in several regions
    listed: String,
}

/// Models by what they are called.
#[derive(Debug, Default)]
pub(crate) struct Models {
    by_arn: HashMap<String, Model>,
    /// region and id
    by_id: HashMap<(String, String), Model>,
    prices: PriceList,
}

/// Kind of what the inventory does not have.
pub(crate) const UNRESOLVED: &str = "unresolved";

impl Models {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let queries = [
            query!("model/foundation_model"),
            query!("model/custom_model"),
            query!("model/imported_model"),
            query!("model/inference_profile"),
            query!("model/provisioned_model"),
            query!("model/agent"),
            query!("model/agent_alias"),
            query!("model/knowledge_base"),
            query!("model/flow"),
            query!("model/endpoint"),
            query!("model/runtime"),
            query!("model/runtime_endpoint"),
            query!("model/prompt_router"),
            query!("model/marketplace"),
            query!("model/custom_deployment"),
            query!("model/component"),
        ];
        let mut models = Self { prices: PriceList::embedded()?, ..Self::default() };
        for query in queries {
            query.rows(session).await?.into_iter().for_each(|model| models.add(model));
        }
        Ok(models)
    }

    fn add(&mut self, model: Model) {
        self.by_arn.entry(model.arn.clone()).or_insert_with(|| model.clone());
        if !model.called.is_empty() {
            // Ids and ARNs of aliases are called the same way; the first table of the list has the id.
            self.by_id.entry((model.region.clone(), model.called.clone())).or_insert(model);
        }
    }

    /// What the model costs by the list. A profile of the account's own has an id that tells no model: the model behind it counts.
    pub(crate) fn price(&self, model: &Model) -> Option<Price> {
        self.prices.of(&model.arn).or_else(|| self.prices.of(&model.listed))
    }

    /// The model that was called by this id or ARN in this region.
    pub(crate) fn resolve(&self, called: &str, region: &str) -> Model {
        let by_id = |called: &str| self.by_id.get(&(region.to_owned(), called.to_owned()));
        let known = self.by_arn.get(called).or_else(|| by_id(called)).or_else(|| by_id(owner(called)?));
        known.cloned().unwrap_or_else(|| Model {
            kind: UNRESOLVED.to_owned(),
            arn: called.to_owned(),
            title: called.to_owned(),
            region: region.to_owned(),
            called: String::new(),
            listed: String::new(),
        })
    }
}

/// What a call through an alias that the inventory lacks still names: the log's row joins owner and alias with `/`.
fn owner(called: &str) -> Option<&str> {
    if called.starts_with("arn:") { None } else { called.split_once('/').map(|(owner, _)| owner) }
}
