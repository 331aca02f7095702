//! What a statement may do (read) and which names it reads.

use std::collections::BTreeSet;

use datafusion::common::utils::datafusion_strsim::normalized_levenshtein;
use datafusion::execution::SessionState;
use datafusion::logical_expr::sqlparser::ast::Statement as Ast;
use datafusion::sql::parser::Statement;
use sightline_model::untrusted::shortened;

use crate::LakeError;

/// Names that differ more than this are no help. 1 is the same name.
const NEAR: f64 = 0.6;
const MOST_SUGGESTIONS: usize = 3;

/// The one statement of the text, when all it does is read.
pub(crate) fn parse(state: &SessionState, sql: &str) -> Result<Statement, LakeError> {
    let dialect = state.config_options().sql_parser.dialect;
    let statement = state.sql_to_statement(sql, &dialect).map_err(|error| LakeError::query(&error))?;
    if reads_only(&statement) { Ok(statement) } else { Err(refused(sql)) }
}

/// The refusal of a statement, by its first words.
pub(crate) fn refused(sql: &str) -> LakeError {
    let first: Vec<&str> = sql.split_whitespace().take(2).collect();
    LakeError::Refused { what: shortened(&first.join(" "), 60) }
}

fn reads_only(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(statement) => ast_reads_only(statement),
        Statement::Explain(explain) => reads_only(&explain.statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => false,
    }
}

fn ast_reads_only(statement: &Ast) -> bool {
    match statement {
        Ast::Explain { statement, .. } => ast_reads_only(statement),
        Ast::Query(_)
        | Ast::ExplainTable { .. }
        | Ast::ShowTables { .. }
        | Ast::ShowColumns { .. }
        | Ast::ShowFunctions { .. }
        | Ast::ShowVariable { .. } => true,
        _ => false,
    }
}

/// Names of tables and views in the statement, without those that it defines itself (`WITH`).
pub(crate) fn tables_of(state: &SessionState, statement: &Statement) -> Result<BTreeSet<String>, LakeError> {
    let references = state.resolve_table_references(statement).map_err(|error| LakeError::query(&error))?;
    let of_the_lake =
        references.iter().filter(|reference| reference.schema().is_none_or(|schema| schema != "information_schema"));
    Ok(of_the_lake.map(|reference| reference.table().to_owned()).collect())
}

/// Refuses names that nobody has, and says which are like them.
pub(crate) fn check_names(names: &[String], used: &BTreeSet<String>) -> Result<(), LakeError> {
    match used.iter().find(|name| !names.contains(*name)) {
        Some(unknown) => Err(LakeError::UnknownTable { name: shortened(unknown, 100), near: near(names, unknown) }),
        None => Ok(()),
    }
}

fn near(names: &[String], unknown: &str) -> Vec<String> {
    let mut scored: Vec<(f64, &String)> =
        names.iter().map(|name| (likeness(name, unknown), name)).filter(|(score, _)| *score >= NEAR).collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().take(MOST_SUGGESTIONS).map(|(_, name)| name.clone()).collect()
}

/// A name that holds the other (`guardrail` in `aws_bedrock_guardrail`) is as good as a misspelling.
fn likeness(name: &str, unknown: &str) -> f64 {
    let contained = unknown.len() >= 4 && (name.contains(unknown) || name.contains(unknown.trim_end_matches('s')));
    let spelled = normalized_levenshtein(name, unknown);
    if contained { spelled.max(NEAR) } else { spelled }
}
