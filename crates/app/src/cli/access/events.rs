//! Access as events, for `-o`.

use crate::stage::reported::{made, write_events};
use sightline_discover::access::{Unused, Use};
use sightline_model::ModelAccess;
use sightline_report::EventOutputSpec;
use sightline_report::ocsf::{self, AccessReport, PrincipalUse, ServiceUse};
use std::collections::BTreeMap;

/// An event a principal.
pub(super) fn all(output: &EventOutputSpec, rows: &[ModelAccess]) -> anyhow::Result<()> {
    let report = AccessReport { made: made(), rows };
    write_events(output, &mut |out| ocsf::access(&report, out))
}

/// The event of one principal's use.
pub(super) fn one(output: &EventOutputSpec, unused: &Unused) -> anyhow::Result<()> {
    let (told, made) = (told(unused)?, made());
    write_events(output, &mut |out| ocsf::principal_use(&told, &made, out))
}

fn told(unused: &Unused) -> anyhow::Result<PrincipalUse> {
    let named = |seen: Use| {
        unused.actions.iter().filter(move |one| one.seen == seen).map(|one| one.action.clone()).collect::<Vec<_>>()
    };
    let other = unused.services.iter().map(|one| ServiceUse {
        service: one.service.clone(),
        actions: None,
        is_unused: is_unused(one.seen),
        last_seen: one.last_seen,
    });
    let seen = unused.actions.iter().map(|one| one.last_seen).chain(unused.services.iter().map(|one| one.last_seen));
    Ok(PrincipalUse {
        principal_arn: unused.principal.clone(),
        period: unused.period.as_ref().map(|period| (period.first, period.last)),
        granted: unused.actions.iter().map(|one| one.action.clone()).collect(),
        unused: named(Use::Unused),
        not_shown: named(Use::NotShown),
        services: ai_services(unused).into_values().chain(other).collect(),
        last_seen: seen.flatten().max(),
        proposal: unused.proposal.as_ref().map(serde_json::to_value).transpose()?,
        rests_on: unused.rests_on.clone(),
    })
}

/// Of AI services every action was looked at. That nothing of one is used is said where logs show each of its actions.
fn ai_services(unused: &Unused) -> BTreeMap<&str, ServiceUse> {
    let mut services: BTreeMap<&str, ServiceUse> = BTreeMap::new();
    for one in &unused.actions {
        let name = one.action.split(':').next().unwrap_or_default();
        let service = services.entry(name).or_insert_with(|| ServiceUse {
            service: name.to_owned(),
            actions: Some((0, 0)),
            is_unused: Some(true),
            last_seen: None,
        });
        service.actions = service.actions.map(|(all, idle)| (all + 1, idle + i64::from(one.seen == Use::Unused)));
        service.last_seen = service.last_seen.max(one.last_seen);
        service.is_unused = match (service.is_unused, one.seen) {
            (Some(false), _) | (_, Use::Used) => Some(false),
            (None, _) | (_, Use::NotShown) => None,
            (Some(true), Use::Unused) => Some(true),
        };
    }
    services
}

fn is_unused(seen: Use) -> Option<bool> {
    match seen {
        Use::Used => Some(false),
        Use::Unused => Some(true),
        Use::NotShown => None,
    }
}
