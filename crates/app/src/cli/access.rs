//! `sightline access`: what principals are granted, beside what they use.

mod events;

use super::Global;
use crate::exit::Exit;
use crate::stage::access;
use crate::stage::names::short;
use crate::table::{self, Table, Tone, middle, width};
use crate::{print, stage};
use clap::{Args, Subcommand};
use sightline_discover::access::{Unused, Use};
use sightline_model::ModelAccess;
use sightline_model::model_access::AccessDecision;
use sightline_report::EventOutputSpec;
use std::collections::{BTreeMap, BTreeSet};

/// Where the text beside a word begins.
const INDENT: usize = 11;

/// Tell who may use which AI, and what of it nobody uses
#[derive(Debug, Args)]
pub(crate) struct Access {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Unused(UnusedOf),
}

/// Work out who may use which AI, directly and through others, and keep it as the table `model_access`
#[derive(Debug, Args)]
struct List {
    /// Write an event a principal: `ocsf`, `ocsf=FILE`
    #[arg(long, short, value_name = "FORMAT[=FILE]", conflicts_with = "json")]
    output: Option<EventOutputSpec>,
    /// Print every row as JSON, with the ways
    #[arg(long)]
    json: bool,
}

/// Compare what a principal is granted with what the logs show that it uses; exits with 3 where they cannot tell
#[derive(Debug, Args)]
struct UnusedOf {
    /// ARN of a user or role; or `role/NAME`, `user/NAME`, a name; or a workload that runs as a role
    principal: String,
    /// Print the right-sized policy, in place of all that the principal has
    #[arg(long, conflicts_with = "json")]
    policy: bool,
    /// Write the comparison as an event: `ocsf`, `ocsf=FILE`
    #[arg(long, short, value_name = "FORMAT[=FILE]", conflicts_with_all = ["json", "policy"])]
    output: Option<EventOutputSpec>,
    /// Print the comparison as JSON
    #[arg(long)]
    json: bool,
}

impl Access {
    /// Runs the action.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::List(list) => list.run(global).await,
            Action::Unused(unused) => unused.run(global).await,
        }
    }
}

impl List {
    async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let asked = access::from_lake(&lake).await?;
        asked.warn();
        let rows = access::evaluate(&lake, &asked).await?;
        if let Some(output) = &self.output {
            events::all(output, &rows)?;
        } else if self.json {
            print::json(&rows)?;
        } else {
            show(&rows)?;
        }
        Ok(Exit::Clean)
    }
}

/// By principal and action how many resources.
fn show(rows: &[ModelAccess]) -> anyhow::Result<()> {
    let mut groups: BTreeMap<(&str, &str), (usize, usize, i64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.workload_arn.is_empty()) {
        let (allow, depends, hops) = groups.entry((&row.principal_arn, &row.action)).or_insert((0, 0, i64::MAX));
        *(if row.decision == AccessDecision::Allow { allow } else { depends }) += 1;
        *hops = row.hops.min(*hops);
    }
    let room = usize::from(width()).saturating_sub(26);
    // The only account goes without saying.
    let accounts: BTreeSet<&str> = rows.iter().map(|row| row.account_id.as_str()).collect();
    let home = if accounts.len() == 1 { accounts.first().copied().unwrap_or_default() } else { "" };
    let mut table = Table::new(&["PRINCIPAL", "ACTION", "ALLOW", "DEPENDS", "HOPS"]);
    (2..5).for_each(|column| table.align_right(column));
    for ((principal, action), (allow, depends, hops)) in &groups {
        let (principal, action) = (middle(&short(principal, home), room * 3 / 7), middle(action, room * 4 / 7));
        let [allow, depends, hops] = [allow.to_string(), depends.to_string(), hops.to_string()];
        table.row([&principal, &action, &allow, &depends, &hops].map(|cell| (cell.as_str(), Tone::Plain)));
    }
    print::line(table.to_string().trim_end())?;
    print::line(&format!(
        "{} rows in `current_model_access`; ALLOW and DEPENDS count resources, HOPS are the fewest.\n\
         `sightline who-can ACTION RESOURCE` tells by which way; `--json` has all.",
        rows.len()
    ))?;
    Ok(())
}

impl UnusedOf {
    async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let asked = access::from_lake(&lake).await?;
        let principal = asked.principal(&self.principal)?;
        let arn = asked.organization().principals.get(principal).map_or("", |principal| principal.arn.as_str());
        let unused = sightline_discover::access::unused(&stage::session(&lake).await?, arn).await?;
        if let Some(output) = &self.output {
            events::one(output, &unused)?;
        } else if self.json {
            print::json(&unused)?;
        } else if self.policy {
            let Some(policy) = &unused.proposal else {
                anyhow::bail!("no policy can be proposed: {}", unused.rests_on.join("; "));
            };
            print::json(policy)?;
            unused.rests_on.iter().for_each(|on| print::warning(on));
        } else {
            told(&unused)?;
        }
        Ok(if unused.proposal.is_some() { Exit::Clean } else { Exit::Incomplete })
    }
}

fn told(unused: &Unused) -> anyhow::Result<()> {
    say("principal", &unused.principal)?;
    match &unused.period {
        Some(period) => say("period", &format!("{} to {}", period.first, period.last))?,
        None => say("period", "no logs: nothing is known of use")?,
    }
    print::line("")?;
    let mut table = Table::new(&["GRANTED", "SEEN", "CALLS", "LAST"]);
    table.align_right(2);
    let mut rows: Vec<(Use, &str, i64, String)> = Vec::new();
    let time =
        |last: Option<jiff::Timestamp>| last.map(|last| last.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
    rows.extend(unused.actions.iter().map(|one| (one.seen, one.action.as_str(), one.calls, time(one.last_seen))));
    let services: Vec<(Use, String, i64, String)> = unused
        .services
        .iter()
        .map(|one| (one.seen, format!("{}:*", one.service), one.calls, time(one.last_seen)))
        .collect();
    rows.extend(services.iter().map(|(seen, name, calls, last)| (*seen, name.as_str(), *calls, last.clone())));
    rows.sort();
    for (seen, name, calls, last) in &rows {
        let (word, tone) = seen_word(*seen);
        let calls = if *seen == Use::Used { calls.to_string() } else { String::new() };
        table.row([(*name, Tone::Plain), (word, tone), (calls.as_str(), Tone::Plain), (last.as_str(), Tone::Plain)]);
    }
    print::line(table.to_string().trim_end())?;
    let count = |wanted: Use| rows.iter().filter(|(seen, ..)| *seen == wanted).count();
    let (used, not_used, not_shown) = (count(Use::Used), count(Use::Unused), count(Use::NotShown));
    print::line(&format!("{used} used, {not_used} unused, {not_shown} that logs do not show\n"))?;
    for (at, on) in unused.rests_on.iter().enumerate() {
        say(if at == 0 { "rests on" } else { "" }, on)?;
    }
    if unused.proposal.is_some() {
        print::line("\n`--policy` prints the policy of what is used and of what logs do not show.")?;
    }
    Ok(())
}

fn seen_word(seen: Use) -> (&'static str, Tone) {
    match seen {
        Use::Used => ("used", Tone::Plain),
        Use::Unused => ("unused", Tone::Bad),
        Use::NotShown => ("not shown", Tone::Doubt),
    }
}

fn say(word: &str, text: &str) -> anyhow::Result<()> {
    print::line(&table::entry(word, Tone::Plain, INDENT + 2, text))?;
    Ok(())
}
