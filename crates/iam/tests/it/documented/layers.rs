//! Layers of policies, and the services with rules of their own.

use super::*;

#[test]
fn layers_of_one_account() {
    let page = "IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html";
    let role = || for_principal("Allow", json!({"AWS": ROLE}));
    let session = || for_principal("Allow", json!({"AWS": SESSION}));
    let user = || for_principal("Allow", json!({"AWS": USER}));
    let account = || for_principal("Allow", json!({"AWS": OWN}));
    let anybody = || for_principal("Allow", json!("*"));
    for (name, principal, policies, expected) in [
        ("account and identity", ROLE, json!({"identity": [full()], "resource": account()}), ALLOWED),
        (
            "role past identity, not past the boundary",
            ROLE,
            json!({"boundary": [nothing()], "resource": role()}),
            IMPLICIT,
        ),
        ("role within the boundary", ROLE, json!({"boundary": [full()], "resource": role()}), ALLOWED),
        ("role, not past the session policy", SESSION, json!({"session": nothing(), "resource": role()}), IMPLICIT),
        (
            "session past all",
            SESSION,
            json!({"session": nothing(), "boundary": [nothing()], "resource": session()}),
            ALLOWED,
        ),
        ("session, not past a denial", SESSION, json!({"session": deny(), "resource": session()}), EXPLICIT),
        ("user past the boundary", USER, json!({"boundary": [nothing()], "resource": user()}), ALLOWED),
        ("user, not past a denial of the boundary", USER, json!({"boundary": [deny()], "resource": user()}), EXPLICIT),
        ("everybody past the boundary", ROLE, json!({"boundary": [nothing()], "resource": anybody()}), ALLOWED),
        (
            "everybody, not past a service control policy",
            ROLE,
            json!({"scp": [{"id": "r", "policies": [nothing()]}], "resource": anybody()}),
            IMPLICIT,
        ),
        ("federated without a session policy", FEDERATED, json!({"identity": [full()]}), IMPLICIT),
        ("federated with one", FEDERATED, json!({"identity": [full()], "session": full()}), ALLOWED),
        (
            "federated, named",
            FEDERATED,
            json!({"resource": for_principal("Allow", json!({"AWS": FEDERATED}))}),
            ALLOWED,
        ),
        (
            "federated, named, its user denied",
            FEDERATED,
            json!({"identity": [deny()], "resource": for_principal("Allow", json!({"AWS": FEDERATED}))}),
            EXPLICIT,
        ),
        ("root without policies", ROOT, json!({}), ALLOWED),
        ("root with a boundary that is not its", ROOT, json!({"boundary": [nothing()]}), ALLOWED),
        ("root, denied by the organization", ROOT, json!({"scp": [{"id": "r", "policies": [deny()]}]}), EXPLICIT),
        (
            "root, not allowed by the organization",
            ROOT,
            json!({"scp": [{"id": "r", "policies": [nothing()]}]}),
            IMPLICIT,
        ),
        ("root, denied by the resource", ROOT, json!({"resource": deny()}), EXPLICIT),
        ("an endpoint for another", ROLE, json!({"identity": [full()], "vpce": [user()]}), IMPLICIT),
        ("an endpoint for the role", ROLE, json!({"identity": [full()], "vpce": [role()]}), ALLOWED),
        ("an endpoint that denies", ROLE, json!({"identity": [full()], "vpce": [deny()]}), EXPLICIT),
        ("anonymous past an endpoint", "anonymous", json!({"resource": anybody(), "vpce": [anybody()]}), ALLOWED),
        (
            "anonymous, not past an endpoint for a role",
            "anonymous",
            json!({"resource": anybody(), "vpce": [role()]}),
            IMPLICIT,
        ),
    ] {
        check(page, name, &json!({"principal": principal}), &policies, expected);
    }
}

#[test]
fn two_accounts() {
    let page = "IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html";
    for (name, principal, policies, expected) in [
        ("the resource alone", ROLE, json!({"resource": for_principal("Allow", json!({"AWS": ROLE}))}), IMPLICIT),
        ("everybody alone", ROLE, json!({"resource": for_principal("Allow", json!("*"))}), IMPLICIT),
        ("identity alone", ROLE, json!({"identity": [full()]}), IMPLICIT),
        ("both", ROLE, json!({"identity": [full()], "resource": for_principal("Allow", json!({"AWS": OWN}))}), ALLOWED),
        (
            "both, session named, not past the session policy",
            SESSION,
            json!({"identity": [full()], "session": nothing(), "resource": for_principal("Allow", json!({"AWS": SESSION}))}),
            IMPLICIT,
        ),
        (
            "both, user named, not past the boundary",
            USER,
            json!({"identity": [full()], "boundary": [nothing()], "resource": for_principal("Allow", json!({"AWS": USER}))}),
            IMPLICIT,
        ),
        (
            "root of the account that is named",
            ROOT,
            json!({"resource": for_principal("Allow", json!({"AWS": OWN}))}),
            ALLOWED,
        ),
        (
            "root of an account that is not",
            ROOT,
            json!({"resource": for_principal("Allow", json!({"AWS": OTHER}))}),
            IMPLICIT,
        ),
        (
            "a service",
            "lambda.amazonaws.com",
            json!({"resource": for_principal("Allow", json!({"Service": "lambda.amazonaws.com"}))}),
            ALLOWED,
        ),
        ("anybody", "anonymous", json!({"resource": for_principal("Allow", json!("*"))}), ALLOWED),
    ] {
        check(page, name, &json!({"principal": principal, "resource_account": OTHER}), &policies, expected);
    }
}

#[test]
fn policies_of_the_organization() {
    let (scp, rcp) = ("orgs_manage_policies_scps.html", "orgs_manage_policies_rcps.html");
    let linked = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let by_service = || for_principal("Allow", json!({"Service": "lambda.amazonaws.com"}));
    let levels =
        |all: &[Value]| json!(all.iter().map(|one| json!({"id": "level", "policies": [one]})).collect::<Vec<_>>());
    for (page, name, request, policies, expected) in [
        (
            scp,
            "every level allows",
            json!({}),
            json!({"identity": [full()], "scp": levels(&[full(), full()])}),
            ALLOWED,
        ),
        (
            scp,
            "one level does not",
            json!({}),
            json!({"identity": [full()], "scp": levels(&[full(), nothing(), full()])}),
            IMPLICIT,
        ),
        (
            scp,
            "a level without policies",
            json!({}),
            json!({"identity": [full()], "scp": [{"id": "ou", "policies": []}]}),
            IMPLICIT,
        ),
        (scp, "a level grants nothing", json!({}), json!({"scp": levels(&[full()])}), IMPLICIT),
        (
            scp,
            "not for service-linked roles",
            json!({"principal": linked}),
            json!({"identity": [full()], "scp": levels(&[deny()])}),
            ALLOWED,
        ),
        (
            scp,
            "not for services",
            json!({"principal": "lambda.amazonaws.com"}),
            json!({"resource": by_service(), "scp": levels(&[deny()])}),
            ALLOWED,
        ),
        (
            scp,
            "not for anonymous callers",
            json!({"principal": "anonymous"}),
            json!({"resource": for_principal("Allow", json!("*")), "scp": levels(&[deny()])}),
            ALLOWED,
        ),
        (rcp, "a denial", json!({}), json!({"identity": [full()], "rcp": levels(&[deny()])}), EXPLICIT),
        (
            rcp,
            "for services too",
            json!({"principal": "lambda.amazonaws.com"}),
            json!({"resource": by_service(), "rcp": levels(&[deny()])}),
            EXPLICIT,
        ),
        (
            rcp,
            "for anonymous callers too",
            json!({"principal": "anonymous"}),
            json!({"resource": for_principal("Allow", json!("*")), "rcp": levels(&[deny()])}),
            EXPLICIT,
        ),
        (
            rcp,
            "not for service-linked roles",
            json!({"principal": linked}),
            json!({"identity": [full()], "rcp": levels(&[deny()])}),
            ALLOWED,
        ),
        (
            rcp,
            "not for services that are not listed",
            json!({"action": "bedrock:InvokeModel", "resource": MODEL}),
            json!({"identity": [full()], "rcp": levels(&[deny()])}),
            ALLOWED,
        ),
        (
            rcp,
            "for keys",
            json!({"action": "kms:Decrypt", "resource": KEY}),
            json!({"resource": for_principal("Allow", json!({"AWS": ROLE})), "rcp": levels(&[deny()])}),
            EXPLICIT,
        ),
        (
            rcp,
            "what it does not deny is allowed",
            json!({}),
            json!({"identity": [full()], "rcp": [{"id": "r", "policies": []}]}),
            ALLOWED,
        ),
    ] {
        check(&format!("organizations/latest/userguide/{page}"), name, &request, &policies, expected);
    }
}

#[test]
fn keys_of_kms() {
    let page = "kms/latest/developerguide/key-policies.html";
    let theirs = "arn:aws:kms:us-east-1:222222222222:key/k2";
    for (name, request, policies, expected) in [
        (
            "identity without the key's policy",
            json!({}),
            json!({"identity": [full()], "resource": for_principal("Allow", json!({"AWS": USER}))}),
            IMPLICIT,
        ),
        (
            "identity where the key delegates",
            json!({}),
            json!({"identity": [full()], "resource": for_principal("Allow", json!({"AWS": ROOT}))}),
            ALLOWED,
        ),
        (
            "the key delegates, identity does not allow",
            json!({}),
            json!({"resource": for_principal("Allow", json!({"AWS": ROOT}))}),
            IMPLICIT,
        ),
        (
            "the key names the role",
            json!({}),
            json!({"resource": for_principal("Allow", json!({"AWS": ROLE}))}),
            ALLOWED,
        ),
        (
            "root where the key does not delegate",
            json!({"principal": ROOT}),
            json!({"resource": for_principal("Allow", json!({"AWS": ROLE}))}),
            IMPLICIT,
        ),
        (
            "root where it does",
            json!({"principal": ROOT}),
            json!({"resource": for_principal("Allow", json!({"AWS": ROOT}))}),
            ALLOWED,
        ),
        (
            "another account's key",
            json!({"resource": theirs, "resource_account": OTHER}),
            json!({"identity": [full()], "resource": for_principal("Allow", json!({"AWS": OWN}))}),
            ALLOWED,
        ),
        (
            "another account's key, without identity",
            json!({"resource": theirs, "resource_account": OTHER}),
            json!({"resource": for_principal("Allow", json!({"AWS": ROLE}))}),
            IMPLICIT,
        ),
        ("what has no key", json!({"action": "kms:ListKeys", "resource": "*"}), json!({"identity": [full()]}), ALLOWED),
    ] {
        let mut whole = json!({"action": "kms:Decrypt", "resource": KEY});
        request.as_object().unwrap().iter().for_each(|(name, value)| whole[name] = value.clone());
        check(page, name, &whole, &policies, expected);
    }
}

#[test]
fn trust() {
    let page = "IAM/latest/UserGuide/id_roles_update-role-trust-policy.html";
    let trust =
        |principal: Value, action: &str| document(json!({"Effect": "Allow", "Principal": principal, "Action": action}));
    for (name, principal, action, policies, expected) in [
        (
            "the role is named",
            ROLE,
            "sts:AssumeRole",
            json!({"resource": trust(json!({"AWS": ROLE}), "sts:AssumeRole")}),
            ALLOWED,
        ),
        (
            "the account is",
            ROLE,
            "sts:AssumeRole",
            json!({"resource": trust(json!({"AWS": OWN}), "sts:AssumeRole")}),
            IMPLICIT,
        ),
        (
            "the account is, and identity allows",
            ROLE,
            "sts:AssumeRole",
            json!({"identity": [full()], "resource": trust(json!({"AWS": OWN}), "sts:AssumeRole")}),
            ALLOWED,
        ),
        ("nobody is", ROLE, "sts:AssumeRole", json!({"identity": [full()]}), IMPLICIT),
        (
            "tags of the session",
            ROLE,
            "sts:TagSession",
            json!({"identity": [full()], "resource": trust(json!({"AWS": OWN}), "sts:AssumeRole")}),
            IMPLICIT,
        ),
        (
            "a web identity",
            "accounts.google.com",
            "sts:AssumeRoleWithWebIdentity",
            json!({"resource": trust(json!({"Federated": "accounts.google.com"}), "sts:AssumeRoleWithWebIdentity")}),
            ALLOWED,
        ),
        (
            "denied in the trust",
            ROLE,
            "sts:AssumeRole",
            json!({"identity": [full()], "resource": document(json!([
            {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "sts:*"}, {"Effect": "Deny", "Principal": {"AWS": OWN}, "Action": "sts:AssumeRole"}]))}),
            EXPLICIT,
        ),
    ] {
        check(page, name, &json!({"principal": principal, "action": action, "resource": TARGET}), &policies, expected);
    }
}
