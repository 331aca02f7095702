//! Functions that others bring.

use std::sync::Arc;

use serde_json::{Value, json};
use sightline_lake::Session;

use crate::fixture::{estate, schemas};

fn session() -> Session {
    let session = Session::in_memory(&schemas(), estate()).unwrap();
    let joined = |texts: &[Option<&str>]| texts.iter().copied().collect::<Option<Vec<&str>>>().map(|all| all.join("+"));
    session.register_text_function("joined", 2, Arc::new(joined));
    session
}

async fn values(sql: &str) -> Vec<Value> {
    session().sql(sql).await.unwrap().rows().unwrap().into_iter().map(|mut row| row.swap_remove("v").unwrap()).collect()
}

#[tokio::test]
async fn rows_and_constants() {
    assert_eq!(values("SELECT joined('a', 'b') AS v").await, [json!("a+b")]);
    assert_eq!(values("SELECT joined('a', NULL) AS v").await, [Value::Null]);
    let by_row = "SELECT joined(title, 'x') AS v FROM aws_widget WHERE account_id = '123456789012' ORDER BY title";
    assert_eq!(values(by_row).await, [json!("bot+x"), json!("odd+x")]);
    assert_eq!(values("SELECT count(*) AS v FROM aws_widget WHERE joined(title, 'x') = 'bot+x'").await, [json!(1)]);
    assert_eq!(values("SELECT joined(title, 'x') AS v FROM aws_widget WHERE false").await, Vec::<Value>::new());
    // What JSON operators give is text too.
    assert_eq!(
        values("SELECT joined(config->>'note', title) AS v FROM resource WHERE title = 'bot'").await,
        [Value::Null]
    );
}

#[tokio::test]
async fn wrong_arguments_are_an_error() {
    assert!(session().sql("SELECT joined('a')").await.is_err());
    assert!(session().sql("SELECT disjoined('a', 'b')").await.is_err());
}

#[tokio::test]
async fn a_function_of_the_same_name_is_replaced() {
    let session = session();
    session.register_text_function("joined", 2, Arc::new(|_| Some("new".to_owned())));
    let rows = session.sql("SELECT joined('a', 'b') AS v").await.unwrap().rows().unwrap();
    assert_eq!(rows[0]["v"], "new");
}
