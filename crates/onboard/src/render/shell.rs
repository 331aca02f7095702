//! AWS CLI steps for a POSIX shell.

use super::comment;

/// One command, and why it is there.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    why: String,
    words: Vec<Word>,
    kept_as: Option<&'static str>,
}

/// A word of a command.
#[derive(Debug, Clone)]
enum Word {
    Text(String),
    /// the value of a variable that an earlier step kept
    Variable(&'static str),
}

impl Step {
    /// `aws <words>`; further options with [`Step::option`].
    pub(crate) fn aws<const N: usize>(why: impl Into<String>, words: [&str; N]) -> Self {
        let words = std::iter::once("aws").chain(words).map(|word| Word::Text(word.to_owned())).collect();
        Self { why: why.into(), words, kept_as: None }
    }

    /// The same command for another reason.
    pub(crate) fn because(self, why: &str) -> Self {
        Self { why: why.to_owned(), ..self }
    }

    /// `--name value`; `--name=value` where the value would itself be read as an option.
    pub(crate) fn option(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if value.starts_with('-') {
            self.words.push(Word::Text(format!("--{name}={value}")));
        } else {
            self.words.push(Word::Text(format!("--{name}")));
            self.words.push(Word::Text(value));
        }
        self
    }

    /// `--name value value …`
    pub(crate) fn options(mut self, name: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.words.push(Word::Text(format!("--{name}")));
        self.words.extend(values.into_iter().map(Word::Text));
        self
    }

    /// `--name`
    pub(crate) fn flag(mut self, name: &str) -> Self {
        self.words.push(Word::Text(format!("--{name}")));
        self
    }

    /// `--name "$variable"`: what [`Step::kept_as`] kept.
    pub(crate) fn option_kept(mut self, name: &str, variable: &'static str) -> Self {
        self.words.push(Word::Text(format!("--{name}")));
        self.words.push(Word::Variable(variable));
        self
    }

    /// Keeps one value of the answer, by its path, in a variable for later steps.
    pub(crate) fn kept_as(mut self, variable: &'static str, path: &str) -> Self {
        self = self.option("query", path).option("output", "text");
        self.kept_as = Some(variable);
        self
    }

    /// The command with its reason before it.
    pub(crate) fn text(&self) -> String {
        format!("{}{}\n", comment(&self.why, "#", 0), self.command())
    }

    /// The command alone: every option on a line of its own.
    pub(crate) fn command(&self) -> String {
        let mut out = String::new();
        for (index, word) in self.words.iter().enumerate() {
            let separator = match (index, word) {
                (0, _) => "",
                (_, Word::Text(text)) if text.starts_with("--") => " \\\n  ",
                _ => " ",
            };
            out.push_str(separator);
            match word {
                Word::Text(text) => out.push_str(&quoted(text)),
                Word::Variable(name) => out.push_str(&format!("\"${name}\"")),
            }
        }
        match self.kept_as {
            Some(name) => format!("{name}=$({out})"),
            None => out,
        }
    }
}

/// A script: stops at the first command that fails.
pub(crate) fn script(head: &str, steps: &[Step]) -> String {
    let mut out = format!("#!/bin/sh\n{}set -eu\n", comment(head, "#", 0));
    for step in steps {
        out.push('\n');
        out.push_str(&step.text());
    }
    out
}

/// A part of a script: steps that are taken only where the answer to a question, as text, is this one.
pub(crate) fn only_if(why: &str, question: &Step, answer: &str, steps: &[Step]) -> String {
    let indented = |text: String| text.lines().map(|line| format!("  {line}\n")).collect::<String>();
    let body: String = steps.iter().map(|step| comment(&step.why, "#", 2) + &indented(step.command())).collect();
    format!("{}if [ \"$({})\" = {} ]; then\n{body}fi\n", comment(why, "#", 0), question.command(), quoted(answer))
}

/// Plain where no shell reads anything into it, between apostrophes otherwise.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_+,.@:/=-".contains(c));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_shape() {
        let step = Step::aws("Make it.", ["s3api", "create-bucket"])
            .option("bucket", "b")
            .option("policy", "{\"a\": 'b'}")
            .flag("dry");
        insta::assert_snapshot!(script("Head.", &[step]), @r##"
        #!/bin/sh
        # Head.
        set -eu

        # Make it.
        aws s3api create-bucket \
          --bucket b \
          --policy '{"a": '\''b'\''}' \
          --dry
        "##);
    }

    proptest! {
        #[test]
        fn a_shell_reads_one_word(word in "([^\u{0}\r]|[$`'\"\\\\!*?~ \n]){0,30}") {
            let read = shlex::split(&quoted(&word)).unwrap();
            prop_assert_eq!(read, vec![word]);
        }
    }
}
