//! `sightline.toml`: whether it is understood, and whether what it names is there.

use super::line::Line;
use crate::config::Config;
use crate::fault::FileFault;
use std::path::Path;

const CHECK: &str = "configuration";

/// Reads the file that is in force.
pub(super) fn lines(named: Option<&Path>) -> Vec<Line> {
    match Config::load(named) {
        Ok(config) => of_config(&config),
        Err(error) => vec![of_error(&error, named)],
    }
}

fn of_config(config: &Config) -> Vec<Line> {
    if config.path.is_none() {
        return vec![Line::ok(CHECK, "there is no sightline.toml: the defaults are in force")];
    }
    let mut lines = vec![Line::ok(CHECK, format!("`{}` is understood", config.name()))];
    lines.extend(config.checks.iter().filter(|folder| !folder.is_dir()).map(|folder| {
        Line::wrong(
            CHECK,
            format!("`{}` names a folder of checks that is not there: `{}`", config.name(), folder.display()),
            "make it, or correct `checks.dirs`",
        )
    }));
    lines
}

fn of_error(error: &anyhow::Error, named: Option<&Path>) -> Line {
    if let Some(fault) = error.downcast_ref::<FileFault>() {
        let place = fault.line().map(|line| format!("line {line}: ")).unwrap_or_default();
        let fix = "correct it; `sightline config schema` is what it may say, `sightline config show` shows the place";
        return Line::wrong(CHECK, format!("{place}{fault}"), fault.help_text().unwrap_or(fix));
    }
    let fix = match Config::place_of(named) {
        path if path.exists() => "let this user read it",
        _ => "correct `--config` or SIGHTLINE_CONFIG: the file is not there",
    };
    Line::wrong(CHECK, format!("{error:#}"), fix)
}
