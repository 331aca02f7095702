//! What the renderings look like.

use crate::{checked, full, plain};
use sightline_onboard::{ALL, Format, Given, guide_markdown};

fn snapshots(name: &str, given: &Given) {
    let parameters = checked(given.clone());
    for unit in ALL {
        for format in Format::ALL {
            let text = unit.render(&parameters, format).unwrap();
            assert_eq!(text, unit.render(&parameters, format).unwrap(), "the same parameters give the same text");
            assert!(text.lines().all(|line| line.trim_end() == line), "no blanks at ends of lines");
            insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
                insta::assert_snapshot!(format!("{name}.{}.{}", unit.id(), format.extension()), text);
            });
        }
    }
}

#[test]
fn with_defaults() {
    snapshots("plain", &plain());
}

#[test]
fn with_every_option() {
    snapshots("full", &full());
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
    let errors =
        ALL.iter().filter_map(|unit| unit.render(&bare, Format::Terraform).err()).map(|error| error.to_string());
    insta::assert_snapshot!(errors.collect::<Vec<_>>().join("\n"), @"
    scanner-identity needs principal: who may assume the role: an account, or the ARN of a role or user
    vpc-flow-logs needs vpc-id: the VPCs to log, such as `vpc-0a1b2c3d`
    ");
}

#[test]
fn other_partitions() {
    let given = Given { regions: vec!["cn-north-1".into()], ..plain() };
    let kms = Some("arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab".into());
    let parameters = checked(Given { kms_key_arn: kms, security_audit: true, ..given });
    for unit in ALL {
        let text = unit.render(&parameters, Format::Policy).unwrap();
        assert!(!text.contains("arn:aws:"), "{text}");
    }
    let text =
        ALL.iter().find(|unit| unit.id() == "scanner-identity").unwrap().render(&parameters, Format::Cli).unwrap();
    assert!(
        text.contains("s3.cn-north-1.amazonaws.com.cn") && text.contains("arn:aws-cn:iam::aws:policy/SecurityAudit")
    );
}
