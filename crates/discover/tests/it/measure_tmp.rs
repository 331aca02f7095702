use sightline_lake::Lake;
use sightline_discover::access;
use sightline_model::RunId;
#[tokio::test]
async fn measure() {
    let lake = Lake::open(std::path::Path::new(&std::env::var("LAKE").unwrap())).await.unwrap();
    let session = lake.session(&sightline_collect::catalogue::catalogue().unwrap().schemas()).await.unwrap();
    let t = std::time::Instant::now();
    let inventory = access::organization(&session).await.unwrap();
    println!("organization {:?}: principals {} workloads {} asks {} policies {} problems {}", t.elapsed(), inventory.organization.principals.len(), inventory.organization.workloads.len(), inventory.asks.len(), inventory.organization.resource_policies.len(), inventory.problems.len());
    for p in &inventory.problems { println!("  {} {:?}: {}", p.place, p.statement, p.why); }
    for (id, a) in &inventory.organization.accounts { println!("  {id} {:?} scp {:?} rcp {:?}", a.path, a.scp.known().map(Vec::len), a.rcp.known().map(Vec::len)); }
    let t = std::time::Instant::now();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let rows = inventory.model_access(&RunId::new(now, 1), now);
    println!("rows {} {:?}", rows.len(), t.elapsed());
    let mut count = std::collections::BTreeMap::new();
    for r in &rows { *count.entry((r.resource_kind.clone(), r.decision, r.principal_kind.clone(), r.workload_kind.clone())).or_insert(0) += 1; }
    for (k, n) in count { println!("  {k:?} {n}"); }
    for r in rows.iter().filter(|r| r.hops > 0).take(12) { println!("  {} {} -> {} {} [{}] {}", r.decision, r.principal_arn, r.action, r.resource_arn, r.residual, r.witness); }
    for r in rows.iter().filter(|r| r.principal_kind == "outside").take(4) { println!("  {} {} -> {} {} [{}] {}", r.decision, r.principal_arn, r.action, r.resource_arn, r.residual, r.workload_arn); }
    let t = std::time::Instant::now();
    for arn in inventory.organization.principals.iter().map(|p| p.arn.clone()).filter(|a| a.contains("role/")).take(4) {
        let u = access::unused(&session, &arn).await.unwrap();
        println!("unused {arn} {:?} {:?}\n  removed {} kept {} rests {:#?} {}", t.elapsed(), u.period, u.removed.len(), u.kept.len(), u.rests_on, serde_json::to_string(&u.proposal).unwrap());
    }
}
