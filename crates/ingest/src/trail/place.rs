//! Which account and region an object is of, by its key.

use crate::ObjectRef;
use crate::object::segments;

/// What the folders of events are called, and the files' second part.
const FOLDER: &str = "CloudTrail";

/// Account and region, each empty where the key does not tell it: from the file's name,
/// `<account>_CloudTrail_<region>_<time>_<unique>.json.gz`, which copies keep, or else from the folders `<account>/CloudTrail/<region>`.
pub(crate) fn of_key(object: &ObjectRef<'_>) -> (String, String) {
    let file = object.segments().next_back().unwrap_or_default();
    let mut parts = file.split('_');
    if let (Some(account), Some(kind), Some(region), Some(_)) = (parts.next(), parts.next(), parts.next(), parts.next())
        && is_events(kind)
    {
        return checked(account, region);
    }
    let folders: Vec<&str> = object.segments().collect();
    let found = folders.windows(3).find_map(|folders| match folders {
        [account, kind, region] if is_events(kind) => Some(checked(account, region)),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Whether a folder of the key has this name, or the file's name holds it the way CloudTrail writes it.
pub(crate) fn names(key: &str, is_kind: impl Fn(&str) -> bool) -> bool {
    let mut segments = segments(key).rev();
    let in_file = segments.next().is_some_and(|file| file.split('_').nth(1).is_some_and(&is_kind));
    in_file || segments.any(is_kind)
}

/// `CloudTrail`, or one of its siblings, such as `CloudTrail-NetworkActivity`.
pub(crate) fn is_events(kind: &str) -> bool {
    kind.strip_prefix(FOLDER).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn checked(account: &str, region: &str) -> (String, String) {
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_region = region.split('-').count() >= 3 && region.len() <= 32;
    let kept = |is: bool, text: &str| if is { text.to_owned() } else { String::new() };
    (kept(is_account, account), kept(is_region, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_the_account_and_the_region() {
        let of = |key: &str| {
            let (account, region) = of_key(&ObjectRef { uri: "", key });
            format!("{account} {region}")
        };
        let file = "123456789012_CloudTrail_eu-west-1_20261122T0305Z_aBcDeFgHiJkLmNoP.json.gz";
        assert_eq!(
            of(&format!("AWSLogs/o-a1b2/210987654321/CloudTrail/us-east-1/2026/{file}")),
            "123456789012 eu-west-1"
        );
        assert_eq!(of(&format!("copies/account=123456789012/day=2026-11-22/{file}")), "123456789012 eu-west-1");
        assert_eq!(
            of("p/AWSLogs/o-a/123456789012/CloudTrail-Insight/us-gov-west-1/2026/x.json"),
            "123456789012 us-gov-west-1"
        );
        assert_eq!(of("CloudTrail/x.json"), " ");
        assert_eq!(of("some/where.json"), " ");
    }
}
