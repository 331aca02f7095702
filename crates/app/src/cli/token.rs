//! `sightline token`: who may ask the server.

use super::Global;
use super::serve::StateFile;
use crate::exit::Exit;
use crate::serve::auth::Role;
use crate::serve::db::token::Token;
use crate::table::{Table, Tone};
use crate::{print, world};
use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand};
use jiff::{Span, Timestamp};
use serde_json::json;
use sightline_model::untrusted::for_terminal;

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Make, list and take back the tokens of `sightline serve`
#[derive(Debug, Args)]
pub(crate) struct TokenCommand {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    state: StateFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    Create(Create),
    List(List),
    Revoke(Revoke),
}

/// Make a token; it is shown once, and only its hash is kept
#[derive(Debug, Args)]
struct Create {
    /// What it may do: a viewer reads, an operator starts jobs and mutes findings, an admin makes tokens too
    #[arg(long, value_enum)]
    role: Role,
    /// Whose it is, for people
    #[arg(long)]
    name: String,
    /// When it ends: an age (`30d`) or a day (`2026-12-31`) [default: never]
    #[arg(long, value_name = "AGE|DAY")]
    expires: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List the tokens; never their secrets
#[derive(Debug, Args)]
struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Take a token back, at once
#[derive(Debug, Args)]
struct Revoke {
    /// The token's id, as `token list` has it
    id: String,
}

impl TokenCommand {
    /// Does it.
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let db = self.state.open(&global.lake)?;
        match self.action {
            Action::Create(create) => {
                let now = world::now();
                let expires = create.expires.as_deref().map(|text| until(text, now)).transpose()?;
                let name = checked_name(&create.name)?;
                let made = db.mint(world::secret()?, new_id(), name, create.role, now, expires)?;
                db.record(&by_command_line("token.create", &made.token), now)?;
                if create.json {
                    print::json(&json!({ "token": made.token, "secret": made.secret }))?;
                } else {
                    print::line(&made.secret)?;
                    print::note(&format!("token {}, role {}: it is not shown again", made.token.id, made.token.role));
                }
            }
            Action::List(list) => show(&db.tokens()?, list.json)?,
            Action::Revoke(revoke) => {
                let Some(token) = db.revoke(&revoke.id, world::now())? else {
                    bail!("no token has the id `{}`: `sightline token list` has all", revoke.id);
                };
                db.record(&by_command_line("token.revoke", &token), world::now())?;
                print::note(&format!("token {} is taken back", token.id));
            }
        }
        Ok(Exit::Clean)
    }
}

fn by_command_line(action: &str, token: &Token) -> crate::serve::db::audit::Change {
    crate::serve::db::audit::Change {
        actor: "command line".to_owned(),
        role: Role::Admin,
        action: action.to_owned(),
        subject: token.id.clone(),
        detail: json!({ "name": token.name, "role": token.role, "expires_at": token.expires_at }),
        request_id: String::new(),
    }
}

/// Eight hexadecimal digits.
pub(crate) fn new_id() -> String {
    format!("{:08x}", world::seed() & 0xffff_ffff)
}

/// A name that can be shown in a line.
///
/// # Errors
/// It says nothing, or too much.
pub(crate) fn checked_name(name: &str) -> anyhow::Result<&str> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    ensure!(fits, "a name has 1 to {LONGEST_NAME} characters, and none that cannot be printed");
    Ok(name)
}

/// When a token ends.
///
/// # Errors
/// It is neither a time to come nor a day to come.
pub(crate) fn until(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let end = match text.parse::<jiff::civil::Date>() {
        Ok(day) => day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp(),
        Err(_) => {
            let told = || format!("`{text}` is neither a day (2026-12-31) nor a time to come (30d)");
            let span: Span = text.parse().ok().with_context(told)?;
            now.to_zoned(jiff::tz::TimeZone::UTC).checked_add(span).with_context(told)?.timestamp()
        }
    };
    ensure!(end > now, "`{text}` is over: a token ends in the future");
    Ok(end)
}

fn show(tokens: &[Token], json: bool) -> anyhow::Result<()> {
    if json {
        return print::json(&tokens);
    }
    let mut table = Table::new(&["ID", "NAME", "ROLE", "CREATED", "EXPIRES", "LAST USED"]);
    let now = world::now();
    for token in tokens {
        let day = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let is_over = token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now);
        let ends = if token.revoked_at.is_some() { "revoked".to_owned() } else { day(token.expires_at) };
        let tone = if is_over { Tone::Doubt } else { Tone::Plain };
        table.row([
            (token.id.as_str(), Tone::Plain),
            (for_terminal(&token.name).as_str(), Tone::Plain),
            (token.role.as_str(), Tone::Plain),
            (day(Some(token.created_at)).as_str(), Tone::Plain),
            (ends.as_str(), tone),
            (day(token.last_used_at).as_str(), Tone::Plain),
        ]);
    }
    Ok(print::line(table.to_string().trim_end())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_in_the_future() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(until("30d", now).unwrap().to_string(), "2026-12-22T12:00:00Z");
        assert_eq!(until("2026-12-31", now).unwrap().to_string(), "2026-12-31T00:00:00Z");
        assert!(until("2026-11-22", now).unwrap_err().to_string().contains("is over"));
        assert!(until("-1d", now).is_err() && until("soon", now).is_err());
    }

    #[test]
    fn names_fit_in_a_line() {
        assert_eq!(checked_name("  ci ").unwrap(), "ci");
        assert!(checked_name(" ").is_err() && checked_name("a\nb").is_err() && checked_name(&"a".repeat(101)).is_err());
    }
}
