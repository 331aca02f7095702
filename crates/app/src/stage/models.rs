//! What a bill of materials of models is made of, read from the lake.

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::SelfHostedModel;
use sightline_report::Models;
use std::collections::BTreeMap;

const RELATIONS: &str = "SELECT * FROM current_relation ORDER BY from_arn, kind, to_arn, column";
const SELF_HOSTED: &str = "SELECT * FROM current_self_hosted_model ORDER BY workload_arn, container";
const IMAGES: &str =
    "SELECT repository_uri, image_digest, image_tags FROM aws_ecr_image WHERE image_digest IS NOT NULL ORDER BY arn";

#[derive(Deserialize)]
struct Image {
    #[serde(default)]
    repository_uri: Option<String>,
    image_digest: String,
    #[serde(default)]
    image_tags: Option<Vec<String>>,
}

/// The models of the newest scans, what they are to other resources, and those that workloads serve.
///
/// # Errors
/// The lake cannot be read.
pub(crate) async fn read(session: &Session) -> anyhow::Result<Models> {
    // Names of tables are snake_case: they cannot leave their quotes.
    let tables: Vec<String> = sightline_report::model_tables().map(|table| format!("'{table}'")).collect();
    let resources = format!(
        "SELECT table_name, arn, title, account_id, region, config FROM current_resource WHERE table_name IN ({}) ORDER BY arn",
        tables.join(", ")
    );
    let self_hosted: Vec<SelfHostedModel> = session.sql(SELF_HOSTED).await?.rows_as()?;
    Ok(Models {
        resources: session.sql(&resources).await?.rows_as()?,
        relations: session.sql(RELATIONS).await?.rows_as()?,
        image_digests: digests(session, &self_hosted).await?,
        self_hosted,
    })
}

/// Digests of images that are named by a tag, where a repository of the inventory has the tag.
async fn digests(session: &Session, hosted: &[SelfHostedModel]) -> anyhow::Result<BTreeMap<String, String>> {
    if hosted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let images: Vec<Image> = session.sql(IMAGES).await?.rows_as()?;
    let mut known = BTreeMap::new();
    for Image { repository_uri, image_digest, image_tags } in images {
        for tag in image_tags.into_iter().flatten() {
            let image = format!("{}:{tag}", repository_uri.as_deref().unwrap_or_default());
            if hosted.iter().any(|one| one.image == image) {
                known.insert(image, image_digest.clone());
            }
        }
    }
    Ok(known)
}
