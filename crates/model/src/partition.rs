//! AWS partitions: which one a region belongs to.

/// The partition of a region, by the longest known prefix (`us-gov-` is not `us-`). Regions of no known prefix are taken to
/// be in `aws`. Source: `partitions.json` of botocore.
pub fn of_region(region: &str) -> &'static str {
    const PREFIXES: &[(&str, &str)] = &[
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("cn-", "aws-cn"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(super::of_region("us-gov-west-1"), "aws-us-gov");
        assert_eq!(super::of_region("us-isob-east-1"), "aws-iso-b");
        assert_eq!(super::of_region("eu-central-1"), "aws");
    }
}
