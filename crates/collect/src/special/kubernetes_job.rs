//! Jobs.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Int, Time};
use std::sync::LazyLock;

/// The table `kubernetes_job`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_job",
    about: "Jobs with the containers of their pods.",
    kind: "job",
    path: "/apis/batch/v1/jobs",
    calls: LazyLock::new(|| calls("list jobs")),
    columns: &[
        &[("active", Int), ("succeeded", Int), ("failed", Int), ("started_at", Time), ("completed_at", Time)],
        CONTAINER_COLUMNS,
    ],
    row,
};

fn row(object: Object<'_>) -> Option<Map<String, Value>> {
    let mut row = columns([
        ("active", object.int(&["status", "active"])),
        ("succeeded", object.int(&["status", "succeeded"])),
        ("failed", object.int(&["status", "failed"])),
        ("started_at", object.time(&["status", "startTime"])),
        ("completed_at", object.time(&["status", "completionTime"])),
    ]);
    row.extend(containers(object.at(&["spec", "template", "spec"])));
    Some(row)
}
