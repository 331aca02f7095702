//! Prerequisites: what an account needs, taught and written down. Verifying is a job.

use crate::cli::onboard::Expected;
use crate::serve::answer::{Json, Named, Said};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use serde::{Deserialize, Serialize};
use sightline_onboard::{Format, Given, Parameters, Prerequisite};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_prerequisites)).routes(routes!(render_prerequisite))
}

/// A parameter that a prerequisite reads.
#[derive(Serialize, ToSchema)]
struct ParameterHelp {
    /// Its name on the command line
    name: &'static str,
    /// What it is, and its default
    about: &'static str,
}

/// A permission that verifying takes.
#[derive(Serialize, ToSchema)]
struct PermissionHelp {
    /// Such as `s3:GetBucketPolicy`
    action: &'static str,
    /// Why it is asked for
    why: &'static str,
}

/// One thing that an account needs.
#[derive(Serialize, ToSchema)]
struct PrerequisiteHelp {
    /// Names it
    id: &'static str,
    /// What it is, in a few words
    title: &'static str,
    /// What it is for, what it costs, what is often got wrong
    about: &'static str,
    /// Whether it is made of the others
    composition: bool,
    /// What it reads
    parameters: Vec<ParameterHelp>,
    /// What verifying takes
    permissions: Vec<PermissionHelp>,
}

/// All of them.
#[derive(Serialize, ToSchema)]
struct Prerequisites {
    /// In the order in which they are made
    items: Vec<PrerequisiteHelp>,
}

fn help(unit: &&'static dyn Prerequisite) -> PrerequisiteHelp {
    let parameter = |one: &sightline_onboard::Parameter| ParameterHelp { name: one.name, about: one.about };
    let permission = |one: &sightline_onboard::Permission| PermissionHelp { action: one.action, why: one.why };
    PrerequisiteHelp {
        id: unit.id(),
        title: unit.title(),
        about: unit.about(),
        composition: unit.is_composition(),
        parameters: unit.parameters().iter().map(parameter).collect(),
        permissions: unit.permissions().iter().map(permission).collect(),
    }
}

/// What an account needs
#[utoipa::path(get, path = "/api/v1/prerequisites", tag = "onboarding", responses((status = 200, body = Prerequisites)))]
async fn list_prerequisites() -> Json<Prerequisites> {
    Json(Prerequisites { items: sightline_onboard::ALL.iter().map(help).collect() })
}

/// In which language.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Language {
    /// HCL for Terraform and OpenTofu
    Terraform,
    /// A template in YAML
    Cloudformation,
    /// A shell script of AWS CLI commands
    Cli,
    /// JSON: name → policy document
    Policy,
}

/// What is written down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rendering {
    /// In which language
    format: Language,
    /// Twelve digits
    #[schema(pattern = "^[0-9]{12}$")]
    account_id: String,
    /// Regions with workloads or models; the first is home [default: us-east-1]
    #[serde(default)]
    regions: Vec<String>,
    /// Exactly as the pages of the documented products have it
    #[serde(default)]
    as_documented: bool,
    /// What the account should have
    #[serde(default)]
    parameters: Expected,
}

/// A prerequisite, written down.
#[derive(Serialize, ToSchema)]
struct Rendered {
    /// Ready to run or apply
    text: String,
    /// The usual ending of such a file
    extension: &'static str,
}

/// Writes a prerequisite down; nothing is changed anywhere
#[utoipa::path(post, path = "/api/v1/prerequisites/{id}/render", tag = "onboarding", params(("id" = String, Path, description = "Such as `log-bucket`")), request_body = Rendering, responses((status = 200, body = Rendered)))]
async fn render_prerequisite(Named(id): Named, Said(wanted): Said<Rendering>) -> Result<Json<Rendered>, Problem> {
    let unit = sightline_onboard::find(&id).ok_or_else(|| Problem::missing("prerequisite", &id))?;
    let format = match wanted.format {
        Language::Terraform => Format::Terraform,
        Language::Cloudformation => Format::CloudFormation,
        Language::Cli => Format::Cli,
        Language::Policy => Format::Policy,
    };
    let wrong = |error: sightline_onboard::OnboardError| Problem::unprocessable(error.to_string());
    let given = wanted.parameters.given(wanted.account_id, None, wanted.regions)?;
    let parameters = Parameters::check(Given { as_documented: wanted.as_documented, ..given }).map_err(wrong)?;
    let text = unit.render(&parameters, format).map_err(wrong)?;
    Ok(Json(Rendered { text, extension: format.extension() }))
}
