//! SQL reads and does nothing else.

use sightline_lake::{LakeError, Session};

use crate::fixture::{estate, schemas};

fn session() -> Session {
    Session::in_memory(&schemas(), estate()).unwrap()
}

#[tokio::test]
async fn what_does_more_than_read_is_refused() {
    let session = session();
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "DROP TABLE scan",
        "INSERT INTO scan SELECT * FROM scan",
        "DELETE FROM scan",
        "UPDATE scan SET calls = 1",
        "COPY scan TO '/tmp/x.csv'",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "SET datafusion.execution.batch_size = 1",
        "RESET datafusion.execution.batch_size",
        "EXPLAIN ANALYZE INSERT INTO scan SELECT * FROM scan",
        "EXPLAIN COPY scan TO '/tmp/x.csv'",
        "SELECT 1 INTO t",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "DEALLOCATE p",
        "BEGIN",
        "USE x",
        "TRUNCATE TABLE scan",
    ] {
        let error = session.sql(sql).await.map(|answer| answer.rows()).unwrap_err();
        assert!(matches!(error, LakeError::Refused { .. } | LakeError::Query { .. }), "{sql}: {error:?}");
        assert!(!std::path::Path::new("/tmp/x.csv").exists());
    }
    let error = session.sql("DROP TABLE scan").await.unwrap_err();
    insta::assert_snapshot!(error, @"`DROP TABLE` is refused: the lake is only read through SQL; use SELECT, EXPLAIN, DESCRIBE or SHOW TABLES");
    assert!(session.sql("SELECT 1; SELECT 2").await.is_err(), "one statement at a time");
    assert!(session.sql("").await.is_err());
    assert!(session.sql("SELECT * FROM '/etc/passwd'").await.is_err());
}

#[tokio::test]
async fn what_reads_is_not() {
    let session = session();
    for sql in [
        "SHOW TABLES",
        "DESCRIBE scan",
        "SHOW COLUMNS FROM aws_widget",
        "EXPLAIN SELECT * FROM aws_widget",
        "EXPLAIN ANALYZE SELECT * FROM aws_widget",
        "SELECT * FROM information_schema.columns",
        "SELECT table_name FROM information_schema.tables",
        "WITH s AS (SELECT * FROM scan) SELECT * FROM s",
        "SELECT * FROM sightline.lake.scan",
        "VALUES (1)",
        "SELECT now(), interval '1 day', DATE '2026-01-01'",
    ] {
        let answer = session.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(!answer.rows().unwrap().is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn an_unknown_table_is_answered_with_near_names() {
    let session = session();
    let message = async |sql: &str| session.sql(sql).await.unwrap_err().to_string();
    insta::assert_snapshot!(message("SELECT * FROM aws_widgets").await, @"there is no table `aws_widgets`, did you mean `aws_widget` or `aws_gadget`?; `SHOW TABLES` lists all");
    insta::assert_snapshot!(message("SELECT * FROM zzz").await, @"there is no table `zzz`; `SHOW TABLES` lists all");
    insta::assert_snapshot!(message("SELECT colour FROM current_scan").await, @"schema error: No field named colour; Valid fields are current_scan.scan_id, current_scan.account_id, current_scan.partition, current_scan.caller_arn, current_scan.regions, current_scan.version, current_scan.started_at, current_scan.finished_at, current_scan.tables, current_scan.resources, current_scan.calls, current_scan.incomplete");
    insta::assert_snapshot!(message("SELEC 1").await, @"sql parser error: Expected: an SQL statement, found: SELEC at Line: 1, Column: 1");
}

#[test]
fn tables_of_a_statement() {
    let session = session();
    let tables = session
        .tables_of("WITH own AS (SELECT * FROM aws_widget) SELECT * FROM own JOIN current_scan USING (account_id) WHERE EXISTS (SELECT 1 FROM not_yet)")
        .unwrap();
    assert_eq!(tables.into_iter().collect::<Vec<_>>(), ["aws_widget", "current_scan", "not_yet"]);
    assert!(session.tables_of("DROP TABLE scan").is_err());
}
