//! What sends calls elsewhere than to AWS and was left set: variables that emulators need, endpoints of a profile, certificates.

use super::line::Line;
use sightline_aws::Aws;
use std::path::Path;

const CHECK: &str = "environment";

const ENDPOINT: &str = "AWS_ENDPOINT_URL";
const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// A service and where its calls go, where that is not AWS.
type Configured = (String, String);

/// What the environment and the profile have set.
pub(super) fn lines(aws: &Aws, variables: &[(String, String)]) -> Vec<Line> {
    let region = aws.default_region();
    let of = |service: &'static str| {
        let way = aws.way(region, service).ok()?;
        let id = variable_part(sightline_aws::model(service).ok()?.service_id());
        Some((service, id, way))
    };
    let services: Vec<_> = sightline_aws::services().filter_map(of).collect();
    let names: Vec<&str> = services.iter().map(|(_, id, _)| id.as_str()).collect();
    let configured: Vec<Configured> = services
        .iter()
        .filter(|(_, _, way)| way.is_configured)
        .map(|(service, _, way)| ((*service).to_owned(), way.url.clone()))
        .collect();
    let mut lines = endpoints(variables, &names, &configured);
    lines.extend(of_profile(variables, &configured));
    lines.extend(certificates(variables));
    lines.extend(metadata(variables));
    if lines.is_empty() {
        lines.push(Line::ok(CHECK, "nothing sends calls elsewhere than to AWS"));
    }
    lines
}

/// As a service stands in the name of its variable: `Bedrock Runtime` is `BEDROCK_RUNTIME`.
fn variable_part(service_id: &str) -> String {
    service_id.to_uppercase().replace([' ', '-'], "_")
}

fn value<'v>(variables: &'v [(String, String)], name: &str) -> Option<&'v str> {
    variables.iter().find(|(set, value)| set == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

fn endpoints(variables: &[(String, String)], services: &[&str], configured: &[Configured]) -> Vec<Line> {
    let set = variables.iter().filter(|(name, value)| name.starts_with(ENDPOINT) && !value.is_empty());
    let line = |(name, value): &(String, String)| {
        let fix = format!("unset {name}");
        let Some(service) = name.strip_prefix("AWS_ENDPOINT_URL_") else {
            return Line::warning(CHECK, everywhere(name, value, variables, configured), fix);
        };
        if !services.contains(&service) {
            return Line::warning(CHECK, format!("{name}={value} is set, and names no service that is asked"), fix);
        }
        Line::warning(CHECK, format!("{name}={value}: this service's calls go there, not to AWS"), fix)
    };
    set.map(line).collect()
}

fn everywhere(name: &str, value: &str, variables: &[(String, String)], configured: &[Configured]) -> String {
    if configured.iter().any(|(_, url)| url == value) {
        return format!("{name}={value}: calls go there, not to AWS; what is told of the account is told by it");
    }
    let by = if self::value(variables, IGNORE).is_some() { IGNORE } else { "the profile" };
    format!("{name}={value} is set, and no call goes there ({by} says otherwise)")
}

/// Endpoints that no variable explains.
fn of_profile(variables: &[(String, String)], configured: &[Configured]) -> Vec<Line> {
    let is_variable = |url: &str| variables.iter().any(|(name, value)| name.starts_with(ENDPOINT) && value == url);
    let mut urls: Vec<(&str, Vec<&str>)> = Vec::new();
    for (service, url) in configured.iter().filter(|(_, url)| !is_variable(url)) {
        match urls.iter_mut().find(|(known, _)| known == url) {
            Some((_, services)) => services.push(service),
            None => urls.push((url, vec![service])),
        }
    }
    let line = |(url, services): (&str, Vec<&str>)| {
        let which = match services.as_slice() {
            [one] => format!("calls of {one} go"),
            [one, two] => format!("calls of {one} and {two} go"),
            many => format!("calls of {} services go", many.len()),
        };
        Line::warning(
            CHECK,
            format!("{which} to {url}, not to AWS: the profile says so"),
            format!("take `endpoint_url` or `services` out of the profile, or export {IGNORE}=true"),
        )
    };
    urls.into_iter().map(line).collect()
}

fn certificates(variables: &[(String, String)]) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(bundle) = value(variables, "AWS_CA_BUNDLE") {
        let read = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| value(variables, name).is_some());
        if !read {
            let told = format!(
                "AWS_CA_BUNDLE={bundle} is set, which sightline does not read: it trusts the system's certificates"
            );
            lines.push(Line::warning(CHECK, told, format!("export SSL_CERT_FILE={bundle}, or unset AWS_CA_BUNDLE")));
        }
    }
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let Some(place) = value(variables, name) else { continue };
        lines.push(match Path::new(place).try_exists() {
            Ok(true) => {
                Line::ok(CHECK, format!("{name}={place}: the certificates in it are trusted, in place of the system's"))
            }
            Ok(false) => Line::wrong(
                CHECK,
                format!("{name}={place} is set, and is not there"),
                format!("unset {name}, or correct it"),
            ),
            Err(error) => Line::cannot_tell(
                CHECK,
                format!("{name}={place} cannot be looked at: {error}"),
                format!("let this user read it, or unset {name}"),
            ),
        });
    }
    lines
}

/// Whoever plays the metadata service hands out the credentials.
fn metadata(variables: &[(String, String)]) -> Option<Line> {
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    let url = value(variables, name)?;
    Some(Line::warning(
        CHECK,
        format!("{name}={url}: an instance's credentials are asked for there"),
        format!("unset {name}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;

    fn set(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn endpoints_are_told_with_the_way_to_unset_them() {
        let variables = set(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2"),
            ("AWS_ENDPOINT_URL_TYPO", "http://127.0.0.1:3"),
            ("AWS_ENDPOINT_URL_EC2", ""),
        ]);
        let configured = vec![("sts".to_owned(), "http://127.0.0.1:1".to_owned())];
        let lines = endpoints(&variables, &["S3", "EC2"], &configured);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.status == Status::Warning));
        assert!(lines[0].told.contains("not to AWS"), "{}", lines[0].told);
        assert_eq!(lines[1].fix, "unset AWS_ENDPOINT_URL_S3");
        assert!(lines[2].told.contains("no service"), "{}", lines[2].told);
        assert!(of_profile(&variables, &configured).is_empty(), "the variable explains it");
    }

    #[test]
    fn an_endpoint_that_is_ignored_or_is_the_profiles() {
        let variables = set(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), (IGNORE, "true")]);
        assert!(endpoints(&variables, &[], &[])[0].told.contains("no call goes there"));
        let configured = vec![("s3".to_owned(), "http://127.0.0.1:9".to_owned())];
        let lines = of_profile(&[], &configured);
        assert!(lines[0].told.starts_with("calls of s3 go to http://127.0.0.1:9"), "{}", lines[0].told);
    }

    #[test]
    fn certificates_that_are_not_read_or_not_there() {
        let told =
            |pairs: &[(&str, &str)]| certificates(&set(pairs)).into_iter().map(|line| line.status).collect::<Vec<_>>();
        assert_eq!(told(&[("AWS_CA_BUNDLE", "/ca.pem")]), [Status::Warning]);
        assert_eq!(told(&[("SSL_CERT_FILE", "/no/such/file")]), [Status::Wrong]);
        assert_eq!(told(&[("AWS_CA_BUNDLE", "/ca.pem"), ("SSL_CERT_DIR", "/")]), [Status::Ok]);
        assert!(told(&[]).is_empty());
    }

    #[test]
    fn names_of_variables() {
        assert_eq!(variable_part("Bedrock Runtime"), "BEDROCK_RUNTIME");
    }
}
