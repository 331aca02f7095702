//! Files that cannot hold an answer are not opened: old scans cost nothing.

use crate::fixture::{estate, lake, schemas};

#[tokio::test]
async fn only_files_of_the_wanted_scans_are_planned() {
    let (_folder, lake) = lake().await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    let session = lake.session(&schemas()).await.unwrap();
    let planned = async |sql: &str| -> Vec<bool> {
        let rows = session.sql(&format!("EXPLAIN {sql}")).await.unwrap().rows().unwrap();
        let plan = rows.iter().map(|row| row["plan"].as_str().unwrap()).collect::<String>();
        ["000001", "000002", "000003", "000004"].iter().map(|scan| plan.contains(&format!("Z-{scan}/part-"))).collect()
    };
    assert_eq!(planned("SELECT title FROM resource").await, [true, true, true, true]);
    let one = "SELECT title FROM resource WHERE scan_id = '20261101T000000Z-000001' AND title = 'gone'";
    assert_eq!(planned(one).await, [true, false, false, false]);
    assert_eq!(planned("SELECT title FROM resource WHERE scan_id > '20261102'").await, [false, true, false, true]);
    assert_eq!(
        planned("SELECT widget_id FROM aws_widget WHERE account_id = '123456789012'").await,
        [false, true, true, false]
    );
}
