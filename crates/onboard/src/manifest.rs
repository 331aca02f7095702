//! What Kubernetes is told about pods that call models. The renderings are for AWS; they carry the manifest in comments.

use crate::parameters::Parameters;
use crate::render::comment;
use std::fmt::Write as _;

const HOW: &str = "For Kubernetes: the lines behind `#|` are the manifest. With this file as FILE:\nsed -n 's/^#| \\{0,1\\}//p' FILE | kubectl apply -f -\n\
                   Put your own image in. Keys, and variables with AWS credentials, have no place in it: EKS adds what the pod needs.";
const GUIDE: &str = "For Kubernetes, as the guide has it. What is wrong with it: it is the copy of a pod that ran, and its variables are those of \
                     IRSA, for which the role has no trust, while the association above is Pod Identity's. EKS sets the variables itself; \
                     set by hand they stop the association from being used. MY_POD_NAME is a plain text, not the pod's name. A pod \
                     without a Deployment is not started again.";

/// The service account, and a deployment that uses it.
// INVARIANT: parameters hold no character that leaves a quoted text of YAML.
pub(crate) fn workload(parameters: &Parameters) -> String {
    let Parameters { namespace, service_account: name, .. } = parameters;
    let mut yaml =
        format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: \"{name}\"\n  namespace: \"{namespace}\"\n");
    if parameters.irsa {
        let role = parameters.arn_of_role(&parameters.pod_role);
        let _ = write!(yaml, "  annotations:\n    eks.amazonaws.com/role-arn: \"{role}\"\n");
    }
    let _ = write!(
        yaml,
        "---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: \"{name}\"
  namespace: \"{namespace}\"
spec:
  replicas: 1
  selector:
    matchLabels:
      app: \"{name}\"
  template:
    metadata:
      labels:
        app: \"{name}\"
    spec:
      serviceAccountName: \"{name}\"
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: main
          image: REGISTRY/IMAGE:TAG
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
"
    );
    behind_comment(HOW, &yaml)
}

/// The guide's pod.
pub(crate) fn as_documented(parameters: &Parameters) -> String {
    let Parameters { namespace, service_account: name, home, .. } = parameters;
    let role = parameters.arn_of_role(&parameters.pod_role);
    let yaml = format!(
        "apiVersion: v1
kind: Pod
metadata:
  name: \"{name}\"
  namespace: \"{namespace}\"
spec:
  serviceAccountName: \"{name}\"
  containers:
    - name: main
      image: REGISTRY/IMAGE:TAG
      env:
        - name: MY_POD_NAME
          value: metadata.name
        - name: AWS_REGION
          value: \"{home}\"
        - name: AWS_ROLE_ARN
          value: \"{role}\"
        - name: AWS_WEB_IDENTITY_TOKEN_FILE
          value: /var/run/secrets/eks.amazonaws.com/serviceaccount/token
      volumeMounts:
        - name: aws-iam-token
          mountPath: /var/run/secrets/eks.amazonaws.com/serviceaccount
          readOnly: true
  volumes:
    - name: aws-iam-token
      projected:
        sources:
          - serviceAccountToken:
              audience: sts.amazonaws.com
              expirationSeconds: 86400
              path: token
"
    );
    behind_comment(GUIDE, &yaml)
}

fn behind_comment(why: &str, yaml: &str) -> String {
    let lines: String = yaml.lines().map(|line| format!("#| {line}\n")).collect();
    format!("\n{}{lines}", comment(why, "#", 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Given;
    use serde_json::Value;

    fn documents(comments: &str) -> Vec<Value> {
        let yaml: String =
            comments.lines().filter_map(|line| line.strip_prefix("#| ")).map(|line| format!("{line}\n")).collect();
        yaml.split("---\n").map(|document| serde_yaml_ng::from_str(document).unwrap()).collect()
    }

    fn parameters(irsa: bool) -> Parameters {
        let service_account = Some("1e3".to_owned());
        Parameters::check(Given { account_id: "123456789012".into(), irsa, service_account, ..Given::default() })
            .unwrap()
    }

    #[test]
    fn the_manifest_is_read_back() {
        let [account, deployment] = documents(&workload(&parameters(true))).try_into().unwrap();
        assert_eq!(account["metadata"]["name"], "1e3");
        let role = "arn:aws:iam::123456789012:role/sightline-pod-models";
        assert_eq!(account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"], role);
        assert_eq!(deployment["spec"]["template"]["spec"]["serviceAccountName"], account["metadata"]["name"]);
        let [account, _] = documents(&workload(&parameters(false))).try_into().unwrap();
        assert!(account["metadata"].get("annotations").is_none());
        let [pod] = documents(&as_documented(&parameters(false))).try_into().unwrap();
        assert_eq!(pod["spec"]["containers"][0]["env"][0]["value"], "metadata.name");
    }
}
