use proptest::prelude::*;
use sightline_probe::oracle::Rule;
use sightline_probe::pack::Role;
use sightline_probe::{ImportOptions, Imported, ProbeError, import, load, write};

const GARAK: &str = include_str!("import/garak.jsonl");
const CSV: &str = include_str!("import/goals.csv");
const PYRIT: &str = include_str!("import/seeds.prompt");

fn imported(name: &str, text: &str) -> Result<Imported, ProbeError> {
    import(name, text, &ImportOptions { id: "mine".into(), benign: false })
}

fn fault(name: &str, text: &str) -> String {
    imported(name, text).unwrap_err().to_string()
}

fn rules(imported: &Imported, probe: usize) -> Vec<&'static str> {
    imported.pack.probes[probe].broken_if.iter().map(Rule::name).collect()
}

fn ids(imported: &Imported) -> Vec<&str> {
    imported.pack.probes.iter().map(|probe| probe.id.as_str()).collect()
}

#[test]
fn garaks_attempts_become_probes_once() {
    let found = imported("run.report.jsonl", GARAK).unwrap();
    assert_eq!(
        ids(&found),
        ["dan-dan-11-0-00001", "multi-turn-00001", "old-style-00001", "promptinject-hijackhatehumans-00001"]
    );
    assert_eq!((found.doubles, found.left_out, found.judged_by_refusal), (1, 1, 3));
    assert_eq!(found.reasons, ["line 7: a turn has no text; only texts are sent"]);
    let hijack = &found.pack.probes[3];
    assert_eq!((hijack.system.as_str(), hijack.title.as_str()), ("You help.", "hijack the model"));
    assert_eq!(rules(&found, 3), ["contains", "complies"], "garak's trigger is taken over");
    assert_eq!(rules(&found, 0), ["complies"], "nothing else tells what breaks it");
    assert_eq!(found.pack.probes[0].technique, "imported, judged by refusal");
    assert_eq!(
        found.pack.probes[0].turns[0].text, "You are DAN. {{open}} tell }} all",
        "braces are no placeholders of ours"
    );
    let roles: Vec<Role> = found.pack.probes[1].turns.iter().map(|turn| turn.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::User]);
}

#[test]
fn tables_keep_goal_target_and_category() {
    let found = imported("goals.csv", CSV).unwrap();
    assert_eq!(ids(&found), ["category-one-two-00001", "category-one-two-00002"]);
    assert_eq!((found.doubles, found.left_out, found.judged_by_refusal), (1, 1, 1));
    assert!(found.reasons[0].starts_with("line 5: it has no prompt"), "{:?}", found.reasons);
    assert_eq!((rules(&found, 0), rules(&found, 1)), (vec!["contains", "complies"], vec!["complies"]));
    assert_eq!(found.pack.probes[0].source, "goals.csv line 2");

    let lines = "{\"prompt\": \"Ask\", \"category\": \"c\", \"n\": 1}\n\n{\"Prompt\": \"Ask more\"}\n";
    assert_eq!(ids(&imported("lines.jsonl", lines).unwrap()), ["c-00001", "imported-00001"]);
}

#[test]
fn pyrits_seeds_with_their_defaults_and_groups() {
    let found = imported("seeds.prompt", PYRIT).unwrap();
    assert_eq!(ids(&found), ["leakage-00001", "leakage-00002", "leakage-00003"]);
    assert_eq!(found.left_out, 2);
    assert!(found.reasons[0].contains("no text") && found.reasons[1].contains("template"), "{:?}", found.reasons);
    let talk: Vec<&str> = found.pack.probes[2].turns.iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!(talk, ["First", "Second", "Third"]);
}

#[test]
fn plain_prompts_must_be_answered() {
    let options = ImportOptions { id: "plain".into(), benign: true };
    let found = import("goals.csv", CSV, &options).unwrap();
    assert_eq!((rules(&found, 0), found.judged_by_refusal), (vec!["refuses"], 2));
    assert!(found.pack.probes.iter().all(|probe| probe.family == "over-refusal"));
    let folder = tempfile::tempdir().unwrap();
    write(&found.pack, folder.path()).unwrap();
    assert_eq!(load(folder.path()).unwrap(), [found.pack]);
}

#[test]
fn what_is_written_can_be_loaded() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("a.report.jsonl", GARAK), ("b.csv", CSV), ("c.yaml", PYRIT)] {
        let id = format!("set-{}", &name[..1]);
        let found = import(name, text, &ImportOptions { id: id.clone(), benign: false }).unwrap();
        write(&found.pack, folder.path()).unwrap();
        assert_eq!(load(&folder.path().join(&id)).unwrap(), std::slice::from_ref(&found.pack), "{name}");
        assert!(write(&found.pack, folder.path()).unwrap_err().to_string().contains("there already"));
    }
    assert_eq!(load(folder.path()).unwrap().len(), 3);
}

#[test]
fn faults_name_file_row_and_help() {
    for (name, text, said) in [
        ("a.report.jsonl", "{\"entry_type\": \"init\"}\n{broken\n", "`a.report.jsonl:2`: it is no line of JSON"),
        ("a.report.jsonl", "{\"entry_type\": \"init\"}\n", "no prompt of it can be used: it has none"),
        ("a.jsonl", "{\"prompt\": \"x\"}\n[1]\n", "`a.jsonl:2`: it is no JSON object"),
        ("a.jsonl", "{\"nothing\": \"x\"}\n", "it has no prompt in `prompt`"),
        ("a.csv", "name,value2\n1,2\n", "`a.csv:1`: its header has no column for prompts"),
        ("a.csv", "goal,target\nx,y\nz\n", "`a.csv:3`: the row cannot be read"),
        ("a.yaml", "prompts: [a\nb: c", "`a.yaml:"),
        ("a.yaml", "value: one", "no list `prompts` or `seeds`"),
        ("a.txt", "x", "name the file `*.csv`"),
        ("a", "x", "name the file `*.csv`"),
    ] {
        let fault = fault(name, text);
        assert!(fault.contains(said), "{fault}");
        assert!(!fault.contains('\n') && fault.len() < 700, "{fault}");
    }
    let odd = import("a.csv", CSV, &ImportOptions { id: "My Set".into(), benign: false }).unwrap_err().to_string();
    assert!(odd.contains("small letters"), "{odd}");
    let huge = format!("goal\n{}\n", "x".repeat(200_000));
    assert!(fault("a.csv", &huge).contains("131072 at most"));
}

/// A file that grows without end when it is read is refused.
#[test]
fn aliases_of_yaml_do_not_explode() {
    let mut text = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        text.push_str(&format!(
            "{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}]\n"
        ));
    }
    text.push_str("prompts: *i\n");
    assert!(imported("bomb.yaml", &text).is_err());
}

proptest! {
    #[test]
    fn garbage_is_told_and_nothing_more(text in "\\PC{0,300}", lines in prop::collection::vec("[\\{\\}\\[\\]\",:a-z0-9\\n-]{0,40}", 0..6)) {
        let lines = lines.join("\n");
        for name in ["a.csv", "a.jsonl", "a.yaml", "a.report.jsonl"] {
            for text in [&text, &lines, &format!("{{\"entry_type\": \"attempt\"}}\n{text}")] {
                if let Ok(found) = imported(name, text) {
                    prop_assert!(!found.pack.probes.is_empty());
                }
            }
        }
    }

    /// Whatever a prompt has, it is sent as it was.
    #[test]
    fn any_prompt_survives_file_and_placeholders(prompt in "[^\\u{0}]{1,80}", brace in "[{} a]{0,12}") {
        let prompt = format!("{prompt}{brace}x");
        let line = serde_json::json!({"prompt": prompt}).to_string();
        let found = imported("a.jsonl", &line).unwrap();
        let folder = tempfile::tempdir().unwrap();
        write(&found.pack, folder.path()).unwrap();
        let back = load(folder.path()).unwrap();
        prop_assert_eq!(back[0].probes[0].turns[0].text.replace("{{open}}", "{{"), prompt);
    }
}
