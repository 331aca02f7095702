//! Many queries over one state: what is held in memory answers as what is read.

use std::collections::BTreeSet;

use serde_json::json;
use sightline_lake::{Session, Workspace};
use sightline_model::lake_table;

use crate::fixture::{estate, lake, schemas};

const MUCH: usize = 1 << 20;

/// Every column of the typed view, and what joins, aggregates and lists make of it.
const ASKED: &[&str] = &[
    "select * from aws_widget order by title",
    "select w.title, g.title as other from aws_widget w left join aws_gadget g on g.title = w.title order by w.title",
    "select account_id, count(*) as n, string_agg(title, ',' order by title) as titles from aws_widget group by account_id order by 1",
    "select title, json_get_str(unnest(json_get_array(policy, 'Statement')), 'Effect') as effect from aws_widget order by 1",
    "select title from aws_widget where size is not null and title not in (select title from aws_gadget) order by 1",
    "select count(*) as n from aws_gadget",
    "select distinct table_name from current_resource order by 1",
];

fn session() -> Session {
    Session::in_memory(&schemas(), estate()).unwrap()
}

fn tables(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn asked(workspace: &Workspace, sql: &str) -> Result<serde_json::Value, String> {
    let statement = workspace.statement(sql).map_err(|error| error.to_string())?;
    let answer = workspace.sql(statement).await.map_err(|error| error.to_string())?;
    let columns: Vec<_> = answer.columns().into_iter().map(|column| format!("{column:?}")).collect();
    Ok(json!([columns, answer.rows().unwrap()]))
}

/// All questions are asked of the session itself and of workspaces that hold nothing, some, and all; and twice, since columns are kept.
async fn same_answers(session: &Session) {
    for limit in [0, 700, MUCH] {
        let workspace = session.workspace(limit).unwrap();
        workspace.hold(&tables(&["aws_widget", "aws_gadget", "current_scan", "nobody"])).await.unwrap();
        for sql in ASKED.iter().chain(ASKED) {
            let answer = session.sql(sql).await.unwrap();
            let columns: Vec<_> = answer.columns().into_iter().map(|column| format!("{column:?}")).collect();
            assert_eq!(
                asked(&workspace, sql).await.unwrap(),
                json!([columns, answer.rows().unwrap()]),
                "{limit}: {sql}"
            );
        }
    }
}

#[tokio::test]
async fn held_tables_answer_as_stored_ones_do() {
    same_answers(&session()).await;
}

#[tokio::test]
async fn held_tables_of_a_lake_answer_as_its_files_do() {
    let (_folder, lake) = lake().await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    same_answers(&lake.session(&schemas()).await.unwrap()).await;
}

#[tokio::test]
async fn what_is_held_tells_whether_a_table_is_empty() {
    let workspace = session().workspace(MUCH).unwrap();
    assert!(!workspace.is_empty("aws_gadget"), "it was not looked at");
    workspace.hold(&tables(&["aws_widget", "aws_gadget"])).await.unwrap();
    assert!(!workspace.is_empty("aws_widget"));
    assert!(workspace.is_empty("aws_gadget"));
    assert!(workspace.is_empty(lake_table::EDGE.name) && workspace.is_empty("current_edge"));
    assert!(!workspace.is_empty("current_scan") && !workspace.is_empty("nobody"));
}

#[tokio::test]
async fn the_largest_table_is_left_out_where_all_do_not_fit() {
    let mut estate = estate();
    let resources = estate.iter_mut().find(|(table, _)| *table == lake_table::RESOURCE).unwrap();
    let mut small = resources.1[1].clone();
    small["table_name"] = "aws_gadget".into();
    let mut large = small.clone();
    large["table_name"] = "aws_widget".into();
    large["title"] = "x".repeat(40_000).into();
    resources.1.extend([small, large]);
    let session = Session::in_memory(&schemas(), estate).unwrap();
    let workspace = session.workspace(20_000).unwrap();
    workspace.hold(&tables(&["aws_widget", "aws_gadget"])).await.unwrap();
    let plan =
        async |table: &str| asked(&workspace, &format!("explain select title from {table}")).await.unwrap().to_string();
    // What was left out is still filtered where it is stored.
    assert!(plan("aws_widget").await.contains("FilterExec"));
    assert!(!plan("aws_gadget").await.contains("FilterExec"));
    assert_eq!(asked(&workspace, "select count(*) as n from aws_widget").await.unwrap()[1], json!([{"n": 4}]));
    assert_eq!(asked(&workspace, "select count(*) as n from aws_gadget").await.unwrap()[1], json!([{"n": 1}]));
}

async fn kept(workspace: &Workspace, name: &str, sql: &str) -> Result<bool, String> {
    let statement = workspace.statement(sql).map_err(|error| error.to_string())?;
    workspace.keep(name, statement).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_kept_answer_is_a_table() {
    let workspace = session().workspace(MUCH).unwrap();
    assert_eq!(
        kept(&workspace, "titles", "select title, policy -> 'Statement' as part, policy from aws_widget").await,
        Ok(true)
    );
    assert_eq!(
        kept(&workspace, "more", "select title || '!' as title, policy from titles where title = 'bot'").await,
        Ok(true)
    );
    assert_eq!(kept(&workspace, "none", "select title from titles where false").await, Ok(true));
    assert!(workspace.is_empty("none") && !workspace.is_empty("more"));
    let rows = asked(&workspace, "select m.title, m.policy, n.title as none from more m left join none n on true")
        .await
        .unwrap();
    assert_eq!(rows[1], json!([{"title": "bot!", "policy": {"Statement": [{"Effect": "Allow"}]}, "none": null}]));
    assert_eq!(
        workspace.statement("select * from more join aws_widget using (title)").unwrap().tables(),
        &tables(&["aws_widget", "more"])
    );
}

#[tokio::test]
async fn a_kept_answer_takes_no_name_of_the_lakes() {
    let workspace = session().workspace(MUCH).unwrap();
    for name in ["aws_widget", "scan", "current_scan", "pod"] {
        assert_eq!(kept(&workspace, name, "select 1 as x").await, Ok(false));
    }
    assert_eq!(asked(&workspace, "select count(*) as n from aws_widget").await.unwrap()[1], json!([{"n": 3}]));
}

#[tokio::test]
async fn kept_answers_have_one_bound_together() {
    let workspace = session().workspace(6_000).unwrap();
    assert_eq!(kept(&workspace, "a", "select repeat('x', 4000) as x").await, Ok(true));
    assert_eq!(kept(&workspace, "b", "select repeat('x', 4000) as x").await, Ok(false));
    assert_eq!(kept(&workspace, "c", "select repeat('x', 400) as x").await, Ok(true));
    insta::assert_snapshot!(asked(&workspace, "select * from b").await.unwrap_err(), @"there is no table `b`; `SHOW TABLES` lists all");
}

#[tokio::test]
async fn a_workspace_reads_only_and_has_the_sessions_functions() {
    let session = session();
    session.register_text_function("twice", 1, std::sync::Arc::new(|texts| texts[0].map(|text| text.repeat(2))));
    let workspace = session.workspace(MUCH).unwrap();
    assert_eq!(asked(&workspace, "select twice('ab') as x").await.unwrap()[1], json!([{"x": "abab"}]));
    insta::assert_snapshot!(asked(&workspace, "drop table scan").await.unwrap_err(), @"`drop table` is refused: the lake is only read through SQL; use SELECT, EXPLAIN, DESCRIBE or SHOW TABLES");
    insta::assert_snapshot!(asked(&workspace, "select title into own from aws_widget").await.unwrap_err(), @"`select title` is refused: the lake is only read through SQL; use SELECT, EXPLAIN, DESCRIBE or SHOW TABLES");
    insta::assert_snapshot!(asked(&workspace, "select * from aws_widgets").await.unwrap_err(), @"there is no table `aws_widgets`, did you mean `aws_widget` or `aws_gadget`?; `SHOW TABLES` lists all");
}
