//! Where a bucket is, and which bucket a region's logs go to where they cannot leave it.

use crate::context::{Asked, Context, or_absent, text};
use crate::form;
use crate::parameters::Parameters;
use serde_json::json;

/// Longest name of a bucket.
const LONGEST: usize = 63;

/// The region of a bucket; nothing if there is no such bucket.
pub(crate) async fn location(context: &Context, bucket: &str) -> Asked<Option<String>> {
    let input = json!({"Bucket": bucket});
    let asked = context.ask(&context.parameters.home, "s3", "GetBucketLocation", input, "s3:GetBucketLocation").await;
    // Buckets of the first two regions answer in words of their own.
    Ok(or_absent(asked, "NoSuchBucket")?.map(|answer| match text(&answer, "/LocationConstraint") {
        "" => "us-east-1".to_owned(),
        "EU" => "eu-west-1".to_owned(),
        region => region.to_owned(),
    }))
}

/// The parameters with the bucket that takes the region's invocation logs: Bedrock delivers within an account and region alone. At home that
/// is the log bucket, if it is the account's own; elsewhere it is one beside it.
pub(crate) fn of_region(parameters: &Parameters, region: &str) -> Parameters {
    if region == parameters.home && !parameters.is_bucket_elsewhere() {
        return Parameters { regions: vec![region.to_owned()], ..parameters.clone() };
    }
    beside(parameters, region)
}

/// The parameters with a bucket of the region's own. S3 takes keys of the bucket's region alone, so that the logs' key is none for it.
pub(crate) fn beside(parameters: &Parameters, region: &str) -> Parameters {
    Parameters {
        bucket: name_beside(&parameters.bucket, &parameters.home, region),
        bucket_account: parameters.account_id.clone(),
        home: region.to_owned(),
        regions: vec![region.to_owned()],
        kms_key_arn: None,
        ..parameters.clone()
    }
}

/// The parameters with a bucket and folder that the account names itself; nothing if these are of no form that is let in.
pub(crate) fn named(parameters: &Parameters, region: &str, bucket: &str, prefix: &str) -> Option<Parameters> {
    let prefix = prefix.trim_matches('/');
    let fits = form::BUCKET.fits(bucket) && (prefix.is_empty() || form::PREFIX.fits(prefix));
    fits.then(|| Parameters {
        bucket: bucket.to_owned(),
        bucket_account: if bucket == parameters.bucket { &parameters.bucket_account } else { &parameters.account_id }
            .clone(),
        prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
        home: region.to_owned(),
        ..parameters.clone()
    })
}

/// `logs-eu-west-1` and `logs` as `logs-us-east-1`.
fn name_beside(bucket: &str, home: &str, region: &str) -> String {
    let stem = bucket.strip_suffix(home).and_then(|stem| stem.strip_suffix('-')).unwrap_or(bucket);
    // The log bucket itself may be named after a region that it is not in.
    let end = if format!("{stem}-{region}") == bucket { format!("-models-{region}") } else { format!("-{region}") };
    let stem: String = stem.chars().take(LONGEST.saturating_sub(end.len())).collect();
    stem.trim_end_matches(['-', '.']).to_owned() + &end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_a_bucket_of_a_name_of_its_own() {
        for (bucket, region, expected) in [
            ("sightline-logs-123456789012-eu-west-1", "us-east-1", "sightline-logs-123456789012-us-east-1"),
            ("company-logs", "us-east-1", "company-logs-us-east-1"),
            ("logs-eu-west-1", "eu-west-1", "logs-models-eu-west-1"),
        ] {
            assert_eq!(name_beside(bucket, "eu-west-1", region), expected);
        }
        let long = name_beside(&"a.".repeat(31), "eu-west-1", "ap-southeast-2");
        assert!(form::BUCKET.fits(&long) && long.ends_with("a-ap-southeast-2"), "{long}");
    }
}
