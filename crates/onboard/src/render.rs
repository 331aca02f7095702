//! Writers of the languages in which a prerequisite is handed over. Each takes values and escapes them itself; comments
//! are part of what is written, because a person has to approve it.

pub(crate) mod cloudformation;
pub(crate) mod hcl;
mod hcl_open;
pub(crate) mod node;
pub(crate) mod open;
pub(crate) mod policy;
pub(crate) mod shell;
pub(crate) mod yaml;

/// The lines of a comment, each behind `marker`, or nothing. Control characters become spaces, so that none can end the comment.
pub(crate) fn comment(text: &str, marker: &str, indent: usize) -> String {
    let line = |line: &str| {
        let clean: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{:indent$}{marker} {}\n", "", clean.trim_end())
    };
    wrapped(&open::shown(text), 110).iter().map(|text| line(text)).collect()
}

/// Text in lines of at most `width` characters, broken at blanks; line breaks of the text are kept.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).filter(|line| !line.trim().is_empty()) {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_comment_cannot_be_left() {
        assert_eq!(super::comment("a\nresource \"x\"\u{2028}b\u{1b}c", "#", 2), "  # a\n  # resource \"x\"\n  # b c\n");
    }
}
