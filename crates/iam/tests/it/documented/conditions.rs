//! Conditions and variables.

use super::*;

#[test]
fn condition_operators() {
    let page = "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    let long = "9007199254740993";
    for (operator, policy, request, expected) in [
        ("DateEquals", json!("1767225600"), json!("2026-01-01T00:00:00Z"), ALLOWED),
        ("DateEquals", json!("2026-01-01T01:00:00+01:00"), json!("1767225600"), ALLOWED),
        ("DateEquals", json!("2026"), json!("2026-01-01T00:00:00Z"), ALLOWED),
        ("DateEquals", json!("2026-01"), json!("2026-01-01T00:00Z"), ALLOWED),
        ("DateEquals", json!(1_767_225_600), json!("2026-01-01"), ALLOWED),
        ("DateLessThan", json!("2026-01-01"), json!("2025-12-31T23:59:59.999Z"), ALLOWED),
        ("DateLessThan", json!("2026-01-01"), json!("2026-01-01T00:00:00Z"), IMPLICIT),
        ("DateLessThanEquals", json!("2026-01-01"), json!("2026-01-01T00:00:00Z"), ALLOWED),
        ("DateGreaterThan", json!("2026-01-01T00:00:00.5Z"), json!("1767225600.6"), ALLOWED),
        ("DateGreaterThan", json!("-500"), json!("-12"), ALLOWED),
        ("DateLessThan", json!("99999999999999"), json!("2026-01-01T00:00:00Z"), ALLOWED),
        ("DateLessThan", json!("soon"), json!("2026-01-01T00:00:00Z"), IMPLICIT),
        ("DateNotEquals", json!("2026-01-01"), json!("soon"), IMPLICIT),
        ("DateNotEquals", json!("soon"), json!("2026-01-01"), None),
        ("NumericEquals", json!("5"), json!("5.00"), ALLOWED),
        ("NumericEquals", json!(5), json!("+5"), ALLOWED),
        ("NumericEquals", json!(long), json!("9007199254740992"), IMPLICIT),
        ("NumericLessThan", json!("-1"), json!("-1.5"), ALLOWED),
        ("NumericLessThanEquals", json!("10"), json!("9"), ALLOWED),
        ("NumericEquals", json!("1000"), json!("1e3"), IMPLICIT),
        ("NumericNotEquals", json!(["1", "2"]), json!("2"), IMPLICIT),
        ("NumericNotEquals", json!(["1", "2"]), json!("3"), ALLOWED),
        ("Bool", json!("True"), json!("true"), ALLOWED),
        ("Bool", json!(true), json!("TRUE"), ALLOWED),
        ("Bool", json!("yes"), json!("yes"), IMPLICIT),
        ("Bool", json!("true"), json!(null), IMPLICIT),
        ("BoolIfExists", json!("true"), json!(null), ALLOWED),
        ("BoolIfExists", json!("true"), json!("false"), IMPLICIT),
        ("BinaryEquals", json!("QmluYXJ5"), json!("QmluYXJ5"), ALLOWED),
        ("BinaryEquals", json!("QmluYXJ5"), json!("qmluyxj5"), IMPLICIT),
        ("IpAddress", json!("0.0.0.0/0"), json!("203.0.113.9"), ALLOWED),
        ("IpAddress", json!("::/0"), json!("2001:db8::1"), ALLOWED),
        ("IpAddress", json!("::/0"), json!("203.0.113.9"), IMPLICIT),
        ("NotIpAddress", json!("0.0.0.0/0"), json!("2001:db8::1"), ALLOWED),
        ("IpAddress", json!("203.0.113.0/24"), json!("203.0.114.0"), IMPLICIT),
        ("IpAddress", json!("2001:db8::/32"), json!("2001:0DB8:0000::0001"), ALLOWED),
        ("IpAddress", json!("203.0.113.0/33"), json!("203.0.113.0"), IMPLICIT),
        ("NotIpAddress", json!("203.0.113.0/33"), json!("203.0.113.0"), None),
        ("Null", json!("true"), json!(null), ALLOWED),
        ("Null", json!(false), json!(null), IMPLICIT),
        ("Null", json!("False"), json!("here"), ALLOWED),
        ("Null", json!("true"), json!([]), ALLOWED),
        ("StringEquals", json!("a*"), json!("ab"), IMPLICIT),
        ("StringEquals", json!("a*"), json!("a*"), ALLOWED),
        ("StringEqualsIgnoreCase", json!("AbC"), json!("aBc"), ALLOWED),
        ("StringNotEqualsIgnoreCase", json!("AbC"), json!("aBc"), IMPLICIT),
        ("StringLike", json!("A?c*"), json!("abc"), IMPLICIT),
        ("StringLike", json!("a?c*"), json!("abc:d/e"), ALLOWED),
        ("StringNotLike", json!(["a*", "b*"]), json!("bc"), IMPLICIT),
        ("StringNotLike", json!(["a*", "b*"]), json!(null), ALLOWED),
        ("StringEqualsIfExists", json!("a"), json!(null), ALLOWED),
        ("StringEquals", json!([]), json!("a"), IMPLICIT),
        ("StringNotEquals", json!([]), json!("a"), None),
        ("StringIs", json!("a"), json!("a"), None),
        ("ArnEquals", json!("arn:aws:iam::*:role/a*"), json!("arn:aws:iam::111111111111:role/app"), ALLOWED),
        ("ArnLike", json!("arn:aws:iam::*:role/a"), json!("arn:aws:iam::111111111111:role/a:b"), IMPLICIT),
        ("ArnLike", json!("arn:aws:iam::*:role/*"), json!("arn:aws:iam::111111111111:role/a:b"), ALLOWED),
        ("ArnLike", json!("arn:*:role/app"), json!("arn:aws:iam::111111111111:role/app"), IMPLICIT),
        ("ArnLike", json!("arn:*"), json!("arn:aws:iam::111111111111:role/app"), IMPLICIT),
        ("ArnLike", json!("*:*:*:*:*:*"), json!("arn:aws:iam::111111111111:role/app"), ALLOWED),
        ("ArnLike", json!("arn:aws:i*:role/app:*:*:*"), json!("arn:aws:iam::111111111111:role/app"), IMPLICIT),
        ("ArnLike", json!("arn:aws:iam::111111111111:role/APP"), json!("arn:aws:iam::111111111111:role/app"), IMPLICIT),
        ("ArnNotLike", json!("arn:aws:iam::*:role/*"), json!(null), ALLOWED),
    ] {
        one_condition(page, operator, policy, request, expected);
    }
}

fn one_condition(page: &str, operator: &str, policy: Value, request: Value, expected: Option<Decision>) {
    let name = format!("{operator} {policy} with {request}");
    // Keys compare in any case.
    let condition = json!({operator: {"custom:KEY": policy}});
    let identity = document(json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}));
    let context = if request.is_null() { json!({}) } else { json!({"Custom:Key": request}) };
    check(page, &name, &json!({"context": context}), &json!({"identity": [identity]}), expected);
}

#[test]
fn sets_of_values() {
    let page = "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";
    for (operator, policy, request, expected) in [
        ("ForAllValues:StringEquals", json!(["a", "b"]), json!(["a"]), ALLOWED),
        ("ForAllValues:StringEquals", json!(["a", "b"]), json!(["a", "c"]), IMPLICIT),
        ("ForAllValues:StringEquals", json!("a"), json!(null), ALLOWED),
        ("ForAllValues:StringEquals", json!("a"), json!([]), ALLOWED),
        ("ForAllValues:StringEquals", json!([]), json!(["a"]), IMPLICIT),
        ("ForAllValues:StringEquals", json!("a"), json!("a"), ALLOWED),
        ("ForAllValues:StringEquals", json!("a"), json!("b"), IMPLICIT),
        ("ForAllValues:StringNotEquals", json!(["a", "b"]), json!(["c", "a"]), IMPLICIT),
        ("ForAllValues:StringNotEquals", json!(["a", "b"]), json!(["c", "d"]), ALLOWED),
        ("ForAllValues:StringEqualsIfExists", json!("a"), json!(null), ALLOWED),
        ("ForAllValues:StringLike", json!("a*"), json!(["ab", "ac"]), ALLOWED),
        ("ForAnyValue:StringEquals", json!("a"), json!(["b", "a"]), ALLOWED),
        ("ForAnyValue:StringEquals", json!("a"), json!([]), IMPLICIT),
        ("ForAnyValue:StringNotEquals", json!(["a", "b"]), json!(["a", "b"]), IMPLICIT),
        ("ForAnyValue:StringNotEquals", json!(["a", "b"]), json!(["a", "c"]), ALLOWED),
        ("ForAnyValue:StringNotEquals", json!("a"), json!(null), IMPLICIT),
        ("ForAnyValue:Bool", json!("true"), json!("true"), ALLOWED),
        ("ForAnyValue:NumericLessThan", json!("5"), json!(["7", "3"]), ALLOWED),
        ("ForAnyValue:ArnLike", json!("arn:aws:iam::*:role/*"), json!([ROLE]), ALLOWED),
        // "If the key is absent": `IfExists` says that it holds, `ForAnyValue` that it does not.
        ("ForAnyValue:StringEqualsIfExists", json!("a"), json!(null), None),
        ("ForAnyValue:StringEqualsIfExists", json!("a"), json!(["b"]), IMPLICIT),
        ("ForAnyValue:StringEqualsIfExists", json!("a"), json!(["a"]), ALLOWED),
        // Without a set operator nothing equals a list.
        ("StringEquals", json!("a"), json!(["a"]), IMPLICIT),
        ("StringLike", json!("*"), json!(["a", "b"]), IMPLICIT),
        ("ForAllValues:Null", json!("true"), json!(null), None),
        ("ForEachValue:StringEquals", json!("a"), json!("a"), None),
    ] {
        one_condition(page, operator, policy, request, expected);
    }
}

#[test]
fn variables() {
    let page = "IAM/latest/UserGuide/reference_policies_variables.html";
    let all = [
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${aws:username}/*"}),
            json!({"aws:username": "team"}),
            OBJECT,
            ALLOWED,
        ),
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${AWS:UserName}/*"}),
            json!({"aws:username": "team"}),
            OBJECT,
            ALLOWED,
        ),
        (
            "2008-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${aws:username}/*"}),
            json!({"aws:username": "team"}),
            OBJECT,
            IMPLICIT,
        ),
        (
            "2008-10-17",
            json!({"Resource": "arn:aws:s3:::b/${aws:username}"}),
            json!({}),
            "arn:aws:s3:::b/${aws:username}",
            ALLOWED,
        ),
        (
            "",
            json!({"Resource": "arn:aws:s3:::b/${aws:username}"}),
            json!({"aws:username": "u"}),
            "arn:aws:s3:::b/${aws:username}",
            ALLOWED,
        ),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::bucket/${aws:username}/*"}), json!({}), OBJECT, IMPLICIT),
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${aws:username, 'team'}/*"}),
            json!({}),
            OBJECT,
            ALLOWED,
        ),
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${aws:username, 'team'}/*"}),
            json!({"aws:username": "x"}),
            OBJECT,
            IMPLICIT,
        ),
        ("2012-10-17", json!({"NotResource": "arn:aws:s3:::bucket/${aws:username}/*"}), json!({}), OBJECT, None),
        (
            "2012-10-17",
            json!({"NotResource": "arn:aws:s3:::bucket/${aws:username}/*"}),
            json!({"aws:username": "team"}),
            OBJECT,
            IMPLICIT,
        ),
        (
            "2012-10-17",
            json!({"NotResource": "arn:aws:s3:::bucket/${aws:username}/*"}),
            json!({"aws:username": "x"}),
            OBJECT,
            ALLOWED,
        ),
        // What is put in is literal, colons and wildcards too.
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${aws:username}/key"}),
            json!({"aws:username": "*"}),
            OBJECT,
            IMPLICIT,
        ),
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::b/${aws:userid}"}),
            json!({"aws:userid": "AROA:s1"}),
            "arn:aws:s3:::b/AROA:s1",
            ALLOWED,
        ),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::b/${*}"}), json!({}), "arn:aws:s3:::b/*", ALLOWED),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::b/${*}"}), json!({}), "arn:aws:s3:::b/x", IMPLICIT),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::b/${?}"}), json!({}), "arn:aws:s3:::b/x", IMPLICIT),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::b/${$}{x}"}), json!({}), "arn:aws:s3:::b/${x}", ALLOWED),
        // Keys of one value alone.
        (
            "2012-10-17",
            json!({"Resource": "arn:aws:s3:::bucket/${aws:username}/*"}),
            json!({"aws:username": ["team"]}),
            OBJECT,
            IMPLICIT,
        ),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::bucket/${aws:username"}), json!({}), OBJECT, None),
        ("2012-10-17", json!({"Resource": "arn:aws:s3:::bucket/${${aws:username}}"}), json!({}), OBJECT, None),
        ("2026-01-01", json!({"Resource": "*"}), json!({}), OBJECT, None),
        (
            "2012-10-17",
            json!({"Resource": "*", "Condition": {"StringEquals": {"aws:username": "${aws:PrincipalTag/u}"}}}),
            json!({"aws:username": "u", "aws:PrincipalTag/u": "u"}),
            OBJECT,
            ALLOWED,
        ),
        (
            "2008-10-17",
            json!({"Resource": "*", "Condition": {"StringEquals": {"aws:username": "${aws:PrincipalTag/u}"}}}),
            json!({"aws:username": "u", "aws:PrincipalTag/u": "u"}),
            OBJECT,
            IMPLICIT,
        ),
        (
            "2008-10-17",
            json!({"Resource": "*", "Condition": {"StringEquals": {"aws:username": "${x}"}}}),
            json!({"aws:username": "${x}"}),
            OBJECT,
            ALLOWED,
        ),
    ];
    for (version, parts, context, resource, expected) in all {
        let mut identity = document(parts.clone());
        identity["Statement"]["Effect"] = json!("Allow");
        identity["Statement"]["Action"] = json!("*");
        match version {
            "" => drop(identity.as_object_mut().unwrap().remove("Version")),
            version => identity["Version"] = json!(version),
        }
        let name = format!("{version} {parts} with {context}");
        check(
            page,
            &name,
            &json!({"context": context, "resource": resource}),
            &json!({"identity": [identity]}),
            expected,
        );
    }
}
