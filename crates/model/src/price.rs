//! The dated price list.

use crate::money::Usd;
use crate::untrusted::shortened;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Prices as they stood on a date. Approximate: a plan shows where they are from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// a thousand tokens that were read from the prompt cache; nothing where it is unknown
    pub cache_read: Option<Usd>,
    /// a thousand tokens that were written to it
    pub cache_write: Option<Usd>,
}

/// Tokens that calls used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// of the prompts, without cached ones
    pub input: u64,
    /// of the answers
    pub output: u64,
    /// read from the prompt cache
    pub cache_read: u64,
    /// written to it
    pub cache_write: u64,
}

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// A text is no amount or no pair of prices.
    #[error("`{text}` is no {what}: write {example}")]
    Number {
        /// what was given, shortened
        text: String,
        /// what it should be
        what: &'static str,
        /// how it is written
        example: &'static str,
    },
    /// The embedded price list cannot be used: a fault of ours.
    #[error("the embedded price list cannot be used: {0}")]
    List(String),
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
    cache_read: Option<String>,
    cache_write: Option<String>,
}

/// Prefixes that route a model id to the regions of a continent.
const GEOGRAPHIES: &[&str] = &["us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global."];

impl PriceList {
    /// The list that comes with the product.
    ///
    /// # Errors
    /// When it cannot be read; a test keeps that from happening.
    pub fn embedded() -> Result<Self, PriceError> {
        let wrong = |error: &dyn std::fmt::Display| PriceError::List(shortened(&error.to_string(), 300));
        let file: File = toml::from_str(include_str!("../prices.toml")).map_err(|error| wrong(&error))?;
        let amount = |text: Option<String>| text.map(|text| text.parse::<Usd>()).transpose();
        let price = |(model, row): (String, Row)| {
            let (cache_read, cache_write) = (amount(row.cache_read)?, amount(row.cache_write)?);
            Ok((model, Price { input: row.input.parse()?, output: row.output.parse()?, cache_read, cache_write }))
        };
        let models: Result<_, PriceError> = file.models.into_iter().map(price).collect();
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

impl Price {
    /// What the tokens cost, in US dollars; nothing where the price of a part of them is unknown.
    pub fn cost(&self, used: Used) -> Option<f64> {
        let cached = |price: Option<Usd>, tokens: u64| match (price, tokens) {
            (_, 0) => Some(Usd::ZERO),
            (price, tokens) => price.map(|price| price.per_thousand(tokens)),
        };
        let parts = [
            self.input.per_thousand(used.input),
            self.output.per_thousand(used.output),
            cached(self.cache_read, used.cache_read)?,
            cached(self.cache_write, used.cache_write)?,
        ];
        Some(parts.into_iter().sum::<Usd>().as_f64())
    }
}

impl FromStr for Price {
    type Err = PriceError;

    /// `0.003,0.015`: USD per 1,000 tokens in and out.
    fn from_str(text: &str) -> Result<Self, PriceError> {
        let wrong = || PriceError::Number {
            text: shortened(text, 40),
            what: "pair of prices",
            example: "`0.003,0.015`, USD per 1,000 tokens in and out",
        };
        let (input, output) = text.split_once(',').ok_or_else(wrong)?;
        Ok(Self {
            input: input.trim().parse().map_err(|_| wrong())?,
            output: output.trim().parse().map_err(|_| wrong())?,
            cache_read: None,
            cache_write: None,
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
    fn tokens_of_the_cache_cost_their_own_price_or_an_unknown_one() {
        let list = PriceList::embedded().unwrap();
        let used = Used { input: 1_000, output: 1_000, cache_read: 2_000_000, cache_write: 0 };
        let sonnet = list.of("anthropic.claude-sonnet-4-20250514-v1:0").unwrap();
        assert!((sonnet.cost(used).unwrap() - 0.618).abs() < 1e-9);
        let llama = list.of("meta.llama3-1-8b-instruct-v1:0").unwrap();
        assert_eq!(llama.cost(used), None);
        assert!(llama.cost(Used { cache_read: 0, ..used }).is_some());
    }

    #[test]
    fn a_pair_of_prices_is_read() {
        let price: Price = "0.003, 0.015".parse().unwrap();
        assert_eq!((price.input.nanos(), price.output.nanos()), (3_000_000, 15_000_000));
        assert!("0.003".parse::<Price>().unwrap_err().to_string().contains("0.003,0.015"));
    }
}
