//! Cron jobs.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Bool, Text, Time};
use std::sync::LazyLock;

/// The table `kubernetes_cron_job`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_cron_job",
    about: "Cron jobs with the containers of their pods.",
    kind: "cronjob",
    path: "/apis/batch/v1/cronjobs",
    calls: LazyLock::new(|| calls("list cronjobs")),
    columns: &[&[("schedule", Text), ("suspended", Bool), ("last_scheduled_at", Time)], CONTAINER_COLUMNS],
    row,
};

fn row(object: Object<'_>) -> Option<Map<String, Value>> {
    let mut row = columns([
        ("schedule", object.text(&["spec", "schedule"])),
        ("suspended", object.bool(&["spec", "suspend"])),
        ("last_scheduled_at", object.time(&["status", "lastScheduleTime"])),
    ]);
    row.extend(containers(object.at(&["spec", "jobTemplate", "spec", "template", "spec"])));
    Some(row)
}
