//! Applications: what belongs to which, and by what.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sightline_discover::Criteria;
use sightline_model::Application;
use sightline_model::lake_table::RESOURCE;

use crate::world::{ACCOUNT, World, by_session, issued, resource_of};

const SCAN_ID: &str = "20261120T000000Z-000001";
const CLUSTER: &str = "arn:aws:eks:us-east-1:123456789012:cluster/apps";

fn named(name: &str) -> Criteria {
    Criteria { name: name.into(), ..Criteria::default() }
}

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn resource(table: &str, arn: &str, config: Value, tags: Value) -> Value {
    let mut row = resource_of(SCAN_ID, table, arn, config);
    row["tags"] = tags;
    row
}

fn instance(id: &str) -> String {
    format!("arn:aws:ec2:us-east-1:{ACCOUNT}:instance/{id}")
}

fn pod(name: &str, labels: Value) -> Value {
    let arn = format!("{CLUSTER}/pod/search/{name}");
    let config = json!({"cluster_arn": CLUSTER, "cluster_name": "apps", "namespace": "search-eu", "name": name,
        "service_account": "indexer", "labels": labels});
    resource("kubernetes_pod", &arn, config, json!({}))
}

/// An instance, a function in a subnet, a task whose interface tells its subnet, two pods of a service account.
fn estate() -> World {
    World::new().with_rows(
        RESOURCE,
        [
            resource(
                "aws_ec2_instance",
                &instance("i-1"),
                json!({"vpc_id": "vpc-1"}),
                json!({"team": "search", "env": "prod"}),
            ),
            resource(
                "aws_ec2_instance",
                &instance("i-2"),
                json!({"vpc_id": "vpc-2"}),
                json!({"team": "search", "env": "test"}),
            ),
            resource(
                "aws_lambda_function",
                "arn:aws:lambda:us-east-1:123456789012:function:rank",
                json!({"vpc_config": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"]}}),
                json!({}),
            ),
            resource(
                "aws_ecs_task",
                "arn:aws:ecs:us-east-1:123456789012:task/shop/1",
                json!({"cluster_arn": "arn:aws:ecs:us-east-1:123456789012:cluster/shop",
                    "attachments": [{"details": [{"name": "subnetId", "value": "subnet-1"}]}]}),
                json!({}),
            ),
            resource(
                "aws_vpc_subnet",
                "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1",
                json!({"subnet_id": "subnet-1", "vpc_id": "vpc-1"}),
                json!({}),
            ),
            resource(
                "aws_eks_cluster",
                CLUSTER,
                json!({"name": "apps", "resources_vpc_config": {"vpcId": "vpc-9"}}),
                json!({}),
            ),
            pod("a", json!({"team": "search", "pod-template-hash": "1"})),
            pod("b", json!({"team": "search", "pod-template-hash": "2"})),
        ],
    )
}

async fn told(criteria: &[Criteria]) -> Vec<String> {
    let rows: Vec<Application> = estate().discovery(criteria).await.applications;
    let told = |row: &Application| {
        let name = row.workload_arn.rsplit_once(['/', ':']).map_or("", |(_, name)| name);
        format!("{} {} {name}: {}", row.name, row.workload_kind, row.criterion)
    };
    rows.iter().map(told).collect()
}

#[tokio::test]
async fn every_criterion() {
    let criteria = [
        Criteria { tags: tags(&[("team", "search"), ("env", "p*")]), ..named("tagged") },
        Criteria { namespaces: vec!["search-*".into()], clusters: vec!["apps".into()], ..named("pods") },
        Criteria { clusters: vec!["shop".into()], ..named("tasks") },
        Criteria { vpcs: vec!["vpc-1".into()], ..named("net") },
        Criteria { workloads: vec!["arn:*:instance/i-2".into()], ..named("net") },
    ];
    assert_eq!(
        told(&criteria).await,
        [
            "net instance i-2: workload arn:*:instance/i-2",
            "net function rank: vpc vpc-1",
            "pods pod indexer: namespace search-*; cluster apps",
            "tagged instance i-1: tag env = prod; tag team = search",
            "tasks task 1: cluster shop",
        ]
    );
}

#[tokio::test]
async fn everything_that_an_entry_asks_for_must_hold_and_the_first_takes_it() {
    let search = || Criteria { tags: tags(&[("team", "search")]), ..named("first") };
    let criteria = [
        Criteria { vpcs: vec!["vpc-9".into()], ..search() },
        Criteria { accounts: vec!["999999999999".into()], ..search() },
        // Labels that all pods of a service account have are its own; these two differ in theirs.
        Criteria { tags: tags(&[("pod-template-hash", "*")]), ..named("never") },
        Criteria { accounts: vec![ACCOUNT.into()], tags: tags(&[("env", "test")]), ..named("second") },
        Criteria { tags: tags(&[("env", "*")]), ..named("third") },
        named("nothing is asked: nothing is taken"),
    ];
    assert_eq!(
        told(&criteria).await,
        [
            "first pod indexer: tag team = search; vpc vpc-9",
            "second instance i-2: tag env = test; account 123456789012",
            "third instance i-1: tag env = prod",
        ]
    );
    assert_eq!(told(&[]).await, [""; 0]);
}

#[tokio::test]
async fn edges_name_the_application_though_the_workload_is_gone() {
    let mut key = issued("AssumeRoleForPodIdentity");
    key.session_tags =
        json!({"eks-cluster-name": "gone", "kubernetes-namespace": "search-us", "kubernetes-service-account": "api"})
            .as_object()
            .unwrap()
            .clone();
    key.event_source = "eks-auth.amazonaws.com".into();
    let criteria = [Criteria { namespaces: vec!["search-*".into()], ..named("search") }];
    let found = World::new().calls([key, by_session("api", "eks-gone-api-1")]).discovery(&criteria).await;
    let [edge] = found.edges.as_slice() else { panic!("{:#?}", found.edges) };
    assert_eq!((edge.application.as_str(), edge.target_application.as_str()), ("search", ""));
    let [row] = found.applications.as_slice() else { panic!("{:#?}", found.applications) };
    assert_eq!((&row.workload_arn, row.workload_kind.as_str()), (&edge.workload_arn, "pod"));
    assert_eq!(row.run_id, edge.run_id);
}
