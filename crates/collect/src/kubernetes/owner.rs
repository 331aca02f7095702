//! Which workload a pod is of: its controller, and where that is a replica set or a job, what made it.

use super::client::Client;
use super::list::Pages;
use super::object::Object;
use crate::catalogue::Call;
use crate::scan::Visit;
use serde_json::Value;
use sightline_model::untrusted::shortened;
use std::collections::HashMap;

/// Kinds that others make to make pods: the operation that lists them, and where they are.
pub(super) const BETWEEN: &[(&str, &str)] =
    &[("list replicasets", "/apis/apps/v1/replicasets"), ("list jobs", "/apis/batch/v1/jobs")];

/// Objects between pods and workloads that are remembered of one cluster.
const REMEMBERED: usize = 200_000;

/// What made the objects between pods and workloads.
#[derive(Default)]
pub(super) struct Owners {
    /// uid → kind and name of the controller
    above: HashMap<String, (String, String)>,
}

impl Owners {
    /// Reads the metadata of the kinds between. What could not be read is coverage; its pods are then said to be of what they name.
    pub(super) async fn read(visit: &Visit<'_>, client: &Client, calls: &[Call]) -> Self {
        let mut owners = Self::default();
        for call in calls {
            let Some((_, path)) = BETWEEN.iter().find(|(operation, _)| *operation == call.operation) else { continue };
            let mut pages = Pages::of(visit, client, call, path).metadata();
            while let Some(objects) = pages.next().await {
                objects.items.iter().for_each(|item| owners.note(Object(item)));
            }
        }
        owners
    }

    fn note(&mut self, object: Object<'_>) {
        let uid = object.at(&["metadata", "uid"]).as_str();
        if let Some((kind, name, _)) = object.controller()
            && !uid.is_empty()
            && self.above.len() < REMEMBERED
        {
            self.above.insert(shortened(uid, 100), (shortened(kind, 100), shortened(name, 253)));
        }
    }

    /// Kind and name of the workload; those of the pod itself where nothing controls it.
    pub(super) fn workload(&self, pod: Object<'_>) -> (Value, Value) {
        match pod.controller() {
            None => ("Pod".into(), pod.text(&["metadata", "name"])),
            Some((kind, name, uid)) => match self.above.get(uid) {
                Some((kind, name)) => (kind.as_str().into(), name.as_str().into()),
                None => (shortened(kind, 100).into(), shortened(name, 253).into()),
            },
        }
    }
}
