//! Every call that a check needs fails in turn, in every way that AWS has of failing, and nothing passes on its strength.
//!
//! The account is `python/every_call.py`: answers made of botocore's shapes, written by moto's serializers. One run of a scan
//! takes many faults at once, but never two that the same check needs: to each check it is as if one call alone had failed.
//! Each call fails in one way a run; `SIGHTLINE_FAULTS=all` gives each all ways, which takes six times as long.

mod account;
mod needs;

use account::Account;
use needs::{Need, batches, needs};
use std::collections::{BTreeMap, BTreeSet};

/// The ways of failing. Two regions spell "unknown" in two ways; the last is an answer that ends in its middle.
const FAULTS: [&str; 6] = ["denied", "cut", "throttled", "failed", "unknown", "unknown_too"];

/// Checks that pass for some resource of the account as it is; the others are broken one table at a time by the tests of `sightline-check`.
const MOST_CHECKS_PASS: usize = 200;

/// Findings by check.
type Passes = BTreeMap<String, usize>;

#[test]
fn a_call_that_fails_lets_nothing_pass() {
    let Some(account) = Account::start() else { return };
    let mut needs = needs();
    let whole = {
        let all: Vec<&Need> = needs.iter().collect();
        let checks = all.iter().map(|need| need.check.as_str()).collect();
        account.passes(&tables(&all), &checks, &BTreeMap::new())
    };
    // What no resource of this account made the scan ask cannot fail either.
    let asked = account.asked();
    needs.iter_mut().for_each(|need| need.calls.retain(|call| asked.contains(call)));
    println!("{} of {} checks pass for something when all is read", whole.len(), needs.len());
    assert!(whole.len() >= MOST_CHECKS_PASS, "{} checks pass: {whole:?}", whole.len());

    #[expect(clippy::disallowed_methods, reason = "how long a test may take can only be told from outside")]
    let wish = std::env::var_os("SIGHTLINE_FAULTS");
    let rounds = if wish.is_some_and(|wish| wish == "all") { FAULTS.len() } else { 1 };
    let tried: Vec<&Need> = needs.iter().filter(|need| whole.contains_key(&need.check)).collect();
    let (mut faults, mut wrong) = (0, Vec::new());
    for batch in batches(&tried) {
        for round in 0..rounds {
            let failing: BTreeMap<&str, &str> =
                batch.iter().enumerate().map(|(at, call)| (*call, fault(at, round))).collect();
            let hit: Vec<&Need> = tried
                .iter()
                .copied()
                .filter(|need| need.calls.iter().any(|call| failing.contains_key(call.as_str())))
                .collect();
            let checks = hit.iter().map(|need| need.check.as_str()).collect();
            for (check, passes) in account.passes(&tables(&hit), &checks, &failing) {
                let call = hit
                    .iter()
                    .find(|need| need.check == check)
                    .and_then(|need| need.calls.iter().find(|call| failing.contains_key(call.as_str())));
                let call = call.unwrap();
                wrong.push(format!("{check} passes {passes} times although {call} was {}", failing[call.as_str()]));
            }
            faults += hit.len();
        }
    }
    println!("{faults} faults of {} calls", needs.iter().flat_map(|need| &need.calls).collect::<BTreeSet<_>>().len());
    assert!(wrong.is_empty(), "{} of {faults}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(faults > 2 * tried.len(), "{faults} faults");
}

fn fault(at: usize, round: usize) -> &'static str {
    FAULTS[(at + round) % FAULTS.len()]
}

fn tables(needs: &[&Need]) -> BTreeSet<String> {
    needs.iter().flat_map(|need| need.tables.iter().cloned()).collect()
}
