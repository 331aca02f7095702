//! `sightline detect explain`: all that a detection is and needs, or the timeline of a case.

use crate::cli::Global;
use crate::exit::Exit;
use crate::{print, stage};
use anyhow::bail;
use clap::Args;
use sightline_check::detect::{Detection, Telemetry, detections};
use sightline_model::Case;
use sightline_model::untrusted::for_terminal;

/// Tell what a detection looks for, or what was seen in a case
#[derive(Debug, Args)]
pub(crate) struct ExplainDetection {
    /// A detection's id, or that of a case: 32 hexadecimal digits
    #[arg(value_name = "DETECTION|CASE")]
    id: String,
}

impl ExplainDetection {
    /// Prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let text = match detections()?.iter().find(|detection| detection.id == self.id) {
            Some(detection) => detection_text(detection),
            None => self.of_case(global).await?,
        };
        print::line(&text.lines().map(for_terminal).collect::<Vec<_>>().join("\n"))?;
        Ok(Exit::Clean)
    }

    async fn of_case(&self, global: &Global) -> anyhow::Result<String> {
        let id = &self.id;
        // Hexadecimal digits alone cannot leave their quotes.
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            bail!("no detection is named `{id}`: `sightline detect list` has all; a case has 32 hexadecimal digits");
        }
        let session = stage::session(&stage::open(&global.lake).await?).await?;
        let sql = format!("SELECT * FROM \"case\" WHERE case_id = '{id}' ORDER BY run_id DESC LIMIT 1");
        match session.sql(&sql).await?.rows_as::<Case>()?.first() {
            Some(case) => Ok(case_text(case)),
            None => bail!("no case has the id `{id}`: `sightline detect` lists those of now"),
        }
    }
}

/// The timeline of a case. What others wrote stands in it: escape it for where it is shown.
pub(crate) fn case_text(case: &Case) -> String {
    let signals: String = case
        .signals
        .iter()
        .map(|signal| {
            let places: String = signal
                .evidence
                .iter()
                .map(|seen| format!("\n      {}:{} {}", seen.object, seen.line, seen.event_id))
                .collect();
            format!(
                "\n  {}  {} ({}, {} events until {})\n    {}{places}",
                signal.first_seen, signal.detection_id, signal.severity, signal.events, signal.last_seen, signal.reason
            )
        })
        .collect();
    format!(
        "{} {}\n\n{}\n\naccount    {}\nidentity   {}\nworkload   {}\nfrom       {}\nuntil      {}\nregions    {}\nmodels     {}\naddresses  {}\nkeys       {}\n\nTimeline{signals}",
        case.severity,
        case.title,
        case.summary,
        case.account_id,
        case.identity_arn,
        case.workload_arn,
        case.first_seen,
        case.last_seen,
        case.regions.join(" "),
        case.models.join(" "),
        case.source_ips.join(" "),
        case.access_key_ids.join(" ")
    )
}

fn detection_text(detection: &Detection) -> String {
    let declaration = &detection.declaration;
    let needs: String =
        declaration.needs.iter().map(|need| format!("\n  {}: {}", need.as_str(), Telemetry::about(*need))).collect();
    let history = match declaration.history_days {
        0 => String::new(),
        days => format!("\n  {days} days of logs before the window"),
    };
    let query: Vec<String> = detection.sql.lines().map(|line| format!("  {line}")).collect();
    format!(
        "{} ({}, {}, {}, weight {})\n{}\n\n{}\n\nNeeds\n{needs}{history}\n\nFalse positives\n\n{}\n\nBlind spots\n\n{}\n\nQuery\n\n{}\n\nResponse\n\n{}\n\nReferences\n\n{}",
        declaration.title,
        detection.id,
        declaration.severity,
        declaration.stage.as_str(),
        declaration.weight,
        declaration.tactics.join(" "),
        detection.about,
        detection.false_positives,
        detection.blind_spots,
        query.join("\n"),
        detection.response,
        detection.references
    )
}
