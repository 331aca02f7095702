//! Models that workloads serve themselves, and the images that they run from.

use super::Assembly;
use crate::bom::document::{Component, ComponentType, Hash};
use crate::bom::text::{name, property, reference, short, text};
use sightline_model::SelfHostedModel;

/// What tells that it is a model, of each.
const MOST_EVIDENCE: usize = 5;

/// An image's name in parts: `repository:tag@sha256:digest`.
struct Image<'i> {
    repository: &'i str,
    tag: &'i str,
    digest: &'i str,
}

impl Assembly<'_> {
    pub(super) fn hosted(&mut self) {
        for hosted in &self.report.models.self_hosted {
            let model = self.hosted_model(hosted);
            if !hosted.image.is_empty() {
                let image = self.image(&hosted.image);
                self.depend(&model, &image);
            }
        }
    }

    fn hosted_model(&mut self, hosted: &SelfHostedModel) -> String {
        // Edges call the workload; where it serves several models, the others are named by their container.
        let taken = self.components.get(&reference(&hosted.workload_arn));
        let is_taken = taken.is_some_and(|known| known.properties.iter().any(|one| one.name == "sightline:container"));
        let arn = match is_taken {
            true => format!("{}#{}", hosted.workload_arn, hosted.container),
            false => hosted.workload_arn.clone(),
        };
        let title = [&hosted.model, &hosted.workload_title, &hosted.engine].into_iter().find(|text| !text.is_empty());
        let title = title.map_or("", |title| short(title));
        let model = self.named(&arn, title, (ComponentType::MachineLearningModel, None), "self-hosted");
        let mut properties = vec![
            property("account", &hosted.account_id),
            property("region", &hosted.region),
            property("workload", &hosted.workload_title),
            property("container", &hosted.container),
            property("certainty", hosted.certainty.as_str()),
        ];
        let told = [("engine", &hosted.engine), ("model", &hosted.model), ("role", &hosted.role_arn)];
        properties
            .extend(told.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| property(name, value)));
        properties.extend(hosted.pods.map(|pods| property("pods", pods.to_string())));
        if hosted.gpus.as_object().is_some_and(|gpus| !gpus.is_empty()) {
            properties.push(property("accelerators", hosted.gpus.to_string()));
        }
        properties.extend(hosted.evidence.iter().take(MOST_EVIDENCE).map(|told| property("evidence", told)));
        self.tell(&model, properties);
        model
    }

    fn image(&mut self, image: &str) -> String {
        let reference = reference(&format!("image:{image}"));
        let Image { repository, tag, digest } = Image::of(image);
        let known = self
            .report
            .models
            .image_digests
            .get(image)
            .map_or("", |digest| digest.strip_prefix("sha256:").unwrap_or(""));
        let digest = if digest.is_empty() { known } else { digest };
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.components.entry(reference.clone()).or_insert_with(|| Component {
            kind: ComponentType::Container,
            reference: reference.clone(),
            name: name(repository),
            version: text(tag),
            hashes: is_digest.then(|| Hash { alg: "SHA-256", content: digest.to_lowercase() }).into_iter().collect(),
            properties: vec![property("image", image)],
            ..Component::default()
        });
        reference
    }
}

impl<'i> Image<'i> {
    fn of(image: &'i str) -> Self {
        let (rest, digest) = image.split_once("@sha256:").unwrap_or((image, ""));
        // A colon before a slash is that of a port.
        match rest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((repository, tag)) => Self { repository, tag, digest },
            None => Self { repository: rest, tag: "", digest },
        }
    }
}
