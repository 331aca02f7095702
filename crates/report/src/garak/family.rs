//! The names that a family has in garak.

/// A family as a probe class of garak; in order of its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Family {
    /// `module.Class`
    pub(super) class: String,
    /// ours
    pub(super) name: String,
}

/// Families and the module of garak that is nearest; all others stand under its `test`.
const MODULES: &[(&str, &str)] = &[
    ("direct-injection", "promptinject"),
    ("encoding", "encoding"),
    ("guardrail-bypass", "smuggling"),
    ("harmful-refusal", "donotanswer"),
    ("indirect-injection", "latentinjection"),
    ("jailbreak", "dan"),
    ("package-hallucination", "packagehallucination"),
    ("secret-leak", "propile"),
    ("system-prompt-leak", "sysprompt_extraction"),
    ("unbounded-consumption", "divergence"),
    ("unsafe-output", "web_injection"),
];

impl Family {
    pub(super) fn of(name: &str) -> Self {
        let module = MODULES.iter().find(|(family, _)| *family == name).map_or("test", |(_, module)| module);
        // The reader splits at dots and drops what is no letter of a name.
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let camel: String = words.map(capitalised).collect();
        Self { class: format!("{module}.Sightline{camel}"), name: name.to_owned() }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::Family;

    #[test]
    fn names_are_classes_of_python() {
        for (family, class) in [
            ("direct-injection", "promptinject.SightlineDirectInjection"),
            ("benign", "test.SightlineBenign"),
            ("own.pack: 2", "test.SightlineOwnPack2"),
            ("—", "test.Sightline"),
        ] {
            assert_eq!(Family::of(family).class, class);
        }
    }
}
