//! Namespaces.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{Object, columns};
use sightline_model::ColumnType::Text;
use std::sync::LazyLock;

/// The table `kubernetes_namespace`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_namespace",
    about: "Namespaces of clusters.",
    kind: "namespace",
    path: "/api/v1/namespaces",
    calls: LazyLock::new(|| calls("list namespaces")),
    columns: &[&[("phase", Text)]],
    row: |object: Object<'_>| Some(columns([("phase", object.text(&["status", "phase"]))])),
};
