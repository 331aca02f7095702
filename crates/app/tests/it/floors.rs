//! The four floors: a crate depends on lower floors only, and nothing goes sideways.

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Floor of each crate. `registry` and `features` serve the build, not the product.
const FLOORS: &[(&str, u8)] = &[
    ("sightline-model", 0),
    ("sightline-columns", 0),
    ("sightline-registry", 0),
    ("sightline-features", 0),
    ("sightline-aws", 1),
    ("sightline-iam", 1),
    ("sightline-lake", 1),
    ("sightline-ingest", 1),
    ("sightline-onboard", 2),
    ("sightline-collect", 2),
    ("sightline-discover", 2),
    ("sightline-check", 2),
    ("sightline-probe", 2),
    ("sightline-report", 2),
    ("sightline", 3),
];

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, floor)| *floor)
}

fn workspace() -> Vec<Package> {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    metadata.packages
}

#[test]
fn every_crate_has_a_floor() {
    for package in workspace() {
        assert!(floor(&package.name).is_some(), "{} has no floor in this test's table", package.name);
    }
}

#[test]
fn dependencies_go_down() {
    for package in workspace() {
        for dependency in &package.dependencies {
            let (Some(above), Some(below)) = (floor(&package.name), floor(&dependency.name)) else { continue };
            // Tests may look sideways, at the real declarations of another stage; never up. The words are the ground of all floors.
            let is_sideways = below == above && dependency.kind == DependencyKind::Development;
            let is_lower = below < above || is_sideways || dependency.name == "sightline-model";
            assert!(is_lower, "{} (floor {above}) depends on {} (floor {below})", package.name, dependency.name);
        }
    }
}

/// Crates that may be used in one place alone.
#[test]
fn engines_stay_behind_their_seams() {
    let seams: &[(&str, &[&str])] = &[
        ("aws-", &["sightline-aws"]),
        ("datafusion", &["sightline-lake"]),
        ("deltalake", &["sightline-lake"]),
        ("object_store", &["sightline-lake"]),
        ("kube", &["sightline-collect"]),
        ("clap", &["sightline", "sightline-features"]),
        ("anyhow", &["sightline"]),
    ];
    for package in workspace() {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal) {
            for (prefix, allowed) in seams {
                assert!(
                    !dependency.name.starts_with(prefix) || allowed.contains(&package.name.as_str()),
                    "{} uses {}, which belongs to {allowed:?}",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}
