//! The page on all detections, made of their files.

use std::fmt::Write as _;

use crate::CheckError;
use crate::detect::detection::Detection;
use crate::detect::registry::detections;
use crate::detect::telemetry::Telemetry;

/// The catalogue: a path below `docs/` and the page's Markdown.
///
/// # Errors
/// A detection's file is broken.
pub fn page() -> Result<(String, String), CheckError> {
    let detections = detections()?;
    let mut page = format!(
        "# Detections\n\nMade by `make generate` from the files in `crates/check/detections`. {} detections over CloudTrail and model \
         invocation logs. `sightline detect` runs them and puts what they see together: one case for one actor and time. A case takes a \
         weight of fifty: of each stage the heaviest signal counts whole and the others a fifth, and each stage of twenty or more \
         beyond the second such adds ten. What was refused throughout weighs only where one signal makes a case by itself. `sightline detect --all` lists what weighs \
         less. Where the telemetry is missing that a detection needs, it says so: its silence is no answer.\n\n\
         | telemetry | what it is |\n|---|---|\n",
        detections.len()
    );
    for telemetry in Telemetry::ALL {
        let _ = writeln!(page, "| `{}` | {} |", telemetry.as_str(), telemetry.about());
    }
    page.push_str("\n| detection | stage | weight | severity | what happened | tactics |\n|---|---|---|---|---|---|\n");
    for detection in &detections {
        let Detection { id, declaration, .. } = detection;
        let _ = writeln!(
            page,
            "| [{id}](#{id}) | {} | {} | {} | {} | {} |",
            declaration.stage.as_str(),
            declaration.weight,
            declaration.severity,
            declaration.title,
            declaration.tactics.join(" ")
        );
    }
    detections.iter().for_each(|detection| section(&mut page, detection));
    Ok(("detections.md".to_owned(), page))
}

fn section(page: &mut String, detection: &Detection) {
    let declaration = &detection.declaration;
    let needs: Vec<String> = declaration.needs.iter().map(|need| format!("`{}`", need.as_str())).collect();
    let history = match declaration.history_days {
        0 => String::new(),
        days => format!(" · compares with {days} days before"),
    };
    let _ = writeln!(
        page,
        "\n## {}\n\n**{}** · {} · needs {}{history}\n\n{}\n\n### False positives\n\n{}\n\n### Blind spots\n\n{}\n\n### Response\n\n{}\n\n### References\n\n{}",
        detection.id,
        declaration.title,
        declaration.severity,
        needs.join(", "),
        detection.about,
        detection.false_positives,
        detection.blind_spots,
        detection.response,
        detection.references
    );
}
