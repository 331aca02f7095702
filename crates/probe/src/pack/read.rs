//! Reading packs from files, and what the types cannot say.

use super::{About, PAYLOAD, Pack, Probe, Role, requirement};
use crate::oracle::Rule;
use crate::prompt::OVER_REFUSAL;
use crate::transform::{self, Way};
use crate::{ProbeError, fill, fold};
use std::collections::BTreeSet;

/// Packs from files: `(path below the root, text)`. Faults name the root and the path.
pub(super) fn read(root: &str, files: &[(&str, &str)]) -> Result<Vec<Pack>, ProbeError> {
    let folders: BTreeSet<&str> = files.iter().filter_map(|(path, _)| path.strip_suffix("/pack.toml")).collect();
    let mut packs = Vec::new();
    for (path, text) in files {
        if let Some(folder) = path.strip_suffix("/pack.toml") {
            packs.push(read_pack(root, folder, text, files)?);
        } else if !path.rsplit_once('/').is_some_and(|(folder, _)| folders.contains(folder)) {
            return Err(ProbeError::file(
                root,
                path,
                "its folder has no `pack.toml`; add one with id, version, title, about and licence",
            ));
        }
    }
    Ok(packs)
}

fn read_pack(root: &str, folder: &str, text: &str, files: &[(&str, &str)]) -> Result<Pack, ProbeError> {
    let path = format!("{folder}/pack.toml");
    let about: About = toml::from_str(text).map_err(|error| ProbeError::file(root, &path, error))?;
    if about.id != folder {
        return Err(ProbeError::file(
            root,
            &path,
            format!("id `{}` is not its folder's name; write `id = \"{folder}\"`", about.id),
        ));
    }
    let mut probes = Vec::new();
    for (path, text) in files {
        let file =
            path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).filter(|file| *file != "pack.toml");
        if let Some(file) = file {
            let probe: Probe = toml::from_str(text).map_err(|error| ProbeError::file(root, path, error))?;
            check(&probe, file).map_err(|reason| ProbeError::file(root, path, reason))?;
            probes.extend(in_each_way(probe));
        }
    }
    Ok(Pack { about, probes })
}

/// The probe as it is sent: once for each of its transforms. Only the plain one keeps the benign twin, which is plain, too.
fn in_each_way(probe: Probe) -> Vec<Probe> {
    if probe.transforms.is_empty() {
        return vec![probe];
    }
    let one = |name: &String| {
        let Some(way) = Way::named(name) else { return probe.clone() };
        let mut written = Probe { id: format!("{}+{name}", probe.id), twin: None, ..probe.clone() };
        if let Some(last) = written.turns.last_mut() {
            last.way = Some(way);
        }
        written
    };
    probe.transforms.iter().map(one).collect()
}

/// Each reason names the fix.
fn check(probe: &Probe, file: &str) -> Result<(), String> {
    let name = file.strip_suffix(".toml").unwrap_or(file);
    if probe.id != name {
        return Err(format!("id `{}` is not its file's name; write `id = \"{name}\"`", probe.id));
    }
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err("a probe's name has small letters, digits and hyphens only; rename the file".into());
    }
    if !(1..=100).contains(&probe.trials) {
        return Err("`trials` must be from 1 to 100".into());
    }
    if !(1..=4_096).contains(&probe.max_output_tokens) {
        return Err("`max_output_tokens` must be from 1 to 4096".into());
    }
    let roles: Vec<Role> = probe.turns.iter().map(|turn| turn.role).collect();
    let alternates = roles.iter().enumerate().all(|(index, role)| (*role == Role::User) == (index.is_multiple_of(2)));
    if roles.len().is_multiple_of(2) || !alternates {
        return Err("`turns` must alternate, beginning and ending with `role = \"user\"`".into());
    }
    if probe.broken_if.is_empty() {
        return Err("nothing breaks it; add a `[[broken_if]]`".into());
    }
    for rule in &probe.broken_if {
        rule.check(probe)?;
    }
    // Wherever results are counted, the family tells plain work from an attack.
    if (probe.family == OVER_REFUSAL) != probe.broken_if.iter().any(|rule| matches!(rule, Rule::Refuses(_))) {
        return Err(format!(
            "probes that `refuses` breaks, and no others, are of the family `{OVER_REFUSAL}`; change one of them"
        ));
    }
    if probe.twin.as_ref().is_some_and(|twin| fold::fold(&twin.answer).is_empty()) {
        return Err(
            "the `answer` of the `twin` has no letter or digit, so that any answer would do; give it one".into()
        );
    }
    requirement::check(probe)?;
    check_transforms(probe)?;
    check_placeholders(probe)
}

fn check_transforms(probe: &Probe) -> Result<(), String> {
    let distinct: BTreeSet<&String> = probe.transforms.iter().collect();
    if distinct.len() != probe.transforms.len() {
        return Err("a transform is listed twice; list each once".into());
    }
    match probe.transforms.iter().find(|name| *name != transform::NONE && Way::named(name).is_none()) {
        Some(name) => {
            let known: Vec<&str> = transform::names().collect();
            Err(format!("`{name}` is no transform; there are {} and {}", transform::NONE, known.join(", ")))
        }
        None => Ok(()),
    }
}

fn check_placeholders(probe: &Probe) -> Result<(), String> {
    let turns = probe.turns.iter().map(|turn| &turn.text);
    let rules = toml::to_string(&Rules { broken_if: &probe.broken_if }).map_err(|error| error.to_string())?;
    let texts =
        turns.chain([&probe.system, &rules]).chain(probe.twin.iter().flat_map(|twin| [&twin.text, &twin.answer]));
    let unknown: BTreeSet<String> = texts.flat_map(|text| fill::unknown(text)).collect();
    if let Some(placeholder) = unknown.first() {
        return Err(format!("`{placeholder}` is no placeholder; there are {}", fill::known()));
    }
    let marks = |text: &str| PAYLOAD.map(|mark| text.matches(&format!("{{{{{mark}}}}}")).count());
    match probe.turns.iter().any(|turn| !matches!(marks(&turn.text), [0, 0] | [1, 1])) {
        true => Err("a turn has at most one `{{payload}}`, and its `{{/payload}}`".into()),
        false => Ok(()),
    }
}

#[derive(serde::Serialize)]
struct Rules<'a> {
    broken_if: &'a [crate::oracle::Rule],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fill::Words;

    const ABOUT: &str = "id = 'p'\nversion = '1.0.0'\ntitle = 't'\nabout = 'a'\nlicence = 'CC0-1.0'\n";
    const PROBE: &str = "id = 'x'\nfamily = 'f'\ntitle = 't'\nseverity = 'high'\ntrials = 1\nmax_output_tokens = 9\nturns = [{ role = 'user', text = '{{marker}}' }]\nbroken_if = [{ contains = { text = '{{marker}}' } }]\n";

    fn fault(probe: &str) -> String {
        read("packs/", &[("p/pack.toml", ABOUT), ("p/x.toml", probe)]).unwrap_err().to_string()
    }

    #[test]
    fn a_good_pack_is_read() {
        let packs = read("packs/", &[("p/pack.toml", ABOUT), ("p/x.toml", PROBE)]).unwrap();
        assert_eq!(packs[0].probes[0].id, "x");
    }

    #[test]
    fn faults_name_the_file_and_the_fix() {
        for (from, to, said) in [
            ("'x'", "'y'", "write `id = \"x\"`"),
            ("trials = 1", "trials = 0", "`trials` must be from 1 to 100"),
            ("= 9", "= 9000", "from 1 to 4096"),
            ("'f'", "'over-refusal'", "probes that `refuses` breaks"),
            ("contains = { text = '{{marker}}' }", "refuses = {}", "are of the family `over-refusal`"),
            ("'user'", "'assistant'", "beginning and ending with `role = \"user\"`"),
            (
                "'{{marker}}' }]\nb",
                "'{{marcer}}' }]\nb",
                "`{{marcer}}` is no placeholder; there are {{canary}}, {{marker}}",
            ),
            ("'{{marker}}' } }]", "'{{marcer}}' } }]", "`{{marcer}}` is no placeholder"),
            ("text = '{{marker}}' } }]", "text = '' } }]", "names no text"),
            ("broken_if", "brocken_if", "unknown field `brocken_if`"),
            ("'high'", "'worst'", "unknown variant `worst`"),
            ("trials", "transforms = ['base63']\ntrials", "`base63` is no transform; there are none and atbash"),
            ("trials", "transforms = ['morse', 'morse']\ntrials", "listed twice"),
            ("broken_if", "twin = { text = 'a', answer = '-' }\nbroken_if", "no letter or digit"),
            ("trials", "owasp = ['LLM11']\ntrials", "`LLM11` is no id of the OWASP Top 10 for LLM Applications 2025"),
            ("trials", "nist_ai_rmf = ['MAP 9.9']\ntrials", "`MAP 9.9` is no id of the NIST AI Risk"),
            ("contains = { text = '{{marker}}' }", "call = { tool = 'mail' }", "the probe has no tool `mail`"),
            ("text = '{{marker}}' }]\nb", "text = '{{payload}}' }]\nb", "and its `{{/payload}}`"),
        ] {
            let fault = fault(&PROBE.replacen(from, to, 1));
            assert!(fault.starts_with("`packs/p/x.toml`: ") && fault.contains(said), "{from}: {fault}");
            assert!(!fault.contains('\n'));
        }
    }

    #[test]
    fn a_probe_needs_a_pack() {
        assert!(read("", &[("q/x.toml", PROBE)]).unwrap_err().to_string().contains("no `pack.toml`"));
    }

    #[test]
    fn transforms_multiply_a_probe_and_change_what_is_sent() {
        let text = PROBE
            .replace("trials", "transforms = ['none', 'reversed', 'morse']\ntrials")
            .replace("'{{marker}}' }]\nb", "'say: {{payload}}{{marker}}{{/payload}}!' }]\nb");
        let packs = read("packs/", &[("p/pack.toml", ABOUT), ("p/x.toml", &text)]).unwrap();
        let ids: Vec<&str> = packs[0].probes.iter().map(|probe| probe.id.as_str()).collect();
        assert_eq!(ids, ["x", "x+reversed", "x+morse"]);
        let words = Words::of(1, "p", "x", 0);
        let marker = words.fill("{{marker}}");
        let sent = |index: usize| packs[0].probes[index].turns[0].filled(&words).text;
        assert_eq!(sent(0), format!("say: {marker}!"));
        assert!(sent(1).starts_with("say: I write backwards"));
        assert!(sent(1).ends_with(&format!("\n{}!", marker.chars().rev().collect::<String>())));
    }
}
