//! Actions, resources and principals.

use super::*;

#[test]
fn actions_and_resources() {
    let pages = ["reference_policies_elements_resource.html", "reference_policies_elements_action.html"];
    for (pattern, resource, expected) in [
        ("arn:aws:s3", OBJECT, ALLOWED),
        ("arn:aws:s3:::bucket", OBJECT, IMPLICIT),
        ("arn:aws:s3:::bucket*", OBJECT, ALLOWED),
        ("arn:aws:s3:::Bucket/*", OBJECT, IMPLICIT),
        ("arn:aws:s3:::bucket/????/key", OBJECT, ALLOWED),
        ("arn:aws:s3:::bucket/???/key", OBJECT, IMPLICIT),
        ("arn:aws:bedrock:*", MODEL, ALLOWED),
        ("arn:aws:*:foundation-model/m", "arn:aws:bedrock:us-east-1::foundation-model/m", IMPLICIT),
        ("arn:aws:b*k:us-east-1::foundation-model/m", MODEL, ALLOWED),
        // A wildcard within a segment stays there; at its end it goes past colons.
        ("arn:aws:b*1::foundation-model/m", MODEL, IMPLICIT),
        ("arn:aws:bedrock:*:foundation-model/m:x", "arn:aws:bedrock:us-east-1::foundation-model/m:x", ALLOWED),
        ("arn:aws:b*:*:*:foundation-model/m", MODEL, ALLOWED),
        (
            "arn:aws:elasticloadbalancing:*:*:*/*",
            "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/x/1",
            ALLOWED,
        ),
        ("arn:aws:bedrock:us-east?1::foundation-model/m", MODEL, ALLOWED),
        ("arn:aws:bedrock?us-east-1::foundation-model/m", MODEL, IMPLICIT),
        ("arn:aws-cn:s3:::bucket/*", OBJECT, IMPLICIT),
        ("arn:aws:s3:::*", "*", IMPLICIT),
        ("*", "*", ALLOWED),
    ] {
        let identity = document(json!({"Effect": "Allow", "Action": "*", "Resource": pattern}));
        let page = format!("IAM/latest/UserGuide/{}", pages[0]);
        check(
            &page,
            &format!("{pattern} for {resource}"),
            &json!({"resource": resource}),
            &json!({"identity": [identity]}),
            expected,
        );
    }
    for (element, action, expected) in [
        ("Action", json!("S3:getOBJECT"), ALLOWED),
        ("Action", json!("s3:Get?bject"), ALLOWED),
        ("Action", json!("s3:*ject*"), ALLOWED),
        ("Action", json!("*:GetObject"), ALLOWED),
        ("Action", json!("s*:GetObject"), IMPLICIT),
        ("Action", json!("s3:"), None),
        ("Action", json!("GetObject"), None),
        ("Action", json!([]), IMPLICIT),
        ("NotAction", json!([]), None),
        ("NotAction", json!("s3:Put*"), ALLOWED),
        ("NotAction", json!(["iam:*", "s3:get*"]), IMPLICIT),
    ] {
        let identity = document(json!({"Effect": "Allow", element: action, "Resource": "*"}));
        let page = format!("IAM/latest/UserGuide/{}", pages[1]);
        check(&page, &format!("{element} {action}"), &json!({}), &json!({"identity": [identity]}), expected);
    }
    let without_resource = document(json!({"Effect": "Allow", "Action": "*"}));
    check(
        pages[0],
        "an identity policy without a resource",
        &json!({}),
        &json!({"identity": [without_resource]}),
        None,
    );
}

#[test]
fn principals() {
    let page = "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    let with_path = "arn:aws:sts::111111111111:assumed-role/target/s1";
    for (principal, named, expected) in [
        ("anonymous", json!("*"), ALLOWED),
        ("anonymous", json!({"AWS": "*"}), ALLOWED),
        ("anonymous", json!({"AWS": OWN}), IMPLICIT),
        (ROLE, json!({"AWS": "*"}), ALLOWED),
        (ROLE, json!({"AWS": OWN}), IMPLICIT),
        (ROLE, json!({"AWS": ROOT}), IMPLICIT),
        (ROLE, json!({"AWS": ROLE}), ALLOWED),
        (SESSION, json!({"AWS": ROLE}), ALLOWED),
        (SESSION, json!({"AWS": SESSION}), ALLOWED),
        (SESSION, json!({"AWS": "arn:aws:sts::111111111111:assumed-role/app/s2"}), IMPLICIT),
        (SESSION, json!({"AWS": "arn:aws:sts::111111111111:assumed-role/app/*"}), None),
        (ROLE, json!({"AWS": SESSION}), None),
        (with_path, json!({"AWS": TARGET}), ALLOWED),
        (with_path, json!({"AWS": "arn:aws:iam::222222222222:role/path/target"}), IMPLICIT),
        (USER, json!({"AWS": USER}), ALLOWED),
        (USER, json!({"AWS": "arn:aws:iam::111111111111:user/Ann"}), IMPLICIT),
        (USER, json!({"AWS": "AIDAEXAMPLE"}), IMPLICIT),
        (USER, json!({"AWS": ["AROAEXAMPLE", USER]}), ALLOWED),
        (USER, json!({"AWS": "arn:aws:iam::111111111111:user/*"}), None),
        (USER, json!({"CanonicalUser": "79a59df900b949e5"}), None),
        (FEDERATED, json!({"AWS": FEDERATED}), ALLOWED),
        (FEDERATED, json!({"AWS": USER}), None),
        ("lambda.amazonaws.com", json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}), ALLOWED),
        ("lambda.amazonaws.com", json!({"Service": "*"}), None),
        ("lambda.amazonaws.com", json!({"AWS": OWN}), IMPLICIT),
        (USER, json!({"Service": "lambda.amazonaws.com"}), IMPLICIT),
        ("accounts.google.com", json!({"Federated": "accounts.google.com"}), ALLOWED),
        (
            "arn:aws:iam::111111111111:saml-provider/p",
            json!({"Federated": "arn:aws:iam::111111111111:saml-provider/p"}),
            ALLOWED,
        ),
        (
            "arn:aws:iam::111111111111:oidc-provider/o",
            json!({"Federated": "arn:aws:iam::111111111111:oidc-provider/p"}),
            IMPLICIT,
        ),
        (USER, json!("someone"), None),
    ] {
        let policies = json!({"resource": for_principal("Allow", named.clone())});
        check(page, &format!("{principal} by {named}"), &json!({"principal": principal}), &policies, expected);
    }
    let without = document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    check(page, "a resource's policy that names nobody", &json!({}), &json!({"resource": without}), None);
}

#[test]
fn everybody_but() {
    let page = "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html";
    for (principal, effect, listed, expected) in [
        (USER, "Deny", json!({"AWS": [USER, ROOT]}), ALLOWED),
        (USER, "Deny", json!({"AWS": USER}), None),
        (USER, "Deny", json!({"AWS": ROOT}), None),
        (USER, "Deny", json!({"AWS": [ROLE, "arn:aws:iam::222222222222:root"]}), EXPLICIT),
        (SESSION, "Deny", json!({"AWS": [SESSION, ROLE, OWN]}), ALLOWED),
        (SESSION, "Deny", json!({"AWS": [ROLE, OWN]}), None),
        (SESSION, "Deny", json!({"AWS": ["arn:aws:iam::222222222222:role/app"]}), EXPLICIT),
        (ROOT, "Deny", json!({"AWS": ROOT}), ALLOWED),
        ("anonymous", "Allow", json!({"AWS": ROOT}), ALLOWED),
        ("lambda.amazonaws.com", "Allow", json!({"Service": "lambda.amazonaws.com"}), IMPLICIT),
    ] {
        let mut policies = json!({"identity": [full()], "resource": but_for(effect, listed.clone())});
        let name = format!("{principal}, {effect} but for {listed}");
        check(page, &name, &json!({"principal": principal}), &policies, expected);
        // "Always denied": whoever has a boundary.
        if effect == "Deny" && (principal == USER || principal == SESSION) {
            policies["boundary"] = json!([full()]);
            check(page, &format!("{name}, with a boundary"), &json!({"principal": principal}), &policies, EXPLICIT);
        }
    }
}
