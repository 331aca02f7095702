//! `sightline config`: what is in force, and what a configuration may say.

use super::Global;
use super::keep::{self, Kept};
use crate::config::{Config, MuteRule, Place, SCHEMA, Serve};
use crate::exit::Exit;
use crate::serve::auth::Role;
use crate::table::{Table, Tone};
use crate::{print, world};
use anyhow::bail;
use clap::{Args, Subcommand};
use serde::Serialize;
use sightline_model::untrusted::for_terminal;
use std::path::Path;
use utoipa::ToSchema;

/// Show what is configured
#[derive(Debug, Args)]
pub(crate) struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(Show),
    Schema(Schema),
}

/// Print the configuration that is found: the file of `--config`, of `SIGHTLINE_CONFIG`, or `sightline.toml` in this folder
#[derive(Debug, Args)]
struct Show {
    /// Print every setting that is in force, and where it is from
    #[arg(long)]
    resolved: bool,
    /// Print the settings as JSON
    #[arg(long, requires = "resolved")]
    json: bool,
    #[command(flatten)]
    kept: Kept,
}

/// Print the JSON schema of the configuration, for editors
#[derive(Debug, Args)]
struct Schema;

/// A setting that is in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setting {
    /// Its name, as the file has it
    pub(crate) setting: String,
    /// Its value
    pub(crate) value: String,
    /// The flag, the variable or the file that says so
    pub(crate) from: String,
}

impl ConfigCommand {
    /// Prints.
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::Schema(Schema) => print::line(SCHEMA.trim_end())?,
            Action::Show(show) => show.run(global)?,
        }
        Ok(Exit::Clean)
    }
}

impl Show {
    fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = Config::load(global.config.as_deref())?;
        if !self.resolved {
            if config.path.is_none() {
                bail!("there is no configuration: write a `sightline.toml`, or name one with `--config`");
            }
            print::note(&format!("# {}", for_terminal(&config.name())));
            let lines: Vec<String> = config.text.lines().map(for_terminal).collect();
            return Ok(print::line(&lines.join("\n"))?);
        }
        let settings = resolved(&global.lake, &config, global.config.is_some(), self.kept);
        if self.json {
            return print::json(&settings);
        }
        let mut table = Table::new(&["SETTING", "VALUE", "FROM"]);
        for one in &settings {
            table.row([&one.setting, &one.value, &one.from].map(|text| (text.as_str(), Tone::Plain)));
        }
        Ok(print::line(table.to_string().trim_end())?)
    }
}

/// What is in force where no flag says otherwise.
pub(crate) fn settings(lake: &Path, config: &Config, is_named: bool) -> Vec<Setting> {
    resolved(lake, config, is_named, Kept { keep_raw: None, keep_text: None })
}

fn resolved(lake: &Path, config: &Config, is_named: bool, kept: Kept) -> Vec<Setting> {
    let file = config.name();
    let lake = lake.display().to_string();
    let mut settings = vec![
        setting("config", config.path.as_ref().map_or("none", |_| &file), config.found_by(is_named)),
        setting("lake", &lake, origin("--lake", "SIGHTLINE_LAKE", lake != super::DEFAULT_LAKE, false, &file)),
    ];
    let keep = kept.over(config);
    let (raw, text) = (kept.keep_raw.is_some(), kept.keep_text.is_some());
    settings.push(setting(
        "keep.raw_flows",
        &keep.raw_flows.to_string(),
        origin("--keep-raw", keep::RAW, raw, config.raw_flows.is_some(), &file),
    ));
    settings.push(setting(
        "keep.text",
        &format!("{:?}", keep.text).to_lowercase(),
        origin("--keep-text", keep::TEXT, text, config.kept_text.is_some(), &file),
    ));
    settings.extend(config.logs.iter().flat_map(|place| of_place(place, &file)));
    settings.extend(
        config.applications.iter().map(|one| setting(&format!("application.{}", one.name), &one.to_string(), &file)),
    );
    let protected = config.protected != sightline_discover::protected::Protected::default();
    let origin_of_protected = if protected { file.as_str() } else { "default" };
    settings.push(setting("map.protected", config.protected.text(), origin_of_protected));
    settings.extend(
        config.public_ai.iter().map(|one| setting(&format!("public_ai.{}", one.name), &one.hosts.join(" "), &file)),
    );
    settings.extend(config.cluster.url.iter().map(|url| setting("cluster.url", url, &file)));
    settings.extend(config.probe_allow.iter().map(|pattern| setting("probe.allow", pattern, &file)));
    settings.extend(of_server(&config.serve, &file));
    settings.extend(config.notifications.iter().map(|one| {
        setting(
            &format!("notification.{}", one.name),
            &format!("{}, {}", one.channel.as_str(), one.channel.place()),
            &file,
        )
    }));
    settings.extend(config.checks.iter().map(|dir| setting("checks.dirs", &dir.display().to_string(), &file)));
    let until = |rule: &MuteRule| format!("until {}, {}: {}", rule.mute.expires, rule.mute.owner, rule.mute.reason);
    settings.extend(config.mutes.iter().map(|rule| setting(&format!("mute.{}", rule.name()), &until(rule), &file)));
    settings
}

fn of_place(place: &Place, file: &str) -> Vec<Setting> {
    let since = place.since.as_ref().map(ToString::to_string);
    let values = [
        ("place", Some(place.place.as_str())),
        ("source", place.source),
        ("since", since.as_deref()),
        ("profile", place.profile.as_deref()),
        ("role_arn", place.role_arn.as_deref()),
        ("external_id", place.external_id.as_deref()),
        ("region", place.region.as_deref()),
    ];
    let told = |(key, value): (&str, Option<&str>)| Some(setting(&format!("logs.{}.{key}", place.name), value?, file));
    values.into_iter().filter_map(told).collect()
}

fn of_server(serve: &Serve, file: &str) -> Vec<Setting> {
    let told = |key: &str, value: &str| setting(&format!("serve.{key}"), value, file);
    let mut settings: Vec<Setting> = serve.otlp.iter().map(|collector| told("otlp", collector)).collect();
    if let Some(oidc) = &serve.oidc {
        settings.push(told("oidc.issuer", &oidc.issuer));
        settings.push(told("oidc.client_id", &oidc.client_id));
        settings.push(told("oidc.redirect_url", &oidc.redirect_url));
        let role = |(value, role): (&String, &Role)| told(&format!("oidc.roles.{value}"), role.as_str());
        settings.extend(oidc.roles.iter().map(role));
    }
    settings
}

/// Where a setting is from that may be given by a flag, a variable and the file.
fn origin<'o>(flag: &'o str, variable: &'o str, is_given: bool, is_in_file: bool, file: &'o str) -> &'o str {
    match (is_given, is_in_file) {
        (true, _) if world::has_variable(variable) => variable,
        (true, _) => flag,
        (false, true) => file,
        (false, false) => "default",
    }
}

fn setting(name: &str, value: &str, from: &str) -> Setting {
    Setting { setting: name.to_owned(), value: value.to_owned(), from: from.to_owned() }
}
