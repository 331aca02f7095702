//! Who calls which models, and through which services, as the map has it.

use super::Assembly;
use crate::bom::document::{ComponentType, Organization, Service};
use crate::bom::kind;
use crate::bom::text::{name, property, reference};
use crate::bom::used::Used;
use crate::cells::word;
use sightline_model::edge::{Edge, PathClass};
use std::collections::BTreeMap;

/// Roles and users that are named of a workload.
const MOST_IDENTITIES: usize = 5;

impl<'r> Assembly<'r> {
    pub(super) fn called(&mut self) {
        let mut used: BTreeMap<String, Used<'r>> = BTreeMap::new();
        for edge in self.report.edges.iter().filter(|edge| edge.is_of_model()) {
            let workload = self.workload(edge);
            if edge.model_kind == "public-ai" || edge.model_arn.is_empty() {
                if let Some(service) = self.service(edge) {
                    self.depend(&workload, &service);
                    used.entry(service).or_default().add(edge);
                }
                continue;
            }
            let model = self.model(edge);
            self.depend(&workload, &model);
            used.entry(model).or_default().add(edge);
            if let Some(service) = self.service(edge) {
                self.depend(&workload, &service);
            }
        }
        for (reference, used) in used {
            let properties = used.properties();
            match self.services.get_mut(&reference) {
                Some(service) => service.properties.extend(properties),
                None => self.tell(&reference, properties),
            }
        }
    }

    fn model(&mut self, edge: &Edge) -> String {
        let known = self.inventory.get(edge.model_arn.as_str()).copied();
        let of_table = known.and_then(|resource| Some((resource, kind::of_table(&resource.table_name)?)));
        if let Some((resource, kind)) = of_table {
            return self.of_inventory(resource, kind);
        }
        let reference =
            self.named(&edge.model_arn, &edge.model_title, kind::of_word(&edge.model_kind), &edge.model_kind);
        if edge.model_kind == "unresolved" {
            self.tell(&reference, [property("in_inventory", "no")]);
        }
        reference
    }

    fn workload(&mut self, edge: &Edge) -> String {
        let known = self.inventory.get(edge.workload_arn.as_str()).copied();
        let of_table = known.and_then(|resource| Some((resource, kind::of_table(&resource.table_name)?)));
        let reference = match of_table {
            Some((resource, kind)) => self.of_inventory(resource, kind),
            None => {
                let kind = (ComponentType::Application, None);
                self.named(&edge.workload_arn, &edge.workload_title, kind, &word(&edge.workload_kind))
            }
        };
        self.tell(&reference, [property("account", &edge.account_id)]);
        let identities = |property: &&crate::bom::document::Property| property.name == "sightline:identity";
        let named =
            self.components.get(&reference).map_or(0, |known| known.properties.iter().filter(identities).count());
        if !edge.identity_arn.is_empty() && named < MOST_IDENTITIES {
            self.tell(&reference, [property("identity", &edge.identity_arn)]);
        }
        if !edge.application.is_empty() {
            let application = format!("sightline:application:{}", edge.application);
            let application =
                self.named(&application, &edge.application, (ComponentType::Application, None), "application");
            self.depend(&application, &reference);
        }
        reference
    }

    /// The host that was called, where anything tells it.
    fn service(&mut self, edge: &Edge) -> Option<String> {
        let is_public = edge.model_kind == "public-ai";
        let told = if edge.service.is_empty() { &edge.target_arn } else { &edge.service };
        let host = if is_public && edge.service.is_empty() { &edge.model_arn } else { told };
        let is_host =
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
        let is_told = !edge.service.is_empty() || is_public || edge.model_arn.is_empty();
        if !is_told || host.is_empty() {
            return None;
        }
        let key = reference(&format!("service:{host}"));
        let service = self.services.entry(key.clone()).or_insert_with(|| Service {
            reference: key.clone(),
            provider: is_aws(host).then(|| Organization { name: "Amazon Web Services".to_owned() }),
            name: name(if is_public && !edge.model_title.is_empty() { &edge.model_title } else { host }),
            description: if is_public { "public AI service".to_owned() } else { String::new() },
            endpoints: if is_host { vec![format!("https://{host}")] } else { vec![] },
            crosses_trust_boundary: is_public,
            properties: vec![property("host", host), property("kind", if is_public { "public-ai" } else { "service" })],
        });
        // A private endpoint of ours does not leave the network; one caller that goes around it does.
        service.crosses_trust_boundary |= edge.path == PathClass::Internet;
        Some(key)
    }
}

fn is_aws(host: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".aws.dev", ".vpce.amazonaws.com"]
        .iter()
        .any(|suffix| host.ends_with(suffix))
}
