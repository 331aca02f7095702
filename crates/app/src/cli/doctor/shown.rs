//! The lines for a terminal.

use super::line::{Line, Status};
use crate::print;
use crate::table::{self, Tone};

/// Where sentences begin.
const INDENT: usize = 15;

/// Prints a heading a check, then a line for each thing that it saw.
pub(super) fn show(lines: &[Line]) -> std::io::Result<()> {
    let mut last = "";
    for line in lines {
        if line.check != last {
            print::line(&format!("{}{}", if last.is_empty() { "" } else { "\n" }, line.check))?;
            last = line.check;
        }
        print::line(&table::entry(line.status.as_str(), line.status.tone(), INDENT, &line.told))?;
        if !line.fix.is_empty() {
            print::line(&table::entry("  fix", Tone::Plain, INDENT, &line.fix))?;
        }
    }
    let count = |status: Status| lines.iter().filter(|line| line.status == status).count();
    let counts: Vec<String> =
        Status::ALL.iter().map(|status| format!("{} {}", count(*status), status.as_str())).collect();
    print::line(&format!("\n{}. Nothing was changed.", counts.join(", ")))
}
