//! Prompts that a user brings from elsewhere, as a pack of their own: garak's reports, PyRIT's seeds, tables and lines of JSON.
//!
//! | what | how it is told |
//! |---|---|
//! | garak's `report.jsonl` | lines with `"entry_type": "attempt"`; a run against its own `test.Blank` makes one without asking a model |
//! | PyRIT's seeds | YAML with `prompts` or `seeds` |
//! | CSV with a header, lines of JSON | a column `goal`, `prompt`, `behavior`, `question` or `text`; perhaps `target`, `category`, `id`, `system` |
//!
//! Nothing of a bought or found set tells by itself what breaks a model. A set's own trigger words and targets are taken over; where
//! there are none, the refusal detector judges alone, and such a probe's technique is `imported, judged by refusal`. An answer that
//! it cannot tell stays undecided.

mod draft;
mod garak;
mod pyrit;
mod table;

use crate::ProbeError;
use crate::pack::{About, Pack};
use draft::Draft;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Bytes of a file, at most.
pub const LARGEST_FILE: u64 = 64 << 20;
/// Prompts of a file, at most.
const MOST_PROMPTS: usize = 20_000;
/// Reasons that are told; the others are counted.
const MOST_REASONS: usize = 20;

/// How to bring prompts in.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// the new pack's id
    pub id: String,
    /// the prompts are plain ones, which must be answered
    pub benign: bool,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// the new pack
    pub pack: Pack,
    /// probes that the refusal detector judges alone
    pub judged_by_refusal: usize,
    /// the same prompt once more
    pub doubles: usize,
    /// prompts that cannot be used
    pub left_out: usize,
    /// where the first of those are, and why
    pub reasons: Vec<String>,
}

/// Prompts of a file, and what of it cannot be used.
#[derive(Debug, Default)]
struct Found {
    drafts: Vec<Draft>,
    /// `(place, reason)`
    left_out: Vec<(String, String)>,
}

/// Reads prompts of another tool. `name` is the file's name: it tells what the text is, and stands in messages.
///
/// # Errors
/// The text is of no kind that is known, a row of it is broken, or nothing of it can be used; the message names the row.
pub fn import(name: &str, text: &str, options: &ImportOptions) -> Result<Imported, ProbeError> {
    if !is_id(&options.id) {
        return Err(ProbeError::file(
            "",
            &options.id,
            "a pack's id has small letters, digits and hyphens only, such as `our-set`",
        ));
    }
    let found = match kind(name, text) {
        Some(Kind::Garak) => garak::read(text),
        Some(Kind::Pyrit) => pyrit::read(text),
        Some(Kind::Csv) => table::read_csv(text),
        Some(Kind::Jsonl) => table::read_jsonl(text),
        None => Err((0, "name the file `*.csv`, `*.jsonl`, `*.yaml` or `*.prompt`, after what it holds".to_owned())),
    };
    let found = found.map_err(|(row, reason)| match row {
        0 => ProbeError::file("", name, reason),
        row => ProbeError::file("", &format!("{name}:{row}"), reason),
    })?;
    packed(name, found, options)
}

/// Writes a pack as files that can be read, changed and loaded again.
///
/// # Errors
/// The folder is there already, or a file cannot be written.
pub fn write(pack: &Pack, folder: &Path) -> Result<(), ProbeError> {
    let folder = folder.join(&pack.about.id);
    let fault = |path: &Path, reason: &dyn std::fmt::Display| ProbeError::file("", &path.display().to_string(), reason);
    if folder.exists() {
        return Err(fault(&folder, &"it is there already; name another folder, or remove it"));
    }
    fs::create_dir_all(&folder).map_err(|error| fault(&folder, &error))?;
    let put = |file: String, text: Result<String, toml::ser::Error>| {
        let path = folder.join(file);
        let text = text.map_err(|error| fault(&path, &error))?;
        fs::write(&path, text).map_err(|error| fault(&path, &error))
    };
    put("pack.toml".to_owned(), toml::to_string(&pack.about))?;
    pack.probes.iter().try_for_each(|probe| put(format!("{}.toml", probe.id), toml::to_string(probe)))
}

enum Kind {
    Garak,
    Pyrit,
    Csv,
    Jsonl,
}

fn kind(name: &str, text: &str) -> Option<Kind> {
    let (_, extension) = name.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "yaml" | "yml" | "prompt" => Some(Kind::Pyrit),
        "csv" => Some(Kind::Csv),
        "jsonl" | "ndjson" | "json" => match text.lines().take(200).any(|line| line.contains("\"entry_type\"")) {
            true => Some(Kind::Garak),
            false => Some(Kind::Jsonl),
        },
        _ => None,
    }
}

fn packed(name: &str, found: Found, options: &ImportOptions) -> Result<Imported, ProbeError> {
    let mut left_out = found.left_out;
    let mut seen = BTreeSet::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let (mut probes, mut doubles) = (Vec::new(), 0);
    for draft in found.drafts {
        if let Err(reason) = draft.check() {
            left_out.push((draft.place.clone(), reason));
        } else if !seen.insert(draft.fingerprint()) {
            doubles += 1;
        } else {
            let family = draft.family();
            let number = numbers.entry(family.clone()).or_default();
            *number += 1;
            probes.push(draft.probe(format!("{family}-{number:05}"), name, options.benign));
        }
    }
    if probes.is_empty() {
        let why =
            left_out.first().map_or_else(|| "it has none".to_owned(), |(place, reason)| format!("{place}: {reason}"));
        return Err(ProbeError::file("", name, format!("no prompt of it can be used: {why}")));
    }
    if probes.len() > MOST_PROMPTS {
        let reason = format!("it has {} prompts, and a pack {MOST_PROMPTS} at most; split the file", probes.len());
        return Err(ProbeError::file("", name, reason));
    }
    probes.sort_by(|one, other| one.id.cmp(&other.id));
    let about = About {
        id: options.id.clone(),
        version: "1.0.0".into(),
        title: format!("Imported from {name}"),
        about: format!(
            "{} prompts from `{name}`. Their licence is that of the set; it was not looked at.",
            probes.len()
        ),
        licence: "NOASSERTION".into(),
    };
    Ok(Imported {
        judged_by_refusal: probes.iter().filter(|probe| probe.technique == draft::BY_REFUSAL).count(),
        doubles,
        left_out: left_out.len(),
        reasons: left_out.iter().take(MOST_REASONS).map(|(place, reason)| format!("{place}: {reason}")).collect(),
        pack: Pack { about, probes },
    })
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 60
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
