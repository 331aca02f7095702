//! Where and what something is: accounts, resources, identities.

use super::object::Object;
use sightline_model::{Arn, partition};

/// Target, actor, affected: a resource's part in what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Target,
    Actor,
    Affected,
}

/// The attribute `cloud`.
pub(super) fn cloud(account: &str, region: &str, arn: &str) -> Object {
    Object::new()
        .set("provider", "AWS")
        .text("region", region)
        .text("cloud_partition", &partition_of(arn, region))
        .object("account", account_of(account))
}

/// An AWS account, by its number, which stands for its name; nothing where it is not known.
pub(super) fn account_of(account: &str) -> Object {
    match account.trim().is_empty() {
        true => Object::new(),
        false => Object::new().text("uid", account).text("name", account).set("type_id", 10).set("type", "AWS Account"),
    }
}

/// A resource; nothing where there is neither ARN nor title.
pub(super) fn resource(arn: &str, title: &str, kind: &str, region: &str, role: Role) -> Object {
    if arn.trim().is_empty() && title.trim().is_empty() {
        return Object::new();
    }
    let (role_id, role) = match role {
        Role::Target => (1, "Target"),
        Role::Actor => (2, "Actor"),
        Role::Affected => (3, "Affected"),
    };
    let parsed = arn.parse::<Arn>().ok();
    let service = parsed.as_ref().map(Arn::service).unwrap_or_default();
    let own_region = parsed.as_ref().map(Arn::region).filter(|own| !own.is_empty());
    Object::new()
        .text("uid", arn)
        .text("name", if title.trim().is_empty() { parsed.as_ref().map_or(arn, title_of) } else { title })
        .text("type", &if kind.is_empty() { kind_of(parsed.as_ref()) } else { kind.to_owned() })
        .set("provider", "AWS")
        .text("region", own_region.unwrap_or(region))
        .text("cloud_partition", &partition_of(arn, region))
        .object("group", Object::new().text("name", service))
        .set("role_id", role_id)
        .set("role", role)
}

/// A user, a role or somebody outside, by ARN; `name` where it is known better. Nothing where nobody is named.
pub(super) fn user(arn: &str, name: &str, account: &str) -> Object {
    let parsed = arn.parse::<Arn>().ok();
    let name = match name {
        "" => parsed.as_ref().map_or(arn, title_of),
        name => name,
    };
    let (type_id, kind) = match parsed.as_ref().map(Arn::resource_type) {
        Some("user") => (1, "User"),
        Some("role") => (99, "Role"),
        Some("assumed-role") => (99, "AssumedRole"),
        _ => (0, "Unknown"),
    };
    let of_arn = parsed.as_ref().map(Arn::account_id).unwrap_or_default();
    let account = account_of(if account.is_empty() { of_arn } else { account });
    if arn.trim().is_empty() && name.trim().is_empty() && !account.has("uid") {
        return Object::new();
    }
    Object::new()
        .text("uid", arn)
        .text("name", name)
        .set("type_id", type_id)
        .set("type", kind)
        .object("account", account)
}

/// The name in an ARN: versions of models have colons (`foundation-model/acme.large-v1:0`), so a slash goes before.
pub(super) fn title_of(arn: &Arn) -> &str {
    match arn.resource().rsplit_once('/') {
        Some((_, name)) if !name.is_empty() => name,
        _ => arn.name(),
    }
}

/// `service:type` of an ARN, such as `bedrock:guardrail`.
fn kind_of(arn: Option<&Arn>) -> String {
    match arn.map(|arn| (arn.service(), arn.resource_type())) {
        None => String::new(),
        Some((service, "")) => service.to_owned(),
        Some((service, kind)) => format!("{service}:{kind}"),
    }
}

fn partition_of(arn: &str, region: &str) -> String {
    match arn.parse::<Arn>() {
        Ok(arn) if !arn.partition().is_empty() => arn.partition().to_owned(),
        _ => partition::of_region(region).to_owned(),
    }
}
