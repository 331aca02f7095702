//! The path as a tree, made for 80 columns.

use super::words;
use crate::table::{self, Tone, middle, width};
use sightline_discover::lineage::{Call, Lineage, Link, LinkKind, Node, Unseen, Wanted};
use sightline_model::untrusted::for_terminal;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Branches of one resource that are shown.
const SHOWN: usize = 25;
/// Tables of one reason that are named.
const NAMED: usize = 4;
/// Names get no narrower than this.
const NARROWEST: usize = 24;

/// The whole answer.
pub(crate) fn text(lineage: &Lineage, wanted: Wanted) -> String {
    let mut tree = Tree { lineage, notes: Vec::new(), out: String::new() };
    tree.root();
    if wanted.up {
        tree.direction("Comes from", &lineage.up, true);
    }
    if wanted.down {
        tree.direction("Goes to", &lineage.down, false);
    }
    tree.beside();
    tree.footnotes();
    tree.out
}

struct Tree<'l> {
    lineage: &'l Lineage,
    /// What could not be seen, each once: a footnote.
    notes: Vec<String>,
    out: String,
}

/// The links of one direction, by the node that they lead from.
struct Branches<'l> {
    of: BTreeMap<&'l str, Vec<&'l Link>>,
    up: bool,
}

impl<'l> Branches<'l> {
    fn end(&self, link: &'l Link) -> &'l str {
        if self.up { &link.source } else { &link.target }
    }
}

impl<'l> Tree<'l> {
    fn root(&mut self) {
        let Some(node) = self.lineage.nodes.get(&self.lineage.root) else { return };
        let marks = self.marks(node);
        let line = format!("{} {}{marks}", words::kind(node), node.title);
        self.line("", &line);
        if node.arn != node.title {
            self.line("", &node.arn);
        }
    }

    fn direction(&mut self, title: &str, links: &'l [Link], up: bool) {
        let mut branches = Branches { of: BTreeMap::new(), up };
        for link in links {
            let from = if up { &link.target } else { &link.source };
            branches.of.entry(from.as_str()).or_default().push(link);
        }
        self.out.push('\n');
        self.line("", title);
        let mut seen = BTreeSet::from([self.lineage.root.as_str()]);
        if !self.branch(&branches, &self.lineage.root, "", &mut seen) {
            self.line("", "  nothing that was read");
        }
    }

    /// The branches of one node; whether there are any.
    fn branch(&mut self, branches: &Branches<'l>, arn: &str, prefix: &str, seen: &mut BTreeSet<&'l str>) -> bool {
        let links = branches.of.get(arn).map(Vec::as_slice).unwrap_or_default();
        let more = links.len().saturating_sub(SHOWN);
        let callers = self.lineage.nodes.get(arn).map_or(0, |node| node.more_callers) * usize::from(!branches.up);
        let tail: Vec<String> =
            [(more, "more, which `-o json` has"), (callers, "more may call it: see `sightline who-can`")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("… {count} {what}"))
                .collect();
        let shown = links.len() - more;
        for (at, link) in links.iter().take(SHOWN).enumerate() {
            let is_last = at + 1 == shown && tail.is_empty();
            let next = branches.end(link);
            let is_new = seen.insert(next);
            let head = format!("{prefix}{}", if is_last { "└── " } else { "├── " });
            self.link(&head, link, next, branches.up, is_new);
            if is_new {
                let prefix = format!("{prefix}{}", if is_last { "    " } else { "│   " });
                self.branch(branches, next, &prefix, seen);
            }
        }
        for (at, text) in tail.iter().enumerate() {
            self.line(&format!("{prefix}{}", if at + 1 == tail.len() { "└── " } else { "├── " }), text);
        }
        !links.is_empty() || !tail.is_empty()
    }

    fn link(&mut self, head: &str, link: &Link, next: &str, up: bool, is_new: bool) {
        let Some(node) = self.lineage.nodes.get(next) else { return };
        let word = if up { words::up(link.kind) } else { words::down(link.kind) };
        let marks = if is_new { self.marks(node) } else { " (above)".to_owned() };
        let calls = match link.kind {
            LinkKind::Call(Call::Calls) => format!(", {} calls", link.detail),
            LinkKind::Call(Call::MayCall) if link.detail != "allow" => ", it depends".to_owned(),
            _ => String::new(),
        };
        let kind = words::kind(node);
        let around = [head, word, &kind, &calls, &marks].iter().map(|text| text.chars().count()).sum::<usize>() + 2;
        let room = usize::from(width()).saturating_sub(around).max(NARROWEST);
        let name = middle(&node.title, room);
        self.line(head, &format!("{word} {kind} {name}{calls}{marks}"));
    }

    fn beside(&mut self) {
        if self.lineage.beside.is_empty() {
            return;
        }
        self.out.push('\n');
        self.line("", "Beside");
        for link in self.lineage.beside.iter().take(SHOWN) {
            let names = link.source == self.lineage.root;
            let other = if names { &link.target } else { &link.source };
            let (Some(node), LinkKind::Declared(kind)) = (self.lineage.nodes.get(other), link.kind) else { continue };
            let marks = self.marks(node);
            let word = words::beside(kind, names);
            let kind = words::kind(node);
            let room = usize::from(width()).saturating_sub(word.len() + kind.len() + marks.len() + 4).max(NARROWEST);
            self.line("  ", &format!("{word} {kind} {}{marks}", middle(&node.title, room)));
        }
        if let Some(more) = self.lineage.beside.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            self.line("  ", &format!("… {more} more, which `-o json` has"));
        }
    }

    /// ` ? [1]`: something about it could not be seen, and the footnotes say what.
    fn marks(&mut self, node: &Node) -> String {
        let mut marks = String::new();
        for text in said(&node.unseen) {
            let at = self.notes.iter().position(|note| *note == text).unwrap_or_else(|| {
                self.notes.push(text);
                self.notes.len() - 1
            });
            let _ = write!(marks, "[{}]", at + 1);
        }
        if marks.is_empty() { marks } else { format!(" ? {marks}") }
    }

    fn footnotes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        if !notes.is_empty() {
            self.out.push_str("\nUnknown\n");
        }
        for (at, note) in notes.iter().enumerate() {
            let _ = writeln!(self.out, "{}", table::entry(&format!("[{}]", at + 1), Tone::Doubt, 8, note));
        }
        if self.lineage.cut {
            self.out.push_str("\nThe path goes on: `--depth` shows more.\n");
        }
        for note in &self.lineage.notes {
            let _ = writeln!(self.out, "\n{}", table::entry("note", Tone::Plain, 8, note));
        }
    }

    fn line(&mut self, head: &str, text: &str) {
        let _ = writeln!(self.out, "{head}{}", for_terminal(text));
    }
}

/// A sentence a reason, with the tables of which it is said; those that were denied first, for that can be changed.
fn said(unseen: &[Unseen]) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in unseen {
        // `could not be read (denied: service:Action)`: the action belongs to the table.
        match one.reason.split_once(" (").filter(|_| !one.table.is_empty()) {
            Some((reason, action)) => reasons.entry(reason).or_default().push(format!("{} ({action}", one.table)),
            None => reasons.entry(&one.reason).or_default().push(one.table.clone()),
        }
    }
    let sentence = |(reason, mut tables): (&str, Vec<String>)| {
        tables.sort_by_key(|table| !table.contains("(denied: "));
        let more = tables.len().saturating_sub(NAMED);
        let named = tables.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        match more {
            0 => format!("{reason}: {named}").trim_end_matches(": ").to_owned(),
            more => format!("{reason}: {named} and {more} tables more, which `-o json` has"),
        }
    };
    reasons.into_iter().map(sentence).collect()
}
