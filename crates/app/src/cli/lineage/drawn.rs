//! The path as a Mermaid flowchart: <https://mermaid.js.org/syntax/flowchart.html>.

use super::words;
use sightline_discover::lineage::{Lineage, Link};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The arrow of what stands beside the path.
const BESIDE: &str = "-.->";

/// Data goes from left to right; what stands beside the path hangs on a dotted line, what no scan saw has a dashed edge.
pub(super) fn mermaid(lineage: &Lineage) -> String {
    let numbers: BTreeMap<&str, usize> = lineage.nodes.keys().enumerate().map(|(at, arn)| (arn.as_str(), at)).collect();
    let mut out = String::from("flowchart LR\n");
    for (arn, node) in &lineage.nodes {
        let number = numbers.get(arn.as_str()).copied().unwrap_or_default();
        let doubt = if node.unseen.is_empty() { "" } else { " ?" };
        let _ = writeln!(out, "  n{number}[\"{}<br/>{}{doubt}\"]", plain(&words::kind(node)), plain(&node.title));
        if node.dangling {
            let _ = writeln!(out, "  style n{number} stroke-dasharray: 4");
        }
    }
    let mut draw = |links: &[Link], arrow: &str| {
        let drawn: BTreeSet<&Link> = links.iter().collect();
        for link in drawn {
            let number = |arn: &str| numbers.get(arn).copied().unwrap_or_default();
            let word = if arrow == BESIDE { words::up(link.kind) } else { words::down(link.kind) };
            let _ = writeln!(out, "  n{} {arrow}|{word}| n{}", number(&link.source), number(&link.target));
        }
    };
    draw(&lineage.up.iter().chain(&lineage.down).cloned().collect::<Vec<_>>(), "-->");
    draw(&lineage.beside, BESIDE);
    out
}

/// Everything but letters, digits and a few signs as an entity: names come from accounts.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_alphanumeric() || " -_./:@".contains(c) => c.to_string(),
            c => format!("#{};", u32::from(c)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_cannot_leave_their_label() {
        assert_eq!(super::plain("a\"]; click n0 \"x"), "a#34;#93;#59; click n0 #34;x");
    }
}
