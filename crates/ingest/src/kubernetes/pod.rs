//! What an event tells of a pod: where it runs, as whom, on which addresses, and whether it asks for hardware that runs models. It is what
//! makes an address of a flow or a name of a session a workload, also when the pod is long gone.

use super::event::{Accelerators, Body, Container, Event};
use serde_json::{Map, Value};
use sightline_model::untrusted::shortened;
use std::ops::Deref;

/// Bytes of JSON that are kept.
const MOST: usize = 4096;
/// Characters of an image's name that are kept.
const LONGEST_IMAGE: usize = 300;
/// Characters of any other text; names have at most 253.
const LONGEST: usize = 253;

/// The pod that the request is about, or that a token is bound to; `None` where it is about none or the event's level has nothing of it.
pub(crate) fn of(event: &Event<'_>) -> Option<String> {
    let mut pod = Map::new();
    if event.is_about("serviceaccounts", "token") {
        token(event, &mut pod);
    } else if event.target.api_group.is_empty() && &*event.target.resource == "pods" {
        describe(event, &mut pod);
    }
    (!pod.is_empty()).then(|| bounded(pod))
}

/// The pod that the token is for. The token itself stands in the response's `status`.
fn token(event: &Event<'_>, pod: &mut Map<String, Value>) {
    let spec =
        either(event, |body| &body.spec, |spec| !spec.audiences.is_empty() || !spec.bound_object.name.is_empty());
    let bound = &spec.bound_object;
    if &*bound.kind == "Pod" {
        put(pod, "name", &bound.name);
        put(pod, "uid", &bound.uid);
    }
    let audiences: Vec<Value> = spec.audiences.iter().map(|audience| shortened(audience, LONGEST).into()).collect();
    if !audiences.is_empty() {
        pod.insert("audiences".to_owned(), audiences.into());
    }
}

fn describe(event: &Event<'_>, pod: &mut Map<String, Value>) {
    let told = |text: &&str| !text.is_empty();
    let text = |of: &dyn for<'b> Fn(&'b Body<'_>) -> &'b str| -> String {
        // The response is the pod as it is; the request is what was asked for.
        [&event.response_object, &event.request_object].into_iter().map(of).find(told).unwrap_or_default().to_owned()
    };
    let uid = text(&|body| &body.metadata.uid);
    put(pod, "uid", if uid.is_empty() { &event.target.uid } else { &uid });
    let node = text(&|body| &body.spec.node);
    let bound = &event.request_object.bound_to;
    put(pod, "node", if node.is_empty() && &*event.target.subresource == "binding" { &bound.name } else { &node });
    put(pod, "service_account", &text(&|body| &body.spec.service_account));
    put(pod, "pod_ip", &text(&|body| &body.status.pod_ip));
    put(pod, "host_ip", &text(&|body| &body.status.host_ip));
    put(pod, "phase", &text(&|body| &body.status.phase));
    put(pod, "owner_kind", &text(&|body| body.metadata.owners.first().map_or("", |owner| &owner.kind)));
    put(pod, "owner_name", &text(&|body| body.metadata.owners.first().map_or("", |owner| &owner.name)));
    let spec =
        either(event, |body| &body.spec, |spec| !spec.containers.is_empty() || !spec.ephemeral_containers.is_empty());
    let containers = || spec.containers.iter().chain(&*spec.init_containers).chain(&*spec.ephemeral_containers);
    put_accelerators(pod, containers());
    let images: Vec<Value> = containers()
        .filter(|container| !container.image.is_empty())
        .map(|container| shortened(&container.image, LONGEST_IMAGE).into())
        .collect();
    if !images.is_empty() {
        pod.insert("images".to_owned(), images.into());
    }
}

/// The part of the response, or that of the request where the response's tells nothing.
fn either<'e, T>(event: &'e Event<'_>, part: impl Fn(&'e Body<'e>) -> &'e T, tells: impl Fn(&T) -> bool) -> &'e T {
    let (response, request) = (part(&event.response_object), part(&event.request_object));
    if tells(response) { response } else { request }
}

fn put(pod: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        pod.insert(name.to_owned(), shortened(text, LONGEST).into());
    }
}

/// How many of which accelerator all containers ask for. Kubernetes takes the limit as the request where both stand.
fn put_accelerators<'c, 'a: 'c>(pod: &mut Map<String, Value>, containers: impl Iterator<Item = &'c Container<'a>>) {
    let mut counts = Map::new();
    for container in containers {
        let limits = counted(&container.resources.limits);
        for ((name, limit), (_, request)) in limits.into_iter().zip(counted(&container.resources.requests)) {
            if let Some(count) = limit.or(request).filter(|count| *count > 0) {
                let sum = counts.get(name).and_then(Value::as_u64).unwrap_or_default();
                counts.insert(name.to_owned(), sum.saturating_add(count).into());
            }
        }
    }
    if !counts.is_empty() {
        pod.insert("accelerators".to_owned(), counts.into());
    }
}

fn counted(of: &Accelerators<'_>) -> [(&'static str, Option<u64>); 5] {
    [
        ("nvidia.com/gpu", &of.gpu),
        ("amd.com/gpu", &of.amd_gpu),
        ("aws.amazon.com/neuron", &of.neuron),
        ("aws.amazon.com/neuroncore", &of.neuron_core),
        ("aws.amazon.com/neurondevice", &of.neuron_device),
    ]
    .map(|(name, count)| (name, count.deref().parse().ok()))
}

/// The JSON within its bound: images are left out from the end, and how many is told; then whatever came last.
fn bounded(mut pod: Map<String, Value>) -> String {
    let mut left_out = 0;
    loop {
        let text = Value::Object(pod.clone()).to_string();
        if text.len() <= MOST {
            return text;
        }
        if let Some(Value::Array(images)) = pod.get_mut("images").filter(|images| **images != Value::Array(Vec::new()))
        {
            images.pop();
            left_out += 1;
            pod.insert("images_left_out".to_owned(), left_out.into());
        } else {
            let last = pod.keys().next_back().cloned().unwrap_or_default();
            pod.shift_remove(&last);
        }
    }
}
