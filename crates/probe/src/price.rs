//! The dated price list.

use crate::{ProbeError, Usd};
use serde::Deserialize;
use sightline_model::untrusted::shortened;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Prices as they stood on a date. Approximate: a plan shows where they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// where the prices are from
    pub source: String,
    /// the day they stood so, `2026-11-01`
    pub date: String,
    /// above what a thousand text units cost under a guardrail with every policy
    pub guardrail: Usd,
    models: BTreeMap<String, Price>,
}

/// What a model costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// a thousand tokens in
    pub input: Usd,
    /// a thousand tokens out
    pub output: Usd,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    date: String,
    guardrail_per_1000_units: String,
    models: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    input: String,
    output: String,
}

/// Prefixes that route a model id to the regions of a continent.
const GEOGRAPHIES: &[&str] = &["us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global."];

impl PriceList {
    /// The list that comes with the product.
    ///
    /// # Errors
    /// When it cannot be read; a test keeps that from happening.
    pub fn embedded() -> Result<Self, ProbeError> {
        let wrong = |error: &dyn std::fmt::Display| ProbeError::Prices(shortened(&error.to_string(), 300));
        let file: File = toml::from_str(include_str!("../prices.toml")).map_err(|error| wrong(&error))?;
        let price =
            |(model, row): (String, Row)| Ok((model, Price { input: row.input.parse()?, output: row.output.parse()? }));
        let models: Result<_, ProbeError> = file.models.into_iter().map(price).collect();
        Ok(Self {
            source: file.source,
            date: file.date,
            guardrail: file.guardrail_per_1000_units.parse()?,
            models: models.map_err(|error| wrong(&error))?,
        })
    }

    /// The price of a model id, an inference profile's id, or an ARN that ends in one. A profile or deployment of the account's own
    /// hides its model, so it has none.
    pub fn of(&self, model: &str) -> Option<Price> {
        let id = model.rsplit('/').next().unwrap_or(model);
        let id = GEOGRAPHIES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id);
        self.models.get(id).copied()
    }
}

impl FromStr for Price {
    type Err = ProbeError;

    /// `0.003,0.015`: USD per 1,000 tokens in and out.
    fn from_str(text: &str) -> Result<Self, ProbeError> {
        let wrong = || ProbeError::Number {
            text: shortened(text, 40),
            what: "pair of prices",
            example: "`0.003,0.015`, USD per 1,000 tokens in and out",
        };
        let (input, output) = text.split_once(',').ok_or_else(wrong)?;
        Ok(Self {
            input: input.trim().parse().map_err(|_| wrong())?,
            output: output.trim().parse().map_err(|_| wrong())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_profiles_and_arns_have_the_models_price() {
        let list = PriceList::embedded().unwrap();
        let expected = list.of("amazon.nova-micro-v1:0");
        assert!(expected.is_some());
        for same in [
            "us.amazon.nova-micro-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0",
        ] {
            assert_eq!(list.of(same), expected, "{same}");
        }
        assert_eq!(list.of("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"), None);
        assert_eq!(list.of("amazon.nova-micro"), None);
    }

    #[test]
    fn a_pair_of_prices_is_read() {
        let price: Price = "0.003, 0.015".parse().unwrap();
        assert_eq!((price.input.nanos(), price.output.nanos()), (3_000_000, 15_000_000));
        assert!("0.003".parse::<Price>().unwrap_err().to_string().contains("0.003,0.015"));
    }
}
