//! What the renderings look like.

use crate::{checked, documented, full, plain, written};
use sightline_onboard::{ALL, Format, Given, OnboardError, Prerequisite, guide_markdown};
use std::collections::BTreeSet;

fn snapshots(name: &str, given: &Given, is_wanted: impl Fn(&dyn Prerequisite) -> bool) {
    let parameters = checked(given.clone());
    // What is made of the others repeats them.
    for unit in ALL.iter().filter(|unit| !unit.is_composition() && is_wanted(**unit)) {
        for format in Format::ALL {
            let Some(text) = written(*unit, &parameters, format) else { continue };
            assert_eq!(text, written(*unit, &parameters, format).unwrap(), "the same parameters give the same text");
            assert!(text.lines().all(|line| line.trim_end() == line), "no blanks at ends of lines");
            insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
                insta::assert_snapshot!(format!("{name}.{}.{}", unit.id(), format.extension()), text);
            });
        }
    }
}

#[test]
fn with_defaults() {
    snapshots("plain", &plain(), |_| true);
}

#[test]
fn with_every_option() {
    snapshots("full", &full(), |_| true);
}

/// What the common guides ask for, of the prerequisites where it is something else than ours.
#[test]
fn as_documented() {
    let differs = |unit: &dyn Prerequisite| unit.parameters().iter().any(|parameter| parameter.name == "as-documented");
    assert_eq!(ALL.iter().filter(|unit| differs(**unit)).count(), 4);
    snapshots("documented", &documented(), differs);
}

#[test]
fn the_guide_teaches_every_unit() {
    let guide = guide_markdown();
    for unit in ALL {
        assert!(guide.contains(&format!("## `{}`", unit.id())));
        assert!(unit.permissions().iter().all(|permission| guide.contains(permission.action)));
    }
}

#[test]
fn what_is_needed_is_asked_for() {
    let bare = checked(Given { account_id: "123456789012".into(), ..Given::default() });
    let mut asked = BTreeSet::new();
    for unit in ALL {
        match unit.render(&bare, Format::Terraform) {
            Ok(_) | Err(OnboardError::NoForm { .. }) => {}
            Err(OnboardError::Needed { prerequisite, parameter, .. }) => {
                assert_eq!(prerequisite, unit.id());
                assert!(unit.parameters().iter().any(|known| known.name == parameter), "{prerequisite} {parameter}");
                asked.insert(prerequisite);
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(asked.contains("scanner-identity") && asked.contains("vpc-flow-logs"), "{asked:?}");
}

#[test]
fn other_partitions() {
    let given = Given { regions: vec!["cn-north-1".into()], ..plain() };
    let kms = Some("arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab".into());
    let models = vec!["arn:aws-cn:bedrock:cn-north-1::foundation-model/amazon.nova-lite-v1:0".into()];
    let parameters = checked(Given { kms_key_arn: kms, security_audit: true, models, ..given });
    for unit in ALL {
        let Some(text) = written(*unit, &parameters, Format::Policy) else { continue };
        assert!(!text.contains("arn:aws:"), "{text}");
    }
    let text =
        ALL.iter().find(|unit| unit.id() == "scanner-identity").unwrap().render(&parameters, Format::Cli).unwrap();
    assert!(
        text.contains("s3.cn-north-1.amazonaws.com.cn") && text.contains("arn:aws-cn:iam::aws:policy/SecurityAudit")
    );
}
