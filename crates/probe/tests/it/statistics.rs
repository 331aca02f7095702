//! Against SciPy, statsmodels and scikit-learn: `tools/statistics/reference.py` made the figures.

use serde_json::Value;
use sightline_probe::stats::{Agreement, benjamini_hochberg, mcnemar, over_prompts, wilson};

fn reference(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("statistics/reference.json")).unwrap();
    let part = all[part].as_array().unwrap().clone();
    assert!(!part.is_empty());
    part
}

fn near(ours: f64, theirs: &Value, within: f64) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() <= within, "{ours} and {theirs}");
}

fn pairs<T>(rows: &Value, read: impl Fn(u64) -> T) -> Vec<(T, T)> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| (read(row[0].as_u64().unwrap()), read(row[1].as_u64().unwrap()))).collect()
}

#[test]
fn wilson_is_statsmodels_wilson() {
    for row in reference("wilson") {
        let interval = wilson(row[0].as_u64().unwrap(), row[1].as_u64().unwrap());
        near(interval.low, &row[2], 1e-12);
        near(interval.high, &row[3], 1e-12);
    }
}

#[test]
fn mcnemar_is_statsmodels_exact_mcnemar() {
    for row in reference("mcnemar") {
        let p = mcnemar(row[0].as_u64().unwrap(), row[1].as_u64().unwrap());
        near(p, &row[2], 1e-9);
    }
}

#[test]
fn q_values_are_statsmodels_fdr_bh() {
    for row in reference("benjamini_hochberg") {
        let p: Vec<f64> = serde_json::from_value(row["p"].clone()).unwrap();
        for (ours, theirs) in benjamini_hochberg(&p).into_iter().zip(row["q"].as_array().unwrap()) {
            near(ours, theirs, 1e-12);
        }
    }
}

/// Two draws from the same prompts differ by chance: theirs has 200,000 samples, ours 4,000.
#[test]
fn the_bootstrap_is_scipys_within_its_noise() {
    for row in reference("bootstrap") {
        let interval = over_prompts(&pairs(&row["prompts"], |count| count)).unwrap();
        near(interval.low, &row["interval"][0], 0.012);
        near(interval.high, &row["interval"][1], 0.012);
    }
}

#[test]
fn kappa_is_scikit_learns() {
    for row in reference("agreement") {
        let agreement = Agreement::of(&pairs(&row["pairs"], |verdict| verdict == 1));
        near(agreement.accuracy, &row["accuracy"], 1e-12);
        near(agreement.kappa.unwrap(), &row["kappa"], 1e-12);
    }
}
