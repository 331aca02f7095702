//! The models that workloads serve themselves, below the map.

use crate::print;
use crate::table::{Table, Tone, middle, width};
use sightline_model::SelfHostedModel;
use sightline_model::self_hosted_model::Certainty;
use sightline_model::untrusted::for_terminal;

/// Places that are named of those where nobody looked.
const NAMED: usize = 3;

/// Shows them, the surest first, and where there may be more.
pub(super) fn show(models: &[SelfHostedModel], unread: &[String]) -> anyhow::Result<()> {
    if !models.is_empty() {
        list(models)?;
    }
    if unread.is_empty() {
        return Ok(());
    }
    let named = unread.iter().take(NAMED).map(|place| for_terminal(place)).collect::<Vec<_>>().join(", ");
    let more = match unread.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    print::line(&format!("\nWorkloads may serve models themselves where nobody could look: {named}{more}."))?;
    Ok(())
}

fn list(models: &[SelfHostedModel]) -> anyhow::Result<()> {
    print::line("\nModels that workloads serve themselves:\n")?;
    let room = usize::from(width()).saturating_sub(38);
    let mut table = Table::new(&["WORKLOAD", "ENGINE", "MODEL", "PODS", "SURE"]);
    table.align_right(3);
    let mut models: Vec<&SelfHostedModel> = models.iter().collect();
    models.sort_by_key(|model| model.certainty);
    for model in &models {
        let workload = middle(&model.workload_title, room / 2);
        let name = middle(&model.model, room / 2);
        let engine = if model.engine.is_empty() { "?" } else { &model.engine };
        let pods = model.pods.map(|pods| pods.to_string()).unwrap_or_default();
        let tone = if model.certainty == Certainty::High { Tone::Plain } else { Tone::Doubt };
        table.row([
            (workload.as_str(), Tone::Plain),
            (engine, Tone::Plain),
            (name.as_str(), Tone::Plain),
            (pods.as_str(), Tone::Plain),
            (model.certainty.as_str(), tone),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    print::line("\n`sightline query \"SELECT * FROM current_self_hosted_model\"` has what tells each.")?;
    Ok(())
}
