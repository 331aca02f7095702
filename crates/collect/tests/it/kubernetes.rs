//! Clusters: pages, lists that go stale, refusals of all kinds, and other people's servers as the other side.

use crate::fake::{ACCOUNT, Fake};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, Emulated};
use sightline_collect::catalogue::catalogue;
use sightline_collect::kubernetes::{Clusters, EksApi, pods};
use sightline_collect::scan::{Quiet, ScanOptions, scan};
use sightline_lake::{Lake, Session};
use sightline_model::RunId;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A scan of the clusters of a kubeconfig alone: no EKS cluster is in the account.
async fn scanned(kubeconfig: &str, tables: &[&str]) -> (Session, TempDir) {
    let fake = Fake::start().await;
    fake.answer_nothing("eks:ListClusters");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kubeconfig");
    std::fs::write(&file, kubeconfig).unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let aws = Aws::emulated(Emulated {
        endpoint: fake.server.uri(),
        access_key_id: ACCOUNT.to_owned(),
        region: "us-east-1".to_owned(),
        ..Emulated::default()
    });
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let options = ScanOptions {
        regions: vec!["us-east-1".to_owned(), "eu-west-1".to_owned()],
        include: tables.iter().map(|table| (*table).to_owned()).collect(),
        clusters: Clusters::of_kubeconfig(&file, &[], false).await.unwrap(),
        ..ScanOptions::new(RunId::new(now, 1), Arc::new(move || now), "test")
    };
    scan(&aws, &lake, options, &Quiet).await.unwrap();
    let session = lake.session(&catalogue().unwrap().schemas()).await.unwrap();
    (session, folder)
}

async fn lines(session: &Session, sql: &str) -> Vec<String> {
    let rows = session.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}")).rows().unwrap();
    let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rows.iter().map(|row| row.values().map(cell).collect::<Vec<_>>().join(" | ")).collect()
}

/// What could not be read of this table.
async fn gaps(session: &Session, table: &str) -> Vec<String> {
    let sql = format!(
        "SELECT outcome, action, error_code, error_message FROM current_coverage WHERE table_name = '{table}' AND outcome <> 'ok' ORDER BY action"
    );
    lines(session, &sql).await
}

fn kubeconfig(server: &str) -> String {
    format!(
        "current-context: test\nclusters: [{{name: lab, cluster: {{server: '{server}'}}}}]\nusers: [{{name: me, user: {{token: a-token}}}}]\n\
         contexts: [{{name: test, context: {{cluster: lab, user: me}}}}]\n"
    )
}

fn object(name: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "ai", "uid": format!("uid-{name}")}})
}

fn list(names: &[&str], next: &str) -> ResponseTemplate {
    let items: Vec<Value> = names.iter().map(|name| object(name)).collect();
    ResponseTemplate::new(200).set_body_json(json!({"kind": "List", "metadata": {"continue": next}, "items": items}))
}

fn status(code: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(code).set_body_json(json!({"kind": "Status", "message": message}))
}

const NAMESPACES: &str = "/api/v1/namespaces";

/// A cluster that knows its version and the token.
async fn cluster() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/version"))
        .and(header("authorization", "Bearer a-token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"gitVersion": "v1.34.0"})))
        .mount(&server)
        .await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_followed_and_a_stale_list_is_taken_up_again() {
    let server = cluster().await;
    let first = Mock::given(path(NAMESPACES)).and(query_param_is_missing("continue"));
    first.respond_with(list(&["a", "b"], "two")).mount(&server).await;
    let gone =
        json!({"kind": "Status", "reason": "Expired", "message": "too old", "metadata": {"continue": "two-again"}});
    Mock::given(path(NAMESPACES))
        .and(query_param("continue", "two"))
        .respond_with(ResponseTemplate::new(410).set_body_json(gone))
        .mount(&server)
        .await;
    // What changed meanwhile may bring an object once more.
    let again = Mock::given(path(NAMESPACES)).and(query_param("continue", "two-again"));
    again.respond_with(list(&["b", "c"], "")).mount(&server).await;
    let (session, _folder) = scanned(&kubeconfig(&server.uri()), &["kubernetes_namespace"]).await;
    assert_eq!(gaps(&session, "kubernetes_namespace").await, Vec::<String>::new());
    let rows = lines(&session, "SELECT arn, region, title FROM kubernetes_namespace ORDER BY arn").await;
    assert_eq!(
        rows,
        ["a", "b", "c"]
            .map(|name| format!("arn:aws:kubernetes:::cluster/lab/namespace/ai/{name} | global | ai/{name}"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_end_ends() {
    let server = cluster().await;
    Mock::given(path(NAMESPACES)).respond_with(list(&["a"], "same")).mount(&server).await;
    let (session, _folder) = scanned(&kubeconfig(&server.uri()), &["kubernetes_namespace"]).await;
    assert_eq!(
        gaps(&session, "kubernetes_namespace").await,
        ["failed | kubernetes: list namespaces | Unreadable | the list does not go on: the cluster repeats itself"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_refused_for_itself() {
    let server = cluster().await;
    Mock::given(path(NAMESPACES)).respond_with(list(&["a"], "")).mount(&server).await;
    Mock::given(path("/api/v1/nodes")).respond_with(status(403, "nodes is forbidden")).mount(&server).await;
    Mock::given(path("/apis/batch/v1/cronjobs")).respond_with(status(404, "not found")).mount(&server).await;
    Mock::given(path("/api/v1/services"))
        .respond_with(ResponseTemplate::new(200).set_body_string("<html>"))
        .mount(&server)
        .await;
    let (session, _folder) = scanned(
        &kubeconfig(&server.uri()),
        &["kubernetes_namespace", "kubernetes_node", "kubernetes_cron_job", "kubernetes_service"],
    )
    .await;
    assert_eq!(lines(&session, "SELECT name FROM kubernetes_namespace").await, ["a"]);
    insta::assert_snapshot!(gaps(&session, "kubernetes_node").await.join("\n"), @"denied | kubernetes: list nodes | Forbidden | the cluster does not let this identity list nodes (`AmazonEKSViewPolicy` leaves nodes out: docs/kubernetes.md has the ClusterRole that allows them): nodes is forbidden");
    insta::assert_snapshot!(gaps(&session, "kubernetes_cron_job").await.join("\n"), @"failed | kubernetes: list cronjobs | TooOld | the cluster's version of Kubernetes cannot list cronjobs: not found");
    insta::assert_snapshot!(gaps(&session, "kubernetes_service").await.join("\n"), @"failed | kubernetes: list services | Unreadable | the answer is no list: expected value at line 1 column 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_does_not_know_us_or_is_not_there() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(status(401, "Unauthorized")).mount(&server).await;
    let (session, _folder) = scanned(&kubeconfig(&server.uri()), &["kubernetes_pod"]).await;
    let said = gaps(&session, "kubernetes_pod").await.join("\n");
    assert!(
        said.starts_with("denied | kubernetes: list pods | Unauthorized | ") && said.contains("`eks-access`"),
        "{said}"
    );

    let (session, _folder) = scanned(&kubeconfig("https://127.0.0.1:9"), &["kubernetes_pod"]).await;
    let said = gaps(&session, "kubernetes_pod").await.join("\n");
    assert!(said.starts_with("failed | kubernetes: list pods | Unreachable | "), "{said}");

    // A server that speaks no TLS.
    let https = server.uri().replace("http://", "https://");
    let (session, _folder) = scanned(&kubeconfig(&https), &["kubernetes_pod"]).await;
    let said = gaps(&session, "kubernetes_pod").await.join("\n");
    assert!(said.starts_with("failed | kubernetes: list pods | Tls | "), "{said}");
}

/// Another's server, which ends with this value.
struct Kmock(Child);

impl Drop for Kmock {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// `kmock` plays a cluster with what `cluster.py` puts there.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_kmock_plays() {
    let Some(python) = crate::emulators::python() else { return };
    let has_it = Command::new(&python).args(["-c", "import kmock"]).stderr(Stdio::null()).status().unwrap().success();
    if !has_it {
        println!("skipped: a_cluster_that_kmock_plays: the Python has no kmock");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cluster.py");
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let _kmock = Kmock(child);
    assert!(url.starts_with("http://"), "the script said `{url}`");
    estate(&kubeconfig(url.trim())).await;
}

/// A real API server: `SIGHTLINE_KUBE_APISERVER` is a kubeconfig for one, whose identity may list all kinds.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_api_server() {
    let Some(file) = std::env::var_os("SIGHTLINE_KUBE_APISERVER") else {
        println!("skipped: a_real_api_server: SIGHTLINE_KUBE_APISERVER names no kubeconfig");
        return;
    };
    let (session, _folder) = scanned(&std::fs::read_to_string(&file).unwrap(), &["kubernetes_*"]).await;
    assert_eq!(lines(&session, GAPS).await, Vec::<String>::new());
    let system = "SELECT name FROM kubernetes_namespace WHERE name = 'kube-system'";
    assert_eq!(lines(&session, system).await, ["kube-system"]);
    let services = "SELECT title, type FROM kubernetes_service WHERE title = 'default/kubernetes'";
    assert_eq!(lines(&session, services).await, ["default/kubernetes | ClusterIP"]);
}

const GAPS: &str = "SELECT table_name, error_code, error_message FROM current_coverage \
                    WHERE outcome <> 'ok' AND table_name LIKE 'kubernetes_%'";

/// What `cluster.py` puts into a cluster is found there. Namespaces are left out: kmock 0.8 answers their list with 500.
async fn estate(kubeconfig: &str) {
    let tables = ["pod", "node", "job", "cron_job", "service", "service_account", "ingress", "network_policy"];
    let sets = ["deployment", "replica_set", "stateful_set", "daemon_set"];
    let tables: Vec<String> = tables.iter().chain(&sets).map(|kind| format!("kubernetes_{kind}")).collect();
    let (session, _folder) = scanned(kubeconfig, &tables.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(lines(&session, GAPS).await, Vec::<String>::new());
    let pods = lines(
        &session,
        "SELECT title, workload_kind, workload_name, service_account, pod_ip, role_arn, gpus FROM kubernetes_pod WHERE namespace = 'ai' ORDER BY title",
    )
    .await;
    assert_eq!(
        pods,
        [
            "ai/nightly-1-x | CronJob | nightly | default | 10.0.0.8 | null | {}",
            "ai/vllm-5d-x | Deployment | vllm | llm | 10.0.0.7 | arn:aws:iam::123456789012:role/llm | {\"nvidia.com/gpu\":1}",
        ]
    );
    let roles = "SELECT name, role_arn FROM kubernetes_service_account WHERE namespace = 'ai' AND name = 'llm'";
    assert_eq!(lines(&session, roles).await, ["llm | arn:aws:iam::123456789012:role/llm"]);
    let deployments = "SELECT name, replicas, images FROM kubernetes_deployment WHERE namespace = 'ai'";
    assert_eq!(lines(&session, deployments).await, ["vllm | 1 | [\"vllm/vllm-openai:v0.11.0\"]"]);
    // No value of the environment but the role's, and no annotation but EKS's, anywhere.
    let secret = "SELECT count(*) FROM resource WHERE config::text LIKE '%hunter2%'";
    assert_eq!(lines(&session, secret).await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pods_of_an_eks_cluster_asked_for_once() {
    let aws = Aws::emulated(Emulated { region: "us-east-1".to_owned(), ..Emulated::default() });
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let now = move || now;
    let asked = async |endpoint: &str| {
        let cluster = EksApi { region: "us-east-1", name: "apps", endpoint, certificate_authority: "" };
        pods(&aws, &now, cluster).await.map(|pods| pods.len()).map_err(|refused| refused.code)
    };
    let server = MockServer::start().await;
    let first = Mock::given(path("/api/v1/pods")).and(query_param_is_missing("continue"));
    first.respond_with(list(&["a", "b"], "two")).mount(&server).await;
    let second = Mock::given(path("/api/v1/pods")).and(query_param("continue", "two"));
    second.respond_with(list(&["c"], "")).mount(&server).await;
    assert_eq!(asked(&server.uri()).await, Ok(3));
    let token = server.received_requests().await.unwrap()[0].headers["authorization"].to_str().unwrap().to_owned();
    assert!(token.starts_with("Bearer k8s-aws-v1."), "{token}");
    for (code, told) in [(401, "Unauthorized"), (403, "Forbidden")] {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(status(code, "no")).mount(&server).await;
        assert_eq!(asked(&server.uri()).await, Err(told));
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(asked(&format!("http://{closed}")).await, Err("Unreachable"));
}
