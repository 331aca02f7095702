//! Guardrails that the account or the organization enforces.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use sightline_lake::Session;
use sightline_model::edge::Tri;

use super::super::{Judged, Subject};
use crate::DiscoverError;
use crate::estate::Estate;
use crate::query::query;

const ACCOUNT_TABLE: &str = "aws_bedrock_enforced_guardrail_configuration";
const ORGANIZATION_TABLE: &str = "aws_organizations_effective_policy";
/// What stands for every model in a list.
const ALL: &str = "ALL";

/// One guardrail that is enforced.
#[derive(Debug, Clone, Default)]
struct Configuration {
    /// the row's ARN
    arn: String,
    guardrail: String,
    /// who enforces it
    by: &'static str,
    included: Vec<String>,
    excluded: Vec<String>,
    /// callers may tag the part that it looks at
    honours_tags: bool,
}

/// All of them, by account and region.
#[derive(Debug, Default)]
pub(in super::super) struct Enforced(HashMap<(String, String), Vec<Configuration>>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    arn: String,
    guardrail_id: String,
    guardrail_arn: String,
    input_tags: String,
    guarding: Option<Value>,
    models: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Effective {
    account_id: String,
    arn: String,
    content: Value,
}

impl Enforced {
    pub(in super::super) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let mut all: HashMap<(String, String), Vec<Configuration>> = HashMap::new();
        for row in query!("control/enforced").rows::<Row>(session).await? {
            let here = (row.account_id.clone(), row.region.clone());
            all.entry(here).or_default().push(of_account(row));
        }
        for effective in query!("control/effective_policy").rows::<Effective>(session).await? {
            for (region, configuration) in of_organization(&effective) {
                all.entry((effective.account_id.clone(), region)).or_default().push(configuration);
            }
        }
        Ok(Self(all))
    }

    fn of(&self, account: &str, region: &str) -> &[Configuration] {
        self.0.get(&(account.to_owned(), region.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// A guardrail that is enforced there, whatever for.
    pub(in super::super) fn guardrail(&self, account: &str, region: &str) -> Option<&str> {
        let here = self.of(account, region).first()?;
        Some(here.guardrail.as_str()).filter(|guardrail| !guardrail.is_empty())
    }
}

fn of_account(row: Row) -> Configuration {
    let list = |name: &str| row.models.as_ref().map_or_else(Vec::new, |models| texts(models.get(name)));
    let guarding = row.guarding.as_ref().map_or_else(String::new, Value::to_string);
    Configuration {
        arn: row.arn,
        guardrail: if row.guardrail_arn.is_empty() { row.guardrail_id } else { row.guardrail_arn },
        by: "the account",
        included: list("includedModels"),
        excluded: list("excludedModels"),
        honours_tags: row.input_tags.eq_ignore_ascii_case("HONOR") || guarding.to_uppercase().contains("SELECTIVE"),
    }
}

/// An effective policy has the form of a policy, with its operators worked off or not.
fn of_organization(effective: &Effective) -> Vec<(String, Configuration)> {
    let regions = effective.content.get("bedrock").and_then(|bedrock| bedrock.get("guardrail_inference"));
    let mut out = vec![];
    for (region, configurations) in regions.and_then(Value::as_object).into_iter().flatten() {
        for configuration in configurations.as_object().into_iter().flatten().map(|(_, one)| one) {
            let Some(guardrail) = configuration.get("identifier").and_then(|one| assigned(one).as_str()) else {
                continue;
            };
            let models = configuration.get("model_enforcement");
            let list = |name: &str| texts(models.and_then(|models| models.get(name)).map(assigned));
            let tags = configuration.get("input_tags").map(assigned).and_then(Value::as_str).unwrap_or_default();
            let guarding = configuration.get("selective_content_guarding").map_or_else(String::new, Value::to_string);
            let configuration = Configuration {
                arn: effective.arn.clone(),
                guardrail: guardrail.to_owned(),
                by: "the organization",
                included: list("included_models"),
                excluded: list("excluded_models"),
                honours_tags: tags.eq_ignore_ascii_case("honor") || guarding.contains("selective"),
            };
            out.push((region.clone(), configuration));
        }
    }
    out
}

fn assigned(value: &Value) -> &Value {
    value.get("@@assign").unwrap_or(value)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    let models = estate.controls.models(&subject.model_arn);
    let here = estate.controls.enforced.of(&subject.account, &subject.region);
    let mut open = None;
    let mut left_out = None;
    for one in here {
        let shown = format!("{} enforces the guardrail {}", one.by, one.guardrail);
        match one.is_for(&models) {
            Tri::Yes if one.honours_tags => {
                let reason = format!("{shown}; callers may tag the part that it looks at");
                return Judged::yes(reason).proved([one.arn.clone()]);
            }
            Tri::Yes => return Judged::yes(shown).proved([one.arn.clone()]),
            Tri::Unknown => {
                open = Some(format!("{shown} for some models, and the inventory does not tell whether for this one"))
            }
            Tri::No => left_out = Some(format!("{shown}, but not for this model")),
        }
    }
    let tables = [ACCOUNT_TABLE, ORGANIZATION_TABLE];
    let gap = tables.iter().find_map(|table| estate.coverage.gap(table, &subject.account, &subject.region));
    match open.or(gap) {
        Some(why) => Judged::unknown(why),
        None => Judged::no(left_out.unwrap_or_else(|| {
            format!("neither the account nor the organization enforces a guardrail in {}", subject.region)
        })),
    }
}

impl Configuration {
    /// Lists name models by id or ARN. Where a profile is called, whether it or its models count is not documented: they must agree.
    fn is_for(&self, models: &[String]) -> Tri {
        let is_all = self.included.is_empty() || self.included.iter().any(|one| one == ALL);
        if is_all && self.excluded.is_empty() {
            return Tri::Yes;
        }
        let named = |list: &[String], arn: &String| {
            let id = arn.rsplit('/').next().unwrap_or(arn);
            list.iter().any(|one| one == arn || one == id)
        };
        let of = |arn: &String| (is_all || named(&self.included, arn)) && !named(&self.excluded, arn);
        let is_profile = models.iter().any(|arn| arn.contains("inference-profile/"));
        match models.iter().filter(|arn| of(arn)).count() {
            0 if is_profile && models.len() == 1 => Tri::Unknown,
            0 => Tri::No,
            covered if covered == models.len() && !(is_profile && models.len() == 1) => Tri::Yes,
            _ => Tri::Unknown,
        }
    }
}
