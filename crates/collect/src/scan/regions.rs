//! Which regions are scanned where the user names none.

use super::ledger::Failure;
use super::plan::is_region;
use super::visit::Visit;
use crate::catalogue::Call;
use futures::TryStreamExt;
use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_model::Outcome;

/// The enabled regions, from the account's own list or EC2's. When neither tells, the default region alone, and a row of
/// coverage that says so.
pub(super) async fn enabled(visit: &Visit<'_>) -> Vec<String> {
    let account = call("account", "ListRegions");
    let ec2 = call("ec2", "DescribeRegions");
    let enabled = json!({ "RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"], "MaxResults": 50 });
    if let Ok(regions) = listed(visit, &account, enabled).await {
        return regions;
    }
    match listed(visit, &ec2, json!({})).await {
        Ok(regions) => regions,
        Err(failure) => {
            let only = visit.call_region().to_owned();
            let message =
                format!("only {only} was scanned, the enabled regions could not be listed: {}", failure.message);
            visit.missed(&ec2, "", failure.outcome, &failure.code, &message);
            vec![only]
        }
    }
}

/// The enabled regions as far as they can be learned, without a word about what could not be.
pub(super) async fn of_account(aws: &Aws, partition: &str) -> Vec<String> {
    let enabled = json!({ "RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"], "MaxResults": 50 });
    for (service, operation, input) in [("account", "ListRegions", enabled), ("ec2", "DescribeRegions", json!({}))] {
        let pages = aws.pages(aws.default_region(), service, operation, input).try_collect::<Vec<Value>>().await;
        let lists = pages.unwrap_or_default();
        let regions = lists.iter().filter_map(|page| page.get("Regions")?.as_array()).flatten();
        let mut names: Vec<String> = regions.filter_map(|region| name(partition, region)).collect();
        if !names.is_empty() {
            names.sort();
            names.dedup();
            return names;
        }
    }
    vec![aws.default_region().to_owned()]
}

/// Of the named regions those that the account has not disabled, and a row of coverage for each that it has: nothing answers there, and
/// nothing can run. Where the account's list cannot be had, the calls themselves will tell.
pub(super) async fn not_disabled(visit: &Visit<'_>, named: &[String]) -> Vec<String> {
    let account = call("account", "ListRegions");
    let input = json!({ "RegionOptStatusContains": ["DISABLED", "DISABLING"], "MaxResults": 50 });
    let mut disabled = Vec::new();
    let mut pages = visit.pages(&account, visit.call_region(), input);
    while let Some(Ok(page)) = visit.next(&account, &mut pages).await {
        let regions = page.get("Regions").and_then(Value::as_array).into_iter().flatten();
        disabled.extend(
            regions
                .filter(|region| is_disabled(region))
                .filter_map(|region| region.get("RegionName").and_then(Value::as_str).map(str::to_owned)),
        );
    }
    let (left, lost): (Vec<&String>, Vec<&String>) = named.iter().partition(|name| !disabled.contains(name));
    for name in lost {
        let message = format!("{name} was not scanned: the account has not enabled it");
        visit.missed(&account, "", Outcome::Unsupported, "RegionDisabled", &message);
    }
    left.into_iter().cloned().collect()
}

/// What plays the account's list may not heed the filter.
fn is_disabled(region: &Value) -> bool {
    matches!(region.get("RegionOptStatus").and_then(Value::as_str), Some("DISABLED" | "DISABLING"))
}

/// The regions that a call names, at least one.
async fn listed(visit: &Visit<'_>, call: &Call, input: Value) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut pages = visit.pages(call, visit.call_region(), input);
    while let Some(page) = visit.next(call, &mut pages).await {
        let page = page.map_err(|refusal| refusal.failure(""))?;
        let regions = page.get("Regions").and_then(Value::as_array);
        names.extend(regions.into_iter().flatten().filter_map(|region| name(visit.partition(), region)));
    }
    if names.is_empty() {
        return Err(Failure::without_call(Outcome::Failed, "Empty", "the answer names no region", ""));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// The region's name, unless it is not enabled or of another partition; AWS leaves both out, not every peer of it does.
fn name(partition: &str, region: &Value) -> Option<String> {
    let name = region.get("RegionName")?.as_str()?;
    let enabled = region.get("OptInStatus").and_then(Value::as_str) != Some("not-opted-in");
    let ours = sightline_model::partition::of_region(name) == partition;
    (enabled && ours && is_region(name)).then(|| name.to_owned())
}

fn call(service: &str, operation: &str) -> Call {
    Call { service: service.to_owned(), operation: operation.to_owned(), action: format!("{service}:{operation}") }
}
