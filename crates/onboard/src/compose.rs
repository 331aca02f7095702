//! Several renderings made one. What is put together are the texts of the writers in `render`, whose shape is known: what stands on the
//! first level begins in the first column, and whatever belongs to it is indented.

pub(crate) mod cloudformation;
pub(crate) mod terraform;

/// The rendering of one prerequisite.
#[derive(Debug)]
pub(crate) struct Part {
    /// the prerequisite
    pub(crate) id: &'static str,
    /// `id: title`
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The same resources under a comment that names the part.
fn heading(name: &str) -> String {
    format!("# {}\n# {name}\n", "-".repeat(80))
}

/// Steps of several scripts, one after the other.
pub(crate) fn script(head: &str, parts: &[Part]) -> String {
    let mut out = format!("#!/bin/sh\n{}set -eu\n", crate::render::comment(head, "#", 0));
    for part in parts {
        let steps: String = part
            .text
            .lines()
            .filter(|line| !line.starts_with("#!") && *line != "set -eu")
            .map(|line| format!("{line}\n"))
            .collect();
        out.push_str(&format!("\n{}{}", heading(&part.name), steps));
    }
    out
}
