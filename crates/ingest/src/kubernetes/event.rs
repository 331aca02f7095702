//! An audit event, as far as it is read. Objects of requests and responses may hold secrets: only members that are named here are looked at,
//! and neither `data`, `stringData`, `env` nor `token` is one of them.
//!
//! Format: <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>.

use crate::lenient::{Items, Text, lenient};
use jiff::Timestamp;

lenient! {
    Event<'a> {
        api_version: Text<'a> = "apiVersion",
        level: Text<'a> = "level",
        audit_id: Text<'a> = "auditID",
        stage: Text<'a> = "stage",
        request_uri: Text<'a> = "requestURI",
        verb: Text<'a> = "verb",
        user: User<'a> = "user",
        impersonated: User<'a> = "impersonatedUser",
        source_ips: Items<Text<'a>, 16> = "sourceIPs",
        user_agent: Text<'a> = "userAgent",
        target: Target<'a> = "objectRef",
        response: Response<'a> = "responseStatus",
        request_object: Body<'a> = "requestObject",
        response_object: Body<'a> = "responseObject",
        received: Text<'a> = "requestReceivedTimestamp",
        staged: Text<'a> = "stageTimestamp",
        annotations: Annotations<'a> = "annotations",
    }
}

lenient! {
    User<'a> {
        name: Text<'a> = "username",
        groups: Items<Text<'a>, 32> = "groups",
        extra: Extra<'a> = "extra",
    }
}

lenient! {
    /// What the authenticators tell of the caller: IAM's of the AWS identity, that of service accounts of the pod that the token is bound to.
    Extra<'a> {
        arn: Items<Text<'a>, 1> = "arn" | "sigs.k8s.io/aws-iam-authenticator/arn",
        canonical_arn: Items<Text<'a>, 1> = "canonicalArn" | "sigs.k8s.io/aws-iam-authenticator/canonicalArn",
        session_name: Items<Text<'a>, 1> = "sessionName" | "sigs.k8s.io/aws-iam-authenticator/sessionName",
        access_key_id: Items<Text<'a>, 1> = "accessKeyId" | "sigs.k8s.io/aws-iam-authenticator/accessKeyId",
        pod_name: Items<Text<'a>, 1> = "authentication.kubernetes.io/pod-name",
        pod_uid: Items<Text<'a>, 1> = "authentication.kubernetes.io/pod-uid",
    }
}

lenient! {
    Target<'a> {
        resource: Text<'a> = "resource",
        subresource: Text<'a> = "subresource",
        namespace: Text<'a> = "namespace",
        name: Text<'a> = "name",
        uid: Text<'a> = "uid",
        api_group: Text<'a> = "apiGroup",
    }
}

lenient! {
    Response<'a> { code: Text<'a> = "code" }
}

lenient! {
    Annotations<'a> {
        decision: Text<'a> = "authorization.k8s.io/decision",
        reason: Text<'a> = "authorization.k8s.io/reason",
    }
}

lenient! {
    /// A pod, a binding of a pod to a node, or a request for a service account's token.
    Body<'a> {
        metadata: Metadata<'a> = "metadata",
        spec: Spec<'a> = "spec",
        status: Status<'a> = "status",
        bound_to: Named<'a> = "target",
    }
}

lenient! {
    Metadata<'a> {
        name: Text<'a> = "name",
        uid: Text<'a> = "uid",
        owners: Items<Named<'a>, 1> = "ownerReferences",
    }
}

lenient! {
    Named<'a> {
        kind: Text<'a> = "kind",
        name: Text<'a> = "name",
        uid: Text<'a> = "uid",
    }
}

lenient! {
    Spec<'a> {
        node: Text<'a> = "nodeName",
        service_account: Text<'a> = "serviceAccountName",
        containers: Items<Container<'a>, 32> = "containers",
        init_containers: Items<Container<'a>, 16> = "initContainers",
        ephemeral_containers: Items<Container<'a>, 16> = "ephemeralContainers",
        audiences: Items<Text<'a>, 8> = "audiences",
        bound_object: Named<'a> = "boundObjectRef",
    }
}

lenient! {
    Container<'a> {
        image: Text<'a> = "image",
        resources: Resources<'a> = "resources",
    }
}

lenient! {
    Resources<'a> {
        limits: Accelerators<'a> = "limits",
        requests: Accelerators<'a> = "requests",
    }
}

lenient! {
    /// What runs models; the names are those of the device plugins.
    Accelerators<'a> {
        gpu: Text<'a> = "nvidia.com/gpu",
        amd_gpu: Text<'a> = "amd.com/gpu",
        neuron: Text<'a> = "aws.amazon.com/neuron",
        neuron_core: Text<'a> = "aws.amazon.com/neuroncore",
        neuron_device: Text<'a> = "aws.amazon.com/neurondevice",
    }
}

lenient! {
    Status<'a> {
        phase: Text<'a> = "phase",
        pod_ip: Text<'a> = "podIP",
        host_ip: Text<'a> = "hostIP",
    }
}

impl Event<'_> {
    /// Whether this is an audit event at all.
    pub(crate) fn is_one(&self) -> bool {
        self.api_version.starts_with("audit.k8s.io/") && !self.audit_id.is_empty()
    }

    /// When the request came, in microseconds since 1970.
    pub(crate) fn time(&self) -> Option<i64> {
        let time = |text: &Text<'_>| text.trim().parse::<Timestamp>().ok();
        time(&self.received).or_else(|| time(&self.staged)).map(Timestamp::as_microsecond)
    }

    /// The response's HTTP code.
    pub(crate) fn code(&self) -> Option<i64> {
        self.response.code.parse().ok()
    }

    /// Whether the request is about this resource of the core group.
    pub(crate) fn is_about(&self, resource: &str, subresource: &str) -> bool {
        let target = &self.target;
        target.api_group.is_empty() && *target.resource == *resource && *target.subresource == *subresource
    }
}
