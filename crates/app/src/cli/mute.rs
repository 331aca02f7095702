//! `sightline mute`: live with a finding for a time, and say why, who answers, and until when.

use super::Global;
use super::own_checks::OwnChecks;
use crate::config::{Config, MuteRule};
use crate::exit::Exit;
use crate::{print, stage, world};
use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Span;
use jiff::civil::Date;
use sightline_model::Finding;
use sightline_model::pattern::matches;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// Do not count a finding, or a check on some resources, until a day: written to `sightline.toml`
///
/// What is muted is still found, kept and shown with `findings --muted` and in reports; it does not count for the exit status. After
/// its last day a mute mutes nothing, and every run says so.
#[derive(Debug, Args)]
pub(crate) struct MuteCommand {
    /// A finding (32 hexadecimal digits, as `findings --json` has them), or a check's id, `*` for any text
    #[arg(value_name = "FINDING|CHECK")]
    what: String,
    /// Only resources whose ARN is so, `*` for any text [default: that of the finding]
    #[arg(long, value_name = "PATTERN")]
    resource: Option<String>,
    /// Only in this account [default: that of the finding]
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Only in this region [default: that of the finding]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Why that is all right
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    owner: String,
    /// Its last day (2026-12-31), or for how long (90d)
    #[arg(long, value_name = "DAY|AGE")]
    expires: String,
    #[command(flatten)]
    own: OwnChecks,
}

/// What a mute covers.
pub(crate) struct Scope {
    pub(crate) check: String,
    pub(crate) resource: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
}

impl Scope {
    /// One finding alone.
    pub(crate) fn of(finding: &Finding) -> Self {
        Self {
            check: finding.check_id.clone(),
            resource: Some(finding.resource.clone()),
            account: Some(finding.account_id.clone()),
            region: Some(finding.region.clone()),
        }
    }

    fn is_of(&self, rule: &MuteRule) -> bool {
        let MuteRule { check, resource, account, region, .. } = rule;
        (check, resource, account, region) == (&self.check, &self.resource, &self.account, &self.region)
    }
}

/// Writes a mute down; nothing where there is the same already.
///
/// # Errors
/// It says too little or too much; the file cannot be read again or written.
pub(crate) fn add(
    path: &Path,
    text: &str,
    scope: &Scope,
    reason: &str,
    owner: &str,
    expires: Date,
) -> anyhow::Result<Option<MuteRule>> {
    let text = appended(text, &table(scope, reason, owner, expires))
        .with_context(|| format!("cannot add to `{}`", path.display()))?;
    // What is written must be read again.
    let mut rules = Config::of_text(path, text.clone())?.mutes;
    let Some(added) = rules.pop().filter(|added| !rules.contains(added)) else { return Ok(None) };
    replace(path, &text).with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(Some(added))
}

/// Takes out the mutes that cover just this; how many. The rest of the file stays as it is.
///
/// # Errors
/// The file cannot be understood or written.
pub(crate) fn remove(path: &Path, text: &str, scope: &Scope) -> anyhow::Result<usize> {
    let rules = Config::of_text(path, text.to_owned())?.mutes;
    let mut document: DocumentMut = text.parse()?;
    let meant: Vec<usize> = rules.iter().enumerate().filter(|(_, rule)| scope.is_of(rule)).map(|(at, _)| at).collect();
    let Some(mutes) = document.get_mut("mute").and_then(Item::as_array_of_tables_mut) else { return Ok(0) };
    for at in meant.iter().rev() {
        mutes.remove(*at);
    }
    if !meant.is_empty() {
        replace(path, &document.to_string()).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(meant.len())
}

impl MuteCommand {
    /// Writes it down.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let today = world::today();
        let expires = until(&self.expires, today)?;
        let config = Config::load(global.config.as_deref())?;
        let scope = self.scope(global, &config).await?;
        let path = Config::place_of(global.config.as_deref());
        match add(&path, &config.text, &scope, &self.reason, &self.owner, expires)? {
            Some(rule) => print::line(&told(&rule, &path))?,
            None => print::note("it is muted so already"),
        }
        Ok(Exit::Clean)
    }

    async fn scope(&self, global: &Global, config: &Config) -> anyhow::Result<Scope> {
        if self.what.len() == 32 && self.what.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let finding = finding(global, &self.what).await?;
            return Ok(Scope {
                check: finding.check_id,
                resource: self.resource.clone().or(Some(finding.resource)),
                account: self.account.clone().or(Some(finding.account_id)),
                region: self.region.clone().or(Some(finding.region)),
            });
        }
        let checks = stage::probed::with_families(self.own.load(config)?);
        if !checks.iter().any(|check| matches(&self.what, &check.id)) {
            bail!("no check is named `{}`: `sightline checks list` has all", self.what);
        }
        let (resource, account, region) = (self.resource.clone(), self.account.clone(), self.region.clone());
        Ok(Scope { check: self.what.clone(), resource, account, region })
    }
}

fn table(scope: &Scope, reason: &str, owner: &str, expires: Date) -> Table {
    let mut table = Table::new();
    let mut put = |key: &str, text: &str| table.insert(key, value(text));
    put("check", &scope.check);
    for (key, text) in [("resource", &scope.resource), ("account", &scope.account), ("region", &scope.region)] {
        if let Some(text) = text {
            put(key, text);
        }
    }
    put("reason", reason);
    put("owner", owner);
    put("expires", &expires.to_string());
    table
}

async fn finding(global: &Global, id: &str) -> anyhow::Result<Finding> {
    let lake = stage::open(&global.lake).await?;
    // The id is hexadecimal digits alone: it cannot leave its quotes.
    let sql = format!("SELECT * FROM current_finding WHERE fingerprint = '{}'", id.to_lowercase());
    let found: Vec<Finding> = stage::session(&lake).await?.sql(&sql).await?.rows_as()?;
    found.into_iter().next().with_context(|| format!("no finding of the newest run has the id `{id}`"))
}

/// The last day of a mute.
pub(crate) fn until(text: &str, today: Date) -> anyhow::Result<Date> {
    let day = match text.parse::<Date>() {
        Ok(day) => day,
        Err(_) => {
            let span: Span = text
                .parse()
                .ok()
                .with_context(|| format!("`{text}` is neither a day (2026-12-31) nor a time to come (90d)"))?;
            today.checked_add(span).with_context(|| format!("`{text}` is longer than there is time"))?
        }
    };
    if day < today {
        bail!("`{text}` is over: a mute ends today or later");
    }
    Ok(day)
}

/// The text with one more mute at its end; comments and order stay as they are.
fn appended(text: &str, table: &Table) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let mutes = document.entry("mute").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(mutes) = mutes.as_array_of_tables_mut() else {
        bail!("`mute` stands there as a value: write each as `[[mute]]`");
    };
    mutes.push(table.clone());
    Ok(document.to_string())
}

/// Writes the file as a whole or not at all.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(path)?;
    Ok(())
}

fn told(rule: &MuteRule, path: &Path) -> String {
    format!("muted {} until {}, written to {}", rule.name(), rule.mute.expires, path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_stay_and_the_mute_comes_last() {
        let mut table = Table::new();
        table.insert("check", value("s3-*"));
        let before = "# ours\n[keep]\nraw_flows = true # all\n\n[[mute]]\ncheck = \"a\" # why\n";
        insta::assert_snapshot!(appended(before, &table).unwrap(), @r#"
        # ours
        [keep]
        raw_flows = true # all

        [[mute]]
        check = "a" # why

        [[mute]]
        check = "s3-*"
        "#);
        assert_eq!(appended("", &table).unwrap(), "[[mute]]\ncheck = \"s3-*\"\n");
        assert!(appended("mute = 3", &table).is_err());
    }

    #[test]
    fn a_mute_is_taken_out_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sightline.toml");
        let scope = |resource: &str| Scope {
            check: "s3-open".to_owned(),
            resource: Some(resource.to_owned()),
            account: Some("111111111111".to_owned()),
            region: Some("us-east-1".to_owned()),
        };
        let before = "# ours\n[keep]\nraw_flows = true\n";
        let day = "2026-12-31".parse().unwrap();
        assert!(add(&path, before, &scope("a"), "known", "me", day).unwrap().is_some());
        let text = fs::read_to_string(&path).unwrap();
        assert!(add(&path, &text, &scope("a"), "known", "me", day).unwrap().is_none(), "it is there already");
        assert_eq!(remove(&path, &text, &scope("b")).unwrap(), 0);
        assert_eq!(remove(&path, &text, &scope("a")).unwrap(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap().trim_end(), before.trim_end());
    }

    #[test]
    fn a_day_or_a_time_to_come() {
        let today: Date = "2026-11-22".parse().unwrap();
        let day = |text: &str| until(text, today).map(|day| day.to_string()).map_err(|error| error.to_string());
        assert_eq!(day("2026-12-31").unwrap(), "2026-12-31");
        assert_eq!(day("90d").unwrap(), "2027-02-20");
        assert_eq!(day("2026-11-22").unwrap(), "2026-11-22");
        assert!(day("2026-11-21").unwrap_err().contains("is over"));
        assert!(day("soon").unwrap_err().contains("neither a day"));
    }
}
