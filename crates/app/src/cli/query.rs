//! `sightline query "SQL"`: read-only SQL over everything in the lake.

use super::Global;
use crate::exit::Exit;
use crate::table::{Table, Tone};
use crate::{print, stage};
use clap::{Args, ValueEnum};
use serde_json::Value;
use sightline_discover::access;
use sightline_lake::Answer;
use sightline_model::untrusted::{for_spreadsheet, shortened};
use std::io::Read as _;
use std::sync::Arc;

/// The longest cell of a table, in characters.
const LONGEST_CELL: usize = 200;

/// Run SQL over the inventory, the logs, the map and the findings
#[derive(Debug, Args)]
#[command(after_help = "Try: sightline query \"SELECT table_name, count(*) FROM current_resource GROUP BY 1\"\n\
     `SHOW TABLES` lists all names, `DESCRIBE aws_iam_role` the columns; JSON columns are read with `->` and `->>`.\n\
     `can(principal, action, resource)` and `why(principal, action, resource)` say what policies allow and by which statements.")]
pub(crate) struct Query {
    /// One statement that reads; `-` reads it from standard input
    sql: String,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Shape::Table)]
    format: Shape,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Table,
    Json,
    Ndjson,
    Csv,
}

impl Query {
    /// Runs the statement and prints the answer.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let sql = if self.sql == "-" { standard_input()? } else { self.sql };
        let lake = stage::open(&global.lake).await?;
        let session = stage::session(&lake).await?;
        if calls_one_of(&sql, access::FUNCTIONS) {
            access::register(&session, Arc::new(access::organization(&session).await?));
        }
        let answer = session.sql(&sql).await?;
        match if self.json { Shape::Json } else { self.format } {
            Shape::Json => print::json(&answer.rows()?)?,
            Shape::Ndjson => {
                for row in answer.rows()? {
                    print::line(&serde_json::to_string(&row)?)?;
                }
            }
            Shape::Csv => csv(&answer)?,
            Shape::Table => table(&answer)?,
        }
        Ok(Exit::Clean)
    }
}

/// Whether a text may call one of these functions: reading the inventory for them takes a while.
pub(crate) fn calls_one_of(sql: &str, functions: &[(&str, &str)]) -> bool {
    let names = sql.split('(').map(|before| before.trim_end().trim_end_matches('"'));
    let names = names.filter_map(|before| before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next());
    names.into_iter().any(|name| functions.iter().any(|(function, _)| function.eq_ignore_ascii_case(name)))
}

fn standard_input() -> std::io::Result<String> {
    let mut sql = String::new();
    std::io::stdin().lock().read_to_string(&mut sql)?;
    Ok(sql)
}

fn table(answer: &Answer) -> anyhow::Result<()> {
    let columns = answer.columns();
    let titles: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut table = Table::new(&titles);
    for row in answer.rows()? {
        let cells: Vec<String> = titles.iter().map(|name| shortened(&text(row.get(*name)), LONGEST_CELL)).collect();
        table.row(cells.iter().map(|cell| (cell.as_str(), Tone::Plain)));
    }
    print::line(table.to_string().trim_end())?;
    print::note(&format!("{} rows", answer.row_count()));
    Ok(())
}

fn csv(answer: &Answer) -> anyhow::Result<()> {
    let columns = answer.columns();
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record(columns.iter().map(|column| column.name.as_str()))?;
    for row in answer.rows()? {
        out.write_record(columns.iter().map(|column| for_spreadsheet(&text(row.get(&column.name)))))?;
    }
    out.flush()?;
    Ok(())
}

pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{access, calls_one_of};

    #[test]
    fn functions_are_found_where_they_are_called() {
        for sql in ["SELECT can(a, b, c)", "select x, WHY (a, b, c) from t", "SELECT \"can\"(a, b, c)"] {
            assert!(calls_one_of(sql, access::FUNCTIONS), "{sql}");
        }
        for sql in ["SELECT count(*) FROM canned", "SELECT can FROM t", "SELECT scan(a)", "SELECT we_can(a)"] {
            assert!(!calls_one_of(sql, access::FUNCTIONS), "{sql}");
        }
    }
}
