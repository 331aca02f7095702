//! The catalogue of probes as Markdown.

use crate::oracle::Rule;
use crate::pack::{Pack, Probe, Requirement, requirements};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A page with every pack and probe: what it tries, how it is judged, which requirements it serves. Prompts are not repeated.
pub fn cards(packs: &[Pack]) -> String {
    // A probe in another way of writing is no probe of its own here.
    let packs: Vec<(&Pack, BTreeMap<&str, Vec<&Probe>>)> = packs.iter().map(|pack| (pack, files(pack))).collect();
    let mut page = String::from("# Probes\n");
    contents(&mut page, &packs);
    for (pack, probes) in &packs {
        family(&mut page, pack, probes);
    }
    matrix(&mut page, &packs);
    page
}

/// Probes by their file: all ways of writing together.
fn files(pack: &Pack) -> BTreeMap<&str, Vec<&Probe>> {
    let mut files: BTreeMap<&str, Vec<&Probe>> = BTreeMap::new();
    for probe in &pack.probes {
        files.entry(file(probe)).or_default().push(probe);
    }
    files
}

fn file(probe: &Probe) -> &str {
    probe.id.split_once('+').map_or(probe.id.as_str(), |(file, _)| file)
}

fn contents(page: &mut String, packs: &[(&Pack, BTreeMap<&str, Vec<&Probe>>)]) {
    let files: usize = packs.iter().map(|(_, probes)| probes.len()).sum();
    let prompts: usize = packs.iter().map(|(pack, _)| pack.probes.len()).sum();
    let twins = packs.iter().flat_map(|(pack, _)| &pack.probes).filter(|probe| probe.twin.is_some()).count();
    let _ = write!(
        page,
        "\n{files} probes, {prompts} prompts with their transforms, and {twins} benign twins. Each goal is harmless: a secret must stay in, a \
         marker must stay out, or a plain question must be answered. `sightline probe plan` shows what a run would send and cost.\n\n\
         | pack | probes | prompts | twins | what it tries |\n|---|--:|--:|--:|---|\n"
    );
    for (pack, probes) in packs {
        let twins = pack.probes.iter().filter(|probe| probe.twin.is_some()).count();
        let _ = writeln!(
            page,
            "| [{0}](#{0}) | {1} | {2} | {twins} | {3} |",
            pack.about.id,
            probes.len(),
            pack.probes.len(),
            pack.about.title
        );
    }
}

fn family(page: &mut String, pack: &Pack, probes: &BTreeMap<&str, Vec<&Probe>>) {
    let about = &pack.about;
    let _ = write!(page, "\n## {}\n\n{} Version {}, {}.\n", about.id, about.about.trim(), about.version, about.licence);
    let families: BTreeSet<&str> = pack.probes.iter().map(|probe| probe.family.as_str()).collect();
    let mixed = families.len() > 1;
    let _ = write!(
        page,
        "\n| probe | {}technique | severity | broken if | transforms | twin |\n|---|{}---|---|---|---|---|\n",
        if mixed { "family | " } else { "" },
        if mixed { "---|" } else { "" }
    );
    for (id, ways) in probes {
        let Some(probe) = ways.first() else { continue };
        let rules: BTreeSet<&str> = probe.broken_if.iter().map(Rule::name).collect();
        let _ = writeln!(
            page,
            "| `{id}`: {} | {}{} | {} | {} | {} | {} |",
            probe.title,
            if mixed { format!("{} | ", probe.family) } else { String::new() },
            probe.technique,
            probe.severity,
            rules.into_iter().collect::<Vec<_>>().join(", "),
            probe.transforms.join(", "),
            if ways.iter().any(|probe| probe.twin.is_some()) { "yes" } else { "" }
        );
    }
}

/// Which requirement is served by how many probes of which pack.
fn matrix(page: &mut String, packs: &[(&Pack, BTreeMap<&str, Vec<&Probe>>)]) {
    page.push_str("\n## Requirements\n");
    for catalogue in requirements() {
        let _ = write!(page, "\n### {}\n\n| id | name | probes | packs |\n|---|---|--:|---|\n", catalogue.title);
        for (id, name) in &catalogue.ids {
            let (count, served) = served(catalogue, id, packs);
            // Catalogues have more than what a question to a model can show.
            if count > 0 {
                let _ = writeln!(page, "| {id} | {name} | {count} | {} |", served.join(", "));
            }
        }
    }
}

fn served<'a>(
    catalogue: &Requirement,
    id: &str,
    packs: &[(&'a Pack, BTreeMap<&str, Vec<&Probe>>)],
) -> (usize, Vec<&'a str>) {
    let count = |probes: &BTreeMap<&str, Vec<&Probe>>| {
        let serves =
            |ways: &&Vec<&Probe>| ways.first().is_some_and(|probe| catalogue.of(probe).iter().any(|of| of == id));
        probes.values().filter(serves).count()
    };
    let counts: Vec<(&str, usize)> =
        packs.iter().map(|(pack, probes)| (pack.about.id.as_str(), count(probes))).collect();
    let names = counts.iter().filter(|(_, count)| *count > 0).map(|(id, _)| *id).collect();
    (counts.iter().map(|(_, count)| count).sum(), names)
}
