//! Cases as events, for `-o`.

use crate::stage::reported::{made, write_events};
use sightline_check::detect::{Detected, Detection};
use sightline_report::EventOutputSpec;
use sightline_report::ocsf::{self, CaseReport, DetectionOf, NotAssessed};
use std::collections::BTreeMap;

/// Cases, and what could not be assessed.
pub(super) fn write(output: &EventOutputSpec, detected: &Detected, of: &[Detection]) -> anyhow::Result<()> {
    let detections: BTreeMap<String, DetectionOf> = of.iter().map(|one| (one.id.clone(), described(one))).collect();
    let gap = |gap: &sightline_check::detect::NotAssessed| NotAssessed {
        detection_id: gap.detection_id.clone(),
        account_id: gap.account_id.clone(),
        reason: gap.reason.clone(),
    };
    let not_assessed: Vec<NotAssessed> = detected.not_assessed.iter().map(gap).collect();
    let report =
        CaseReport { made: made(), cases: &detected.cases, not_assessed: &not_assessed, detections: &detections };
    write_events(output, &mut |out| ocsf::cases(&report, out))
}

fn described(detection: &Detection) -> DetectionOf {
    DetectionOf {
        title: detection.declaration.title.clone(),
        severity: detection.declaration.severity,
        techniques: detection.declaration.tactics.clone(),
        response: detection.response.clone(),
    }
}
