//! Every rendering is read back by another's parser, and no parameter gets out of its quotes.

use crate::{ACCOUNT, checked, documented, full, plain, written};
use proptest::prelude::*;
use serde_json::Value;
use sightline_onboard::{ALL, Format, Given, OnboardError, Parameters};

/// Every text of a value, keys included.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, out)),
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            out.push(key.clone());
            texts(value, out);
        }),
        _ => {}
    }
}

/// CloudFormation's short forms as plain values.
fn untagged(value: serde_yaml_ng::Value) -> serde_yaml_ng::Value {
    use serde_yaml_ng::Value as Yaml;
    match value {
        Yaml::Tagged(tagged) => untagged(tagged.value),
        Yaml::Sequence(all) => all.into_iter().map(untagged).collect::<Vec<_>>().into(),
        Yaml::Mapping(map) => Yaml::Mapping(map.into_iter().map(|(key, value)| (key, untagged(value))).collect()),
        other => other,
    }
}

/// Reads a rendering, and returns the shape that it must have whatever the parameters.
fn shape(format: Format, text: &str) -> Vec<String> {
    match format {
        Format::Terraform => {
            let body: hcl::Body = hcl::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
            body.blocks().map(|block| format!("{} {}", block.identifier(), block.labels().len())).collect()
        }
        Format::CloudFormation => {
            let root: Value = serde_json::to_value(untagged(serde_yaml_ng::from_str(text).unwrap())).unwrap();
            root["Resources"].as_object().unwrap().values().map(|resource| resource["Type"].to_string()).collect()
        }
        Format::Cli => {
            let code: String =
                text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
            let words = shlex::split(&code.replace("\\\n", " ")).unwrap();
            let options = words.iter().filter(|word| *word == "aws" || word.starts_with("--"));
            options.map(|word| word.split_once('=').map_or(word.as_str(), |(name, _)| name).to_owned()).collect()
        }
        Format::Policy => serde_json::from_str::<Value>(text).unwrap().as_object().unwrap().keys().cloned().collect(),
    }
}

#[test]
fn all_renderings_are_read_back() {
    for given in [plain(), full(), documented()] {
        for unit in ALL {
            for format in Format::ALL {
                let Some(text) = written(*unit, &checked(given.clone()), format) else { continue };
                assert!(!shape(format, &text).is_empty(), "{}", unit.id());
            }
        }
    }
}

#[test]
fn terraform_and_cloudformation_carry_the_same_policies() {
    for given in [plain(), full()] {
        for unit in ALL {
            let parameters = checked(given.clone());
            if !matches!(
                unit.id(),
                "log-bucket" | "scanner-identity" | "ai-scan-permissions" | "vm-model-role" | "pod-model-role"
            ) {
                continue;
            }
            let policies: Value = serde_json::from_str(&unit.render(&parameters, Format::Policy).unwrap()).unwrap();
            let mut wanted = Vec::new();
            texts(&Value::Array(policies.as_object().unwrap().values().cloned().collect()), &mut wanted);
            for format in [Format::Terraform, Format::CloudFormation] {
                let text = unit.render(&parameters, format).unwrap();
                assert!(wanted.iter().all(|word| text.contains(word.as_str())), "{} {format:?}", unit.id());
            }
        }
    }
}

/// Text that means harm somewhere, or is nearly of the right form.
fn hostile() -> impl Strategy<Value = String> {
    let nearly = "[a-z0-9:/@.=+,_-]{1,40}";
    let harmful = "[a-z\"'`$\\\\{}%#;&|<>\n\r\t !*(-]{0,30}";
    prop_oneof![
        nearly,
        harmful,
        "\\PC{0,20}",
        "(arn:aws:iam::123456789012:role/|o-|vpc-|us-east-)[a-z0-9\"'${}\n/]{0,20}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_parameter_leaves_its_quotes(which in 0usize..21, text in hostile()) {
        let mut given = full();
        let some = Some(text.clone());
        match which {
            0 => given.account_id = text.clone(),
            1 => given.partition = some,
            2 => given.regions = vec![text.clone()],
            3 => given.bucket = some,
            4 => given.prefix = some,
            5 => given.trail = some,
            6 => given.role = some,
            7 => given.principal = some,
            8 => given.external_id = some,
            9 => given.vpc_ids = vec![VPC_AT_HOME.into(), text.clone()],
            10 => given.models.push(text.clone()),
            11 => given.guardrail = some,
            12 => given.probe_role = some,
            13 => given.clusters = vec!["apps".into(), text.clone()],
            14 => given.scanner_cidrs = vec![text.clone()],
            15 => given.vm_role = some,
            16 => given.pod_role = some,
            17 => given.namespace = some,
            18 => given.service_account = some,
            19 => given.oidc_provider = some,
            _ => given.organization_id = some,
        }
        match Parameters::check(given) {
            Err(OnboardError::Parameter { value, .. }) => prop_assert!(!value.contains('\n') && value.chars().count() < 1000),
            Err(other) => prop_assert!(false, "{other}"),
            Ok(parameters) => {
                let safe = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
                prop_assert!(text.chars().all(safe), "{text:?} was let in");
                for unit in ALL {
                    // The list of what is granted goes by the names of roles and buckets.
                    for format in Format::ALL.into_iter().filter(|format| !unit.is_composition() || *format != Format::Policy) {
                        let made = written(*unit, &parameters, format).map(|text| shape(format, &text));
                        let usual = written(*unit, &checked(usual(which, &text)), format).map(|text| shape(format, &text));
                        prop_assert_eq!(made, usual, "{} {:?}", unit.id(), format);
                    }
                }
            }
        }
    }
}

#[test]
fn a_name_that_looks_like_an_option_is_a_value() {
    let mut given = full();
    given.role = Some("-".into());
    let script = sightline_onboard::find("scanner-identity").unwrap().render(&checked(given), Format::Cli).unwrap();
    let words = shlex::split(&script.replace("\\\n", " ")).unwrap();
    assert!(words.contains(&"--policy-name=--inventory-identity".to_owned()), "{script}");
    assert!(!words.contains(&"--inventory-identity".to_owned()), "{script}");
}

const VPC_AT_HOME: &str = "vpc-0a1b2c3d4e5f60718";

/// The parameters that have the same shape as with any accepted value of this field.
fn usual(which: usize, text: &str) -> Given {
    let mut given = full();
    match which {
        // A VPC and a cluster are in us-east-1: with another home, they are in a further region.
        2 => given.regions = vec![if text == "us-east-1" { text } else { "us-west-9" }.into()],
        4 => given.prefix = (!text.is_empty()).then(|| "x".into()),
        10 => given.models.push("arn:aws:bedrock:us-east-1::foundation-model/x".into()),
        13 => given.clusters = vec!["apps".into(), "other".into()],
        _ => given.account_id = ACCOUNT.into(),
    }
    given
}
