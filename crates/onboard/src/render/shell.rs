//! AWS CLI steps for a POSIX shell.

use super::comment;

/// One command, and why it is there.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    why: String,
    words: Vec<String>,
}

impl Step {
    /// `aws <words>`; further options with [`Step::option`].
    pub(crate) fn aws<const N: usize>(why: impl Into<String>, words: [&str; N]) -> Self {
        let words = std::iter::once("aws").chain(words).map(str::to_owned).collect();
        Self { why: why.into(), words }
    }

    /// `--name value`; `--name=value` where the value would itself be read as an option.
    pub(crate) fn option(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if value.starts_with('-') {
            self.words.push(format!("--{name}={value}"));
        } else {
            self.words.push(format!("--{name}"));
            self.words.push(value);
        }
        self
    }

    /// `--name value value …`
    pub(crate) fn options(mut self, name: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.words.push(format!("--{name}"));
        self.words.extend(values);
        self
    }

    /// `--name`
    pub(crate) fn flag(mut self, name: &str) -> Self {
        self.words.push(format!("--{name}"));
        self
    }

    /// The command alone: every option on a line of its own.
    pub(crate) fn command(&self) -> String {
        let mut out = String::new();
        for (index, word) in self.words.iter().enumerate() {
            let separator = match index {
                0 => "",
                _ if word.starts_with("--") => " \\\n  ",
                _ => " ",
            };
            out.push_str(separator);
            out.push_str(&quoted(word));
        }
        out
    }
}

/// A script: stops at the first command that fails.
pub(crate) fn script(head: &str, steps: &[Step]) -> String {
    let mut out = format!("#!/bin/sh\n{}set -eu\n", comment(head, "#", 0));
    for step in steps {
        out.push('\n');
        out.push_str(&comment(&step.why, "#", 0));
        out.push_str(&step.command());
        out.push('\n');
    }
    out
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
