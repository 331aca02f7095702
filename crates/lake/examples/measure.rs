fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let lake = sightline_lake::Lake::create(dir.path()).await.unwrap();
        let t = "2026-11-20T01:00:00Z".parse().unwrap();
        let rows: Vec<_> = (0..50_000i64).map(|n| sightline_model::log::ApiCall { event_id: format!("e-{n}"), event_time: t, event_source: "bedrock.amazonaws.com".into(), event_name: "Converse".into(), identity_arn: format!("arn:{}", n % 100), model_id: "m".into(), request_parameters: serde_json::json!({"modelId": "m"}), ..Default::default() }).collect();
        let s = std::time::Instant::now();
        lake.append_once(sightline_model::lake_table::API_CALL, &rows, "a", 1).await.unwrap();
        println!("append 50k api_call: {:?}", s.elapsed());
        for n in 2..12 { let s = std::time::Instant::now(); lake.append_once(sightline_model::lake_table::API_CALL, &rows[..10], "a", n).await.unwrap(); if n % 3 == 0 { println!("append 10 rows: {:?}", s.elapsed()); } }
        let s = std::time::Instant::now();
        let session = lake.session(&[]).await.unwrap();
        println!("session: {:?}", s.elapsed());
        let s = std::time::Instant::now();
        let n = session.sql("select identity_arn, count(*) from api_call group by 1").await.unwrap().row_count();
        println!("group by {n}: {:?}", s.elapsed());
        let s = std::time::Instant::now();
        let n = session.sql("select * from api_call").await.unwrap().rows_as::<sightline_model::log::ApiCall>().unwrap().len();
        println!("read {n} rows as structs: {:?}", s.elapsed());
        println!("size {}", std::process::Command::new("du").args(["-sk", dir.path().join("api_call").to_str().unwrap()]).output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap());
    });
}
