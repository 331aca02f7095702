//! An account with workloads in it: moto, and ministack for EKS; a cluster that takes changes of its configuration, which ministack does
//! not; and pods as somebody who can ask the cluster tells of them.

use crate::ACCOUNT;
use crate::emulator::{Ministack, Moto};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_onboard::{Cause, ClusterApi, ListPods, NotListed, Pod};
use std::sync::{Arc, Mutex};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// A key that both emulators take for one of [`ACCOUNT`].
const KEY: &str = ACCOUNT;

pub(crate) struct Account {
    moto: Moto,
    eks: String,
    _ministack: Option<Ministack>,
}

impl Account {
    pub(crate) fn start() -> Option<Self> {
        let ministack = Ministack::start()?;
        Some(Self { moto: Moto::start()?, eks: ministack.url().to_owned(), _ministack: Some(ministack) })
    }

    /// The account with another EKS.
    pub(crate) fn with_eks(eks: &str) -> Option<Self> {
        Some(Self { moto: Moto::start()?, eks: eks.to_owned(), _ministack: None })
    }

    pub(crate) fn run(&self, script: &str) -> String {
        self.moto.run(&format!("export AWS_ENDPOINT_URL_EKS={} AWS_ACCESS_KEY_ID={KEY}\n{script}", self.eks))
    }

    pub(crate) fn answer(&self, words: &str) -> Value {
        serde_json::from_str(&self.run(&format!("aws {words}"))).unwrap()
    }

    pub(crate) fn connect(&self) -> Aws {
        self.moto.connect(KEY, &[("EKS", &self.eks)])
    }

    /// The account with this service somewhere else.
    pub(crate) fn connect_but(&self, service: &str, url: &str) -> Aws {
        let eks = if service == "EKS" { url } else { &self.eks };
        self.moto.connect(KEY, &[("EKS", eks), (service, url)])
    }

    /// A role with this trust and this inline policy.
    pub(crate) fn role(&self, name: &str, trust: &Value, statements: &Value) {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        self.run(&format!(
            "aws iam create-role --role-name {name} --assume-role-policy-document '{trust}'\n\
             aws iam put-role-policy --role-name {name} --policy-name own --policy-document '{policy}'"
        ));
    }
}

/// Trust in a service of AWS.
pub(crate) fn trust(service: &str, actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}]})
}

/// A right to invoke what the pattern says.
pub(crate) fn invoke(resource: &str) -> Value {
    json!([{"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": resource}])
}

/// Clusters that answer, or do not.
pub(crate) struct Pods(pub(crate) Result<Vec<Pod>, NotListed>);

impl Pods {
    pub(crate) fn seen(pods: Vec<Pod>) -> Arc<dyn ListPods> {
        Arc::new(Self(Ok(pods)))
    }

    pub(crate) fn not_listed(cause: Cause) -> Arc<dyn ListPods> {
        Arc::new(Self(Err(NotListed { cause, message: "said so".into() })))
    }
}

impl ListPods for Pods {
    fn list<'a>(&'a self, _: &'a Aws, _: &'a ClusterApi) -> BoxFuture<'a, Result<Vec<Pod>, NotListed>> {
        std::future::ready(self.0.clone()).boxed()
    }
}

/// One cluster, `apps`, as EKS's API has it: what is needed to read and to change how it is entered. Shapes are those of botocore's model.
#[derive(Clone)]
pub(crate) struct OneCluster(Arc<Mutex<Inside>>);

struct Inside {
    cluster: Value,
    has_entry: bool,
    policies: Vec<Value>,
}

impl OneCluster {
    pub(crate) fn new(mode: &str, is_public: bool, ranges: &[&str]) -> Self {
        let network =
            json!({"endpointPublicAccess": is_public, "endpointPrivateAccess": true, "publicAccessCidrs": ranges});
        let cluster = json!({
            "name": "apps", "status": "ACTIVE", "endpoint": "https://0123.gr7.us-east-1.eks.amazonaws.com", "certificateAuthority": {"data": ""},
            "accessConfig": {"authenticationMode": mode}, "resourcesVpcConfig": network,
            "identity": {"oidc": {"issuer": "https://oidc.eks.us-east-1.amazonaws.com/id/0123"}},
        });
        Self(Arc::new(Mutex::new(Inside { cluster, has_entry: false, policies: Vec::new() })))
    }

    pub(crate) async fn serve(&self) -> MockServer {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(self.clone()).mount(&server).await;
        server
    }

    pub(crate) fn ranges(&self) -> Value {
        self.0.lock().unwrap().cluster["resourcesVpcConfig"]["publicAccessCidrs"].clone()
    }
}

impl Respond for OneCluster {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut inside = self.0.lock().unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let path = request.url.path().to_owned();
        let ok = |answer: Value| ResponseTemplate::new(200).set_body_json(answer);
        let refused = |status: u16, code: &str| {
            ResponseTemplate::new(status)
                .insert_header("x-amzn-errortype", code)
                .set_body_json(json!({"message": "no"}))
        };
        let is_config_map = inside.cluster["accessConfig"]["authenticationMode"] == "CONFIG_MAP";
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["clusters", "apps"]) => ok(json!({"cluster": inside.cluster})),
            ("GET", ["clusters", _]) => refused(404, "ResourceNotFoundException"),
            ("POST", ["clusters", "apps", "update-config"]) => {
                for (from, to) in [("accessConfig", "accessConfig"), ("resourcesVpcConfig", "resourcesVpcConfig")] {
                    for (name, value) in body[from].as_object().into_iter().flatten() {
                        inside.cluster[to][name] = value.clone();
                    }
                }
                ok(json!({"update": {"id": "1", "status": "InProgress"}}))
            }
            ("GET", ["clusters", "apps", list @ ("pod-identity-associations" | "addons" | "node-groups")]) => {
                let key = match *list {
                    "addons" => "addons",
                    "node-groups" => "nodegroups",
                    _ => "associations",
                };
                ok(json!({key: []}))
            }
            // Without entries the API of entries is refused.
            (_, ["clusters", "apps", "access-entries", ..]) if is_config_map => refused(400, "InvalidRequestException"),
            ("POST", ["clusters", "apps", "access-entries"]) => {
                inside.has_entry = true;
                ok(json!({"accessEntry": body}))
            }
            (_, ["clusters", "apps", "access-entries", ..]) if !inside.has_entry => {
                refused(404, "ResourceNotFoundException")
            }
            ("GET", ["clusters", "apps", "access-entries", _]) => ok(json!({"accessEntry": {"type": "STANDARD"}})),
            ("POST", ["clusters", "apps", "access-entries", _, "access-policies"]) => {
                inside.policies.push(body);
                ok(json!({}))
            }
            ("GET", ["clusters", "apps", "access-entries", _, "access-policies"]) => {
                ok(json!({"associatedAccessPolicies": inside.policies}))
            }
            other => panic!("{other:?}"),
        }
    }
}
