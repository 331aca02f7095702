//! `sightline probe promptfoo`: configurations of promptfoo, one for each endpoint that the lake knows.

mod provider;

use super::own_packs::OwnPacks;
use crate::cli::Global;
use crate::exit::Exit;
use crate::{print, stage};
use anyhow::{Context as _, ensure};
use clap::Args;
use sightline_model::untrusted::for_terminal;
use sightline_probe::{Expectation, Found, Portable, portable};
use sightline_report::promptfoo::{Assertion, PromptfooTest, config};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Characters of a file's name before its ending.
const LONGEST_NAME: usize = 120;
/// What made-up secrets are made of: the same configuration has the same.
const SEED: u64 = 1;

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct Promptfoo {
    /// Folder that gets the files
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// ARN of a target; may be given several times [default: all that are called, that somebody may call, or that are the account's own]
    #[arg(long = "target", value_name = "ARN")]
    targets: Vec<String>,
    /// Guardrail to put on each call of a model: `ID:VERSION`
    #[arg(long, value_name = "ID:VERSION")]
    guardrail: Option<String>,
    /// The model that answers out of knowledge bases: its ARN
    #[arg(long, value_name = "ARN")]
    kb_model: Option<String>,
    /// Packs to take [default: all]
    #[arg(long = "pack", value_name = "PACK")]
    packs: Vec<String>,
    #[command(flatten)]
    own: OwnPacks,
}

impl Promptfoo {
    /// Writes them.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let found = sightline_probe::found(&stage::session(&lake).await?).await?;
        let chosen: Vec<&Found> = found.targets.iter().filter(|target| self.takes(target)).collect();
        for name in &self.targets {
            ensure!(
                chosen.iter().any(|target| target.is_named(name)),
                "the lake knows no target `{name}`: `sightline probe plan --all-bedrock` lists them, `sightline scan` looks again"
            );
        }
        let packs = self.own.load(&self.packs)?;
        let (prompts, left_out) = portable(&packs, SEED);
        let tests: Vec<PromptfooTest> = prompts.iter().map(test).collect();
        let guardrail = self.guardrail.as_deref().map(provider::guardrail).transpose()?;
        fs::create_dir_all(&self.out).with_context(|| format!("cannot make the folder `{}`", self.out.display()))?;
        let mut written = 0;
        let mut skipped = Vec::new();
        for target in chosen {
            match provider::of(target, guardrail.as_ref(), self.kb_model.as_deref()) {
                Ok(provider) => {
                    let text = config(&provider, &tests, env!("CARGO_PKG_VERSION"))?;
                    let path = self.out.join(file_name(target));
                    fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
                    print::line(&path.display().to_string())?;
                    written += 1;
                }
                Err(why) => skipped.push(format!("{}: {why}", target.arn)),
            }
        }
        tell(&skipped, &found.unread);
        print::note(&format!(
            "{written} configurations, {} prompts each; {left_out} prompts were left out: they need tools, or rules that promptfoo has \
            no assertion for.",
            tests.len()
        ));
        Ok(if found.unread.is_empty() { Exit::Clean } else { Exit::Incomplete })
    }

    fn takes(&self, target: &Found) -> bool {
        match self.targets.as_slice() {
            [] => target.is_in_use(),
            named => named.iter().any(|name| target.is_named(name)),
        }
    }
}

fn tell(skipped: &[String], unread: &[String]) {
    for target in skipped {
        print::note(&format!("no configuration for {}", for_terminal(target)));
    }
    for gap in unread {
        print::warning(&format!("could not be read, there may be more targets: {gap}"));
    }
}

fn test(prompt: &Portable<'_>) -> PromptfooTest {
    let probe = prompt.probe;
    let mut metadata: BTreeMap<String, String> = [
        ("pack", format!("{} {}", prompt.pack.about.id, prompt.pack.about.version)),
        ("probe", probe.id.clone()),
        ("family", if prompt.is_twin { "benign".to_owned() } else { probe.family.clone() }),
        ("severity", probe.severity.to_string()),
        ("owasp", probe.owasp.join(" ")),
        ("atlas", probe.atlas.join(" ")),
        ("nist_ai_rmf", probe.nist_ai_rmf.join(" ")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if prompt.unsaid > 0 {
        metadata.insert("rules_not_asserted".to_owned(), prompt.unsaid.to_string());
    }
    PromptfooTest {
        description: if prompt.is_twin { format!("Plain work beside: {}", probe.title) } else { probe.title.clone() },
        system: prompt.system.clone(),
        turns: prompt.turns.iter().map(|turn| (turn.role.as_str().to_owned(), turn.text.clone())).collect(),
        assertions: prompt.expected.iter().map(assertion).collect(),
        metadata,
    }
}

fn assertion(expected: &Expectation) -> Assertion {
    match expected {
        Expectation::Contains(text) => Assertion::Contains(text.clone()),
        Expectation::Lacks(text) => Assertion::Lacks(text.clone()),
        Expectation::Refuses => Assertion::Refuses,
        Expectation::Answers => Assertion::Answers,
    }
}

/// From the ARN, so that no two targets share one; other characters than a file system takes everywhere are left out.
fn file_name(target: &Found) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let arn = target.arn.strip_prefix("arn:").unwrap_or(&target.arn);
    let name: String = arn.chars().map(safe).collect();
    let tail: String = name.chars().rev().take(LONGEST_NAME).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{}.promptfooconfig.yaml", tail.trim_matches(['-', '.']))
}
