//! The catalogue of probes as Markdown.

use crate::pack::Pack;
use std::fmt::Write as _;

/// A page with every pack and probe: what it tries, how it is judged, which requirement it serves. Prompts are not repeated.
pub fn cards(packs: &[Pack]) -> String {
    let mut page = String::from("# Probes\n");
    for pack in packs {
        let about = &pack.about;
        let _ = write!(
            page,
            "\n## {}\n\n{} Version {}, {} probes, {}.\n\n| probe | family | severity | trials | judged by | requirements | benign twin |\n|---|---|---|--:|---|---|---|\n",
            about.id,
            about.about.trim(),
            about.version,
            pack.probes.len(),
            about.licence
        );
        for probe in &pack.probes {
            let rules: Vec<&str> = probe.broken_if.iter().map(crate::oracle::Rule::name).collect();
            let requirements: Vec<&str> = probe.owasp.iter().chain(&probe.atlas).map(String::as_str).collect();
            let _ = writeln!(
                page,
                "| `{}`: {} | {} | {} | {} | {} | {} | {} |",
                probe.id,
                probe.title,
                probe.family,
                probe.severity,
                probe.trials,
                rules.join(", "),
                requirements.join(", "),
                if probe.twin.is_some() { "yes" } else { "no" }
            );
        }
    }
    page
}
