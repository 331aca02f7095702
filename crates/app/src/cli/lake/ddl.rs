//! Table definitions for other engines, from the lake's own declarations.

use super::super::Global;
use super::{chosen, table};
use crate::exit::Exit;
use crate::{print, stage};
use clap::{Args, ValueEnum};
use sightline_model::{ColumnType, LakeTable};
use std::fmt::Write as _;

/// Print what makes the lake's tables known to another engine, which then reads them as they are, each query at their newest version
#[derive(Debug, Args)]
pub(super) struct Ddl {
    /// The engine
    #[arg(value_enum)]
    engine: Engine,
    /// Tables [default: all that were written]
    #[arg(value_name = "TABLE", value_parser = table)]
    tables: Vec<&'static LakeTable>,
    /// The database, or schema, that the tables get into: letters, digits and `_`
    #[arg(long, default_value = "sightline", value_name = "NAME", value_parser = name)]
    database: String,
    /// Trino's catalog of the Delta Lake connector
    #[arg(long, default_value = "delta", value_name = "NAME", value_parser = name)]
    catalog: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Athena,
    Trino,
    Spark,
}

fn name(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_name = !text.is_empty() && text.len() <= 100 && text.bytes().all(plain);
    if is_name { Ok(text.to_owned()) } else { Err("a name is letters, digits and `_`".to_owned()) }
}

impl Ddl {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let mut tables = Vec::new();
        for table in chosen(&self.tables, |_| true, "")? {
            // An engine refuses a table that has no log yet.
            if !self.tables.is_empty() || lake.table_status(table).await?.is_some() {
                tables.push(table);
            }
        }
        let root = lake.root().display().to_string();
        if self.engine == Engine::Athena && !root.starts_with("s3://") {
            anyhow::bail!("Athena reads from S3 alone: name a lake at `s3://bucket/prefix` with `--lake`");
        }
        print::line(self.text(&root, &tables).trim_end())?;
        Ok(Exit::Clean)
    }

    fn text(&self, root: &str, tables: &[&LakeTable]) -> String {
        let mut text = match self.engine {
            Engine::Athena => format!("CREATE DATABASE IF NOT EXISTS `{}`;\n", self.database),
            Engine::Trino => format!("CREATE SCHEMA IF NOT EXISTS {}.{};\n", self.catalog, self.database),
            Engine::Spark => format!("CREATE DATABASE IF NOT EXISTS {};\n", self.database),
        };
        for table in tables {
            // Some programs part statements at each semicolon, also of a comment.
            let about = table.about.replace(';', ",");
            let _ = write!(text, "\n-- {about}\n-- {}\n{}\n", columns(table), self.one(root, table));
        }
        text
    }

    /// The columns are not given: each engine takes them from the table's log, and sees those that a later version adds.
    fn one(&self, root: &str, table: &LakeTable) -> String {
        let Self { database, catalog, .. } = self;
        let name = table.name;
        let place = format!("{root}/{name}");
        // Trino doubles a quote in a text; Spark and Hive, whose words Athena takes, put a backslash before it.
        let place = match self.engine {
            Engine::Trino => place.replace('\'', "''"),
            Engine::Athena | Engine::Spark => place.replace('\\', r"\\").replace('\'', r"\'"),
        };
        match self.engine {
            Engine::Athena => format!(
                "CREATE EXTERNAL TABLE IF NOT EXISTS `{database}`.`{name}`\nLOCATION '{place}/'\nTBLPROPERTIES ('table_type' = 'DELTA');"
            ),
            Engine::Trino => format!(
                "CALL {catalog}.system.register_table(schema_name => '{database}', table_name => '{name}', table_location => '{place}');"
            ),
            Engine::Spark => {
                // Hadoop's file system for S3 goes by another scheme.
                let place = place.replacen("s3://", "s3a://", 1);
                format!("CREATE TABLE IF NOT EXISTS {database}.`{name}` USING DELTA LOCATION '{place}';")
            }
        }
    }
}

fn columns(table: &LakeTable) -> String {
    let kind = |kind: ColumnType| match kind {
        ColumnType::Bool => "boolean",
        ColumnType::Int => "bigint",
        ColumnType::Float => "double",
        ColumnType::Text => "string",
        ColumnType::Time => "timestamp",
        ColumnType::Json => "string (JSON)",
    };
    let columns: Vec<String> = table.columns.iter().map(|(name, of)| format!("{name} {}", kind(*of))).collect();
    columns.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_model::lake_table::{ALL, FLOW, SCAN};

    fn text_of(engine: Engine, tables: &[&LakeTable]) -> String {
        let (database, catalog) = ("sightline".to_owned(), "delta".to_owned());
        Ddl { engine, tables: vec![], database, catalog }.text("s3://my-lake/prod", tables)
    }

    fn text(engine: Engine) -> String {
        text_of(engine, &[FLOW, SCAN])
    }

    #[test]
    fn a_semicolon_ends_a_statement_and_nothing_else() {
        for engine in [Engine::Athena, Engine::Trino, Engine::Spark] {
            let text = text_of(engine, ALL);
            assert_eq!(text.matches(';').count(), 1 + ALL.len(), "{text}");
            let statements = text.lines().filter(|line| !line.starts_with("--")).collect::<String>();
            assert_eq!(statements.matches(';').count(), 1 + ALL.len(), "{statements}");
        }
    }

    #[test]
    fn each_engine_has_its_words() {
        let athena = text(Engine::Athena);
        assert!(athena.contains("LOCATION 's3://my-lake/prod/flow/'"), "{athena}");
        assert_eq!(athena.matches("'table_type' = 'DELTA'").count(), 2);
        let trino = text(Engine::Trino);
        assert!(trino.contains("delta.system.register_table(schema_name => 'sightline', table_name => 'scan', table_location => 's3://my-lake/prod/scan')"), "{trino}");
        let spark = text(Engine::Spark);
        assert!(spark.contains("sightline.`flow` USING DELTA LOCATION 's3a://my-lake/prod/flow'"), "{spark}");
        assert!(spark.contains("hour timestamp, account_id string"), "{spark}");
    }

    #[test]
    fn a_quote_in_a_place_ends_no_text() {
        let (database, catalog) = ("sightline".to_owned(), "delta".to_owned());
        for (engine, expected) in
            [(Engine::Athena, r"'/it\'s/flow/'"), (Engine::Trino, "'/it''s/flow'"), (Engine::Spark, r"'/it\'s/flow'")]
        {
            let ddl = Ddl { engine, tables: vec![], database: database.clone(), catalog: catalog.clone() };
            let text = ddl.text("/it's", &[FLOW]);
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn a_name_is_a_name() {
        assert!(name("sight_line2").is_ok());
        assert!(name("a`; DROP").is_err() && name("").is_err());
    }
}
