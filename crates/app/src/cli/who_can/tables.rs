//! Answers as tables.

use super::found::{Found, Who};
use crate::print;
use crate::stage::names::short;
use crate::table::{Table, Tone, entry, middle, width};
use sightline_iam::organization::Organization;
use sightline_iam::reach::{Ask, Reached};
use sightline_iam::solve::Tri;
use sightline_model::untrusted::{for_terminal, shortened};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Principals that are named of those who lack a part.
const NAMED: usize = 5;

/// Lists that could not be read and are named.
const UNLISTED: usize = 6;

/// Principals of one way that are named; more are counted.
const SAME_WAY: usize = 4;

/// Text that may stand in several rows, in characters.
const SHORT: usize = 40;

/// What is asked: action, resource, account.
type Asked<'a> = (&'a str, &'a str, &'a str);

/// What is asked, each once, in the order of the asks.
fn asked(asks: &[Ask]) -> Vec<Asked<'_>> {
    let mut seen = BTreeSet::new();
    let asked = asks.iter().map(|ask| (ask.action.as_str(), ask.resource.as_str(), ask.resource_account.as_str()));
    asked.filter(|asked| seen.insert(*asked)).collect()
}

fn by_asked(found: &[Found]) -> BTreeMap<Asked<'_>, Vec<&Found>> {
    let mut out: BTreeMap<Asked<'_>, Vec<&Found>> = BTreeMap::new();
    for one in found {
        out.entry(one.asked()).or_default().push(one);
    }
    for group in out.values_mut() {
        // Of several ways of doing it the best.
        let mut seen = BTreeSet::new();
        group.sort_by_key(|one| (one.decision, one.hops));
        group.retain(|one| seen.insert(one.who.clone()));
        group.sort_by_key(|one| (one.hops, one.decision));
    }
    out
}

/// Everybody that can do it, question by question.
pub(super) fn answers(organization: &Organization, asks: &[Ask], found: &[Found]) -> anyhow::Result<()> {
    let groups = by_asked(found);
    // The only account goes without saying.
    let home = match organization.accounts.keys().collect::<Vec<_>>().as_slice() {
        [one] => one.as_str(),
        _ => "",
    };
    for (at, asked) in asked(asks).into_iter().enumerate() {
        if at > 0 {
            print::line("")?;
        }
        print::line(&title(asked))?;
        let group = groups.get(&asked).map(Vec::as_slice).unwrap_or_default();
        principals(group, home)?;
        workloads(group)?;
        for one in group {
            if let Who::Outside { outside } = &one.who {
                print::line(&for_terminal(&format!("From outside: {} {}", shortened(outside, 200), one.way)))?;
            }
        }
    }
    unlisted(asks, found)
}

/// What may be more, for it could not be listed: answers to what nobody asked.
fn unlisted(asks: &[Ask], found: &[Found]) -> anyhow::Result<()> {
    let asked: BTreeSet<Asked<'_>> = asked(asks).into_iter().collect();
    let more: BTreeSet<&str> =
        found.iter().filter(|one| !asked.contains(&one.asked())).map(|one| one.way.as_str()).collect();
    if more.is_empty() {
        return Ok(());
    }
    print::line("\nThere may be more:")?;
    for text in more.iter().take(UNLISTED) {
        print::line(&entry("-", Tone::Plain, 4, text))?;
    }
    if let Some(rest) = more.len().checked_sub(UNLISTED).filter(|rest| *rest > 0) {
        print::line(&format!("  … and {rest} more; `--json` has all"))?;
    }
    Ok(())
}

/// How many can do it, question by question: a table for each action.
pub(super) fn counts(asks: &[Ask], found: &[Found]) -> anyhow::Result<()> {
    let groups = by_asked(found);
    let asked = asked(asks);
    let mut actions: Vec<&str> = Vec::new();
    for (action, _, _) in &asked {
        if !actions.contains(action) {
            actions.push(action);
        }
    }
    for action in &actions {
        let mut table = Table::new(&["RESOURCE", "REGION", "ACCOUNT", "ALLOW", "DEPENDS"]);
        (3..5).for_each(|column| table.align_right(column));
        for counted in folded(asked.iter().filter(|(own, _, _)| own == action), &groups) {
            counted.row(&mut table);
        }
        print::line(&format!("{}\n{table}", for_terminal(action)))?;
    }
    unlisted(asks, found)?;
    let questions = counted(asked.len(), "question");
    print::line(&format!("{questions}; `sightline who-can ACTION RESOURCE` names who, `--json` all"))?;
    Ok(())
}

/// How many can do it on a resource; one of the same name in several regions, where they are as many, stands once.
struct Counted<'a> {
    name: &'a str,
    regions: Vec<&'a str>,
    owner: &'a str,
    allow: usize,
    depends: usize,
}

fn folded<'a>(
    asked: impl Iterator<Item = &'a Asked<'a>>,
    groups: &BTreeMap<Asked<'a>, Vec<&Found>>,
) -> Vec<Counted<'a>> {
    let mut out: Vec<Counted<'a>> = Vec::new();
    let mut places = BTreeMap::new();
    for asked in asked {
        let one = Counted::of(*asked, groups.get(asked).map(Vec::as_slice).unwrap_or_default());
        let place = *places.entry((one.name, one.owner, one.allow, one.depends)).or_insert(out.len());
        match out.get_mut(place) {
            Some(same) => same.regions.extend(one.regions),
            None => out.push(one),
        }
    }
    out
}

impl<'a> Counted<'a> {
    fn of((_, resource, account): Asked<'a>, group: &[&Found]) -> Self {
        let principals = group.iter().filter(|one| matches!(one.who, Who::Principal { .. }));
        let (allow, depends): (Vec<&Found>, Vec<&Found>) = principals.partition(|one| one.decision == Tri::Allow);
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let part = |at: usize| parts.get(at).copied().unwrap_or_default();
        let name = if parts.len() == 6 { part(5) } else { resource };
        let name = name.split_once('/').map_or(name, |(_, id)| id);
        let owner = if account.is_empty() { part(4) } else { account };
        Self { name, regions: vec![part(3)], owner, allow: allow.len(), depends: depends.len() }
    }

    fn row(&self, table: &mut Table) {
        let name = middle(self.name, usize::from(width()).saturating_sub(50));
        let regions = match self.regions.as_slice() {
            [one] => (*one).to_owned(),
            all => format!("{} regions", all.len()),
        };
        let [allow, depends] = [self.allow, self.depends].map(|count| count.to_string());
        table.row([name.as_str(), &regions, self.owner, &allow, &depends].map(|cell| (cell, Tone::Plain)));
    }
}

/// Who has a part of what it takes: found out the hard way, by an error in one region.
pub(super) fn misses(organization: &Organization, asks: &[Ask], reached: &Reached<'_>) -> anyhow::Result<()> {
    for (at, ask) in asks.iter().enumerate() {
        let misses = reached.misses(at);
        for miss in misses.iter().take(NAMED) {
            let Some(principal) = organization.principals.get(miss.principal) else { continue };
            let lacking = miss.failing.iter().filter(|part| part.tri == Tri::Deny).map(|part| part.label.as_str());
            let lacking = shortened(&lacking.collect::<Vec<_>>().join(", "), 300);
            let (name, resource) = (short(&principal.arn, ""), shortened(&ask.resource, 200));
            print::line(&for_terminal(&format!(
                "Denied {} on {resource} for a part alone: {name} lacks {lacking}",
                ask.action
            )))?;
        }
        if let Some(more) = misses.len().checked_sub(NAMED).filter(|more| *more > 0) {
            print::line(&format!("… and {more} more lack a part"))?;
        }
    }
    Ok(())
}

/// `1 principal`, `2 principals`
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn title((action, resource, account): Asked<'_>) -> String {
    let of = match account {
        "" => String::new(),
        account if resource.contains(account) => String::new(),
        account => format!(", on account {account}"),
    };
    for_terminal(&format!("{action} on {}{of}", shortened(resource, 400)))
}

fn principals(group: &[&Found], home: &str) -> anyhow::Result<()> {
    let mut table = Table::new(&["PRINCIPAL", "DECISION", "HOPS", "WHEN, AND BY WHICH WAY"]);
    table.align_right(2);
    let notes = Notes::of(group);
    let mut alike = Alike::of(group);
    let (mut all, mut conditional) = (0, 0);
    for one in group {
        let Who::Principal { principal } = &one.who else { continue };
        all += 1;
        conditional += usize::from(one.decision == Tri::Conditional);
        match alike.place(one) {
            Place::Named => row(&mut table, &short(principal, home), one, &notes.text(&one.way)),
            Place::Counted(more) => row(&mut table, &format!("… and {more} more"), one, &notes.text(&one.way)),
            Place::Beyond => {}
        }
    }
    if all == 0 {
        print::line("No user and no role.")?;
        return Ok(());
    }
    print::line(table.to_string().trim_end())?;
    for (at, note) in notes.0.iter().enumerate() {
        print::line(&entry(&format!("[{}]", at + 1), Tone::Plain, 7, note))?;
    }
    print::line(&format!("{}, {conditional} conditional; `--json` has all", counted(all, "principal")))?;
    Ok(())
}

/// Principals that get there through others, by the same way and under the same conditions: some are named, the rest counted.
struct Alike<'a>(BTreeMap<(u32, Tri, &'a str), (usize, usize)>);

/// What becomes of one of them.
enum Place {
    Named,
    Counted(usize),
    Beyond,
}

impl<'a> Alike<'a> {
    fn of(group: &[&'a Found]) -> Self {
        let mut counts: BTreeMap<_, (usize, usize)> = BTreeMap::new();
        for one in group.iter().filter(|one| one.hops > 0 && matches!(one.who, Who::Principal { .. })) {
            counts.entry((one.hops, one.decision, one.way.as_str())).or_default().0 += 1;
        }
        Self(counts)
    }

    fn place(&mut self, one: &'a Found) -> Place {
        let Some((all, seen)) = self.0.get_mut(&(one.hops, one.decision, one.way.as_str())) else {
            return Place::Named;
        };
        *seen += 1;
        match *seen {
            seen if *all <= SAME_WAY || seen < SAME_WAY => Place::Named,
            SAME_WAY => Place::Counted(*all + 1 - SAME_WAY),
            _ => Place::Beyond,
        }
    }
}

/// Long texts that stand in several rows, told once below them.
struct Notes<'a>(Vec<&'a str>);

impl<'a> Notes<'a> {
    fn of(group: &[&'a Found]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for one in group.iter().filter(|one| one.way.chars().count() > SHORT) {
            *counts.entry(&one.way).or_default() += 1;
        }
        Self(counts.into_iter().filter(|(_, count)| *count > 1).map(|(text, _)| text).collect())
    }

    fn text(&self, text: &'a str) -> Cow<'a, str> {
        match self.0.iter().position(|note| *note == text) {
            Some(at) => format!("[{}]", at + 1).into(),
            None => text.into(),
        }
    }
}

fn workloads(group: &[&Found]) -> anyhow::Result<()> {
    let mut table = Table::new(&["WORKLOAD", "DECISION", "HOPS", "ROLE, AND WHEN"]);
    table.align_right(2);
    let notes = Notes::of(group);
    let mut any = false;
    for one in group {
        let Who::Workload { workload, role } = &one.who else { continue };
        any = true;
        let home = role.split(':').nth(4).unwrap_or_default();
        let role = short(role, home);
        let text = if one.way.is_empty() { role.into_owned() } else { format!("{role}; {}", notes.text(&one.way)) };
        row(&mut table, workload.splitn(6, ':').nth(5).unwrap_or(workload), one, &text);
    }
    if any {
        print::line("")?;
        print::line(table.to_string().trim_end())?;
    }
    Ok(())
}

fn row(table: &mut Table, name: &str, found: &Found, text: &str) {
    let name = middle(name, usize::from(width()) / 3);
    let tone = if found.decision == Tri::Conditional { Tone::Doubt } else { Tone::Plain };
    let hops = found.hops.to_string();
    table.row([
        (name.as_str(), Tone::Plain),
        (found.decision.as_str(), tone),
        (&hops, Tone::Plain),
        (text, Tone::Plain),
    ]);
}
