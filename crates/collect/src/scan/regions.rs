//! Which regions are scanned where the user names none.

use super::ledger::Failure;
use super::plan::is_region;
use super::visit::Visit;
use crate::catalogue::Call;
use serde_json::{Value, json};
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

/// The regions that a call names, at least one.
async fn listed(visit: &Visit<'_>, call: &Call, input: Value) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut pages = visit.pages(call, visit.call_region(), input);
    while let Some(page) = visit.next(call, &mut pages).await {
        let page = page.map_err(|refusal| refusal.failure(""))?;
        let regions = page.get("Regions").and_then(Value::as_array);
        names.extend(regions.into_iter().flatten().filter_map(|region| name(visit, region)));
    }
    if names.is_empty() {
        return Err(Failure::without_call(Outcome::Failed, "Empty", "the answer names no region", ""));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// The region's name, unless it is not enabled or of another partition; AWS leaves both out, not every peer of it does.
fn name(visit: &Visit<'_>, region: &Value) -> Option<String> {
    let name = region.get("RegionName")?.as_str()?;
    let enabled = region.get("OptInStatus").and_then(Value::as_str) != Some("not-opted-in");
    let ours = sightline_model::partition::of_region(name) == visit.partition();
    (enabled && ours && is_region(name)).then(|| name.to_owned())
}

fn call(service: &str, operation: &str) -> Call {
    Call { service: service.to_owned(), operation: operation.to_owned(), action: format!("{service}:{operation}") }
}
