//! Service accounts and the roles that their annotations name.
//! <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{Object, columns};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Bool, Text};
use std::sync::LazyLock;

/// The table `kubernetes_service_account`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_service_account",
    about: "Service accounts with the role that IRSA's annotation names.",
    kind: "serviceaccount",
    path: "/api/v1/serviceaccounts",
    calls: LazyLock::new(|| calls("list serviceaccounts")),
    columns: &[&[("role_arn", Text), ("automount_token", Bool)]],
    row,
};

fn row(account: Object<'_>) -> Option<Map<String, Value>> {
    Some(columns([
        ("role_arn", account.text(&["metadata", "annotations", "eks.amazonaws.com/role-arn"])),
        ("automount_token", account.bool(&["automountServiceAccountToken"])),
    ]))
}
