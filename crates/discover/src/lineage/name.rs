//! How resources are named in other resources' columns: by ARN, by the end of an ARN, by a key of their own, by the address of
//! something in them.

use sightline_model::Arn;

/// What a value may name, the likeliest first: as it is written, then what it lies in or is a version of.
pub(super) fn forms(value: &str) -> Vec<String> {
    let value = value.trim();
    let mut forms = vec![value.to_owned()];
    forms.extend(bucket(value));
    forms.extend(repository(value));
    // API Gateway wraps the function's ARN into one of its own.
    let inner = value.match_indices("arn:").nth(1).and_then(|(at, _)| value.get(at..));
    let arn = inner.map_or(value, |inner| inner.split_once('/').map_or(inner, |(arn, _)| arn));
    if let Ok(arn) = arn.parse::<Arn>() {
        forms.extend(of_arn(&arn));
    }
    forms.dedup();
    forms
}

fn of_arn(arn: &Arn) -> Vec<String> {
    let text = arn.as_str();
    let mut forms = vec![text.to_owned()];
    // A log group's ARN may stand for all its streams.
    forms.extend(text.strip_suffix(":*").map(str::to_owned));
    match arn.service() {
        "s3" => forms.extend(text.split_once('/').map(|(bucket, _)| bucket.to_owned())),
        // A version or alias of a function.
        "lambda" if arn.resource().matches(':').count() == 2 => {
            forms.extend(text.rsplit_once(':').map(|(function, _)| function.to_owned()));
        }
        _ => {}
    }
    forms
}

/// The bucket of an address in S3, of any of its spellings.
fn bucket(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let name = match scheme {
        "s3" | "s3a" | "s3n" => host,
        "https" if host.starts_with("s3.") || host.starts_with("s3-") => path.split('/').next()?,
        "https" => host.split_once(".s3.").or_else(|| host.split_once(".s3-"))?.0,
        _ => return None,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

/// `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:tag` as the repository's ARN.
fn repository(image: &str) -> Option<String> {
    let (host, path) = image.split_once('/')?;
    let (account, rest) = host.split_once(".dkr.ecr.")?;
    let (region, domain) = rest.split_once('.')?;
    let partition = if domain.ends_with(".cn") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    };
    let name = path.split(['@', ':']).next()?;
    Some(format!("arn:{partition}:ecr:{region}:{account}:repository/{name}"))
}

/// What an ARN ends with: names that others may know the resource by.
pub(super) fn ends(arn: &str) -> Vec<String> {
    let Ok(arn) = arn.parse::<Arn>() else { return vec![arn.to_owned()] };
    let resource = arn.resource().strip_suffix(":*").unwrap_or(arn.resource());
    let own = resource.split_once(['/', ':']).map_or(resource, |(_, own)| own);
    let mut ends = vec![resource.to_owned(), own.to_owned()];
    // The last segment names a role below a path; it names no log group `/a/b`, and a version's number names nothing.
    let last = resource.rsplit(['/', ':']).next().unwrap_or(resource);
    if !own.starts_with('/') && !last.chars().all(|c| c.is_ascii_digit()) {
        ends.push(last.to_owned());
    }
    ends.sort();
    ends.dedup();
    ends
}

/// `vpc-0a1b2c3d`: what AWS gives out once, so that it may be looked for in other accounts.
pub(super) fn is_unique_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(kind, id)| {
        !kind.is_empty() && id.len() >= 8 && id.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_may_name() {
        for (value, named) in [
            ("s3://docs/in/a.csv", "docs"),
            ("https://s3.eu-west-1.amazonaws.com/docs/in", "docs"),
            ("https://docs.s3.eu-west-1.amazonaws.com/in", "docs"),
            ("arn:aws:s3:::docs/in", "arn:aws:s3:::docs"),
            ("arn:aws:logs:eu-west-1:1:log-group:/a/b:*", "arn:aws:logs:eu-west-1:1:log-group:/a/b"),
            ("arn:aws:lambda:eu-west-1:1:function:f:live", "arn:aws:lambda:eu-west-1:1:function:f"),
            (
                "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f/invocations",
                "arn:aws:lambda:eu-west-1:1:function:f",
            ),
            (
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1@sha256:00",
                "arn:aws:ecr:eu-west-1:123456789012:repository/team/app",
            ),
            ("anthropic.claude-v2:0", "anthropic.claude-v2:0"),
        ] {
            assert!(forms(value).iter().any(|form| form == named), "{value}: {:?}", forms(value));
        }
    }

    #[test]
    fn what_an_arn_ends_with() {
        assert_eq!(ends("arn:aws:iam::1:role/path/app"), ["app", "path/app", "role/path/app"]);
        assert_eq!(
            ends("arn:aws:bedrock:us-east-1::foundation-model/a.b-v1:0"),
            ["a.b-v1:0", "foundation-model/a.b-v1:0"]
        );
        assert_eq!(ends("arn:aws:logs:eu-west-1:1:log-group:/a/b:*"), ["/a/b", "log-group:/a/b"]);
        assert_eq!(ends("arn:aws:s3:::docs"), ["docs"]);
    }

    #[test]
    fn ids_that_aws_gives_out_once() {
        assert!(is_unique_id("vpc-0a1b2c3d") && is_unique_id("subnet-0123456789abcdef0"));
        assert!(!is_unique_id("default") && !is_unique_id("my-app") && !is_unique_id("team-deadbeeX"));
    }
}
