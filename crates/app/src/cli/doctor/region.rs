//! Whether a region is set, and is one.

use super::line::Line;

const CHECK: &str = "region";

/// The regions of the command line, else the one that the environment or the profile names.
pub(super) fn lines(named: &[String]) -> Vec<Line> {
    if named.is_empty() {
        return vec![Line::warning(
            CHECK,
            "none is set: calls that are made once for the account go to us-east-1 (a scan reads all regions that are enabled)",
            "export AWS_REGION=…, or set `region` in the profile",
        )];
    }
    named.iter().map(|region| judged(region, &sightline_aws::known_regions().collect::<Vec<_>>())).collect()
}

fn judged(region: &str, known: &[&str]) -> Line {
    if known.contains(&region) {
        return Line::ok(CHECK, region);
    }
    let zone = region.strip_suffix(|c: char| c.is_ascii_lowercase()).filter(|region| known.contains(region));
    if let Some(region_of_zone) = zone {
        let told = format!("`{region}` is an availability zone");
        return Line::wrong(CHECK, told, format!("export AWS_REGION={region_of_zone}"));
    }
    let near = known.iter().min_by_key(|other| strsim::damerau_levenshtein(other, region));
    let near = near.filter(|other| strsim::damerau_levenshtein(other, region) <= 2);
    match near {
        Some(near) if !has_form(region) => Line::wrong(
            CHECK,
            format!("`{region}` is no region, did you mean `{near}`?"),
            format!("export AWS_REGION={near}"),
        ),
        _ if has_form(region) => Line::warning(
            CHECK,
            format!("`{region}` is no region that this version knows"),
            "correct it, or upgrade sightline if AWS has added it",
        ),
        _ => Line::wrong(CHECK, format!("`{region}` is no region"), "export AWS_REGION=…, such as eu-west-1"),
    }
}

/// Whether a name is made as those of regions are: `us-east-1`, `us-gov-west-1`.
fn has_form(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let words = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    first.len() == 2
        && words(first)
        && !middle.is_empty()
        && middle.iter().all(words)
        && last.len() == 1
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;

    #[test]
    fn regions_zones_and_slips() {
        let known = ["eu-west-1", "eu-west-2", "us-east-1", "us-gov-west-1"];
        for (region, status, says) in [
            ("eu-west-1", Status::Ok, "eu-west-1"),
            ("us-gov-west-1", Status::Ok, "gov"),
            ("eu-west-1a", Status::Wrong, "availability zone"),
            ("eu-west1", Status::Wrong, "did you mean `eu-west-1`"),
            ("eu-moon-9", Status::Warning, "this version"),
            ("Frankfurt", Status::Wrong, "no region"),
        ] {
            let line = judged(region, &known);
            assert_eq!(line.status, status, "{region}");
            assert!(line.told.contains(says), "{region}: {}", line.told);
        }
        assert_eq!(lines(&[])[0].status, Status::Warning);
    }
}
