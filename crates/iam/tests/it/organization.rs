//! An organization with known answers: who, workloads, edges.

use crate::cases::folder;
use serde::Deserialize;
use sightline_iam::direct::{Direct, Interpreter};
use sightline_iam::engine::Engine;
use sightline_iam::organization::{Assumptions, Organization};
use sightline_iam::reach::{Ask, Graph, HopKind, Routes, Scope};
use sightline_iam::solve::Tri;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct File {
    assume_role_edges: BTreeSet<(String, String)>,
    expected: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    action: String,
    resource: String,
    resource_account: String,
    who: Vec<Who>,
    workloads: Vec<Runs>,
}

#[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Who {
    principal: String,
    hops: u32,
}

#[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Runs {
    id: String,
    hops: u32,
}

/// The file's organization and what it asks.
fn read() -> Option<(Vec<u8>, Organization, Vec<Ask>)> {
    let Some(folder) = folder() else {
        println!("skipped: no cases beside the repository; set SIGHTLINE_CASES");
        return None;
    };
    let text = std::fs::read(folder.join("organisation.json")).unwrap();
    let (organization, questions) = Organization::read(&text).unwrap();
    Some((text, organization, questions.into_iter().map(Ask::from).collect()))
}

/// All routes, all keys open: the engine's answers make the same graph as the interpreter's.
#[test]
fn both_implementations_give_the_same_ways() {
    let Some((_, organization, asks)) = read() else { return };
    for assumptions in [Assumptions::Closed, Assumptions::Open] {
        let organization = Organization { assumptions, ..organization.clone() };
        let scope = Scope { routes: Routes::All, regions: Vec::new() };
        let who = |direct: &dyn Direct| Graph::with(&organization, direct, &scope).who_can(direct, &asks);
        let (slow, fast) = (who(&Interpreter { organization: &organization }), who(&Engine::new(&organization)));
        assert_eq!(slow, fast);
        let by = |wanted: fn(&HopKind) -> bool| {
            fast.iter().flatten().flat_map(|row| &row.witness).filter(|hop| wanted(&hop.kind)).count()
        };
        assert!(by(|kind| *kind == HopKind::AssumeRole) > 0 && by(|kind| *kind != HopKind::AssumeRole) > 0);
    }
}

#[test]
fn who_workloads_and_edges_are_as_expected() {
    let Some((text, organization, asks)) = read() else { return };
    let file: File = serde_json::from_slice(&text).unwrap();
    let direct = Interpreter { organization: &organization };
    let graph = Graph::new(&organization, &direct);

    let arn = |at: usize| organization.principals[at].arn.clone();
    assert!(graph.edges().iter().all(|edge| edge.tri == Tri::Allow), "all keys are known: nothing is conditional");
    let edges: BTreeSet<(String, String)> = graph.edges().iter().map(|edge| (arn(edge.from), arn(edge.to))).collect();
    assert_eq!(edges, file.assume_role_edges);

    assert_eq!(asks.len(), file.expected.len());
    let (who, workloads) = (graph.who_can(&direct, &asks), graph.workloads(&direct, &asks));
    for (((ask, mut expected), who), workloads) in asks.iter().zip(file.expected).zip(who).zip(workloads) {
        let name = format!("{} {} of {}", ask.action, ask.resource, ask.resource_account);
        assert_eq!(name, format!("{} {} of {}", expected.action, expected.resource, expected.resource_account));
        for access in &who {
            assert_eq!((access.tri, access.witness.len()), (Tri::Allow, access.hops as usize), "{name}");
            assert_eq!(access.words().is_empty(), access.hops == 0, "{name}");
        }
        let mut found: Vec<Who> =
            who.iter().map(|access| Who { principal: arn(access.principal), hops: access.hops }).collect();
        found.sort();
        expected.who.sort();
        assert_eq!(found, expected.who, "{name}");
        let mut found: Vec<Runs> = workloads
            .iter()
            .map(|row| Runs { id: organization.workloads[row.workload].id.clone(), hops: row.hops() })
            .collect();
        found.sort();
        expected.workloads.sort();
        assert_eq!(found, expected.workloads, "{name}");
    }
}

#[test]
fn a_file_read_as_it_comes_is_the_same() {
    let text = r#"{"org_id": "o-1", "accounts": ["111111111111"], "managed_policies": {"p": {"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/${aws:username}/\u00e9*"}]}},
        "principals": [{"arn": "arn:aws:iam::111111111111:user/u", "account": "111111111111", "kind": "user", "managed": ["p"],
        "boundary": null}], "expected": [{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/u/é1"}]}"#;
    let (whole, asked) = Organization::read(text.as_bytes()).unwrap();
    let (streamed, asked_too) = Organization::read_from(text.as_bytes()).unwrap();
    assert_eq!(format!("{whole:?}"), format!("{streamed:?}"));
    assert_eq!(asked, asked_too);
}
