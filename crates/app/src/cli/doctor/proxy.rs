//! Proxies that the environment names. Their passwords are never shown.

use super::line::Line;
use super::network::{Asked, CHECK};

/// The variables that name proxies, and those who need none.
const VARIABLES: &[&str] =
    &["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

/// What is said of the proxies that are set, given which way each endpoint was asked.
pub(super) fn lines(variables: &[(String, String)], asked: &[Asked]) -> Vec<Line> {
    let set: Vec<String> = VARIABLES
        .iter()
        .filter_map(|name| variables.iter().find(|(set, _)| set == name))
        .map(|(name, value)| format!("{name}={}", shown(value)))
        .collect();
    if set.is_empty() {
        return vec![];
    }
    let through = asked.iter().filter(|asked| asked.way.proxy.is_some()).count();
    let mut lines = vec![Line::ok(
        CHECK,
        format!("{through} of {} endpoints are asked through a proxy: {}", asked.len(), set.join(" ")),
    )];
    lines.extend(asked.iter().filter(|asked| asked.way.proxy.is_some()).filter_map(|asked| {
        let host = host(&asked.way.url).filter(|host| is_local(host))?;
        Some(Line::warning(
            CHECK,
            format!("{} is on this machine, and is asked through a proxy", asked.way.url),
            format!("export NO_PROXY={host}"),
        ))
    }));
    lines
}

/// A variable's value without name and password, with a scheme or without.
fn shown(value: &str) -> String {
    if value.contains("://") {
        return without_passwords(value);
    }
    value.rsplit_once('@').map_or_else(|| value.to_owned(), |(_, host)| format!("…@{host}"))
}

/// The text with `…` in place of what stands before the `@` of each URL in it.
pub(super) fn without_passwords(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("://");
        let end = part.find(|c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | ',')).unwrap_or(part.len());
        let (url, rest) = part.split_at(end);
        match url.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str("…@");
                out.push_str(host);
            }
            None => out.push_str(url),
        }
        out.push_str(rest);
    }
    out
}

/// The host of a URL, without its port.
pub(super) fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let authority = authority.rsplit('@').next()?;
    match authority.strip_prefix('[') {
        Some(six) => six.split(']').next(),
        None => authority.split(':').next(),
    }
}

/// Whether a host is this machine by its name.
pub(super) fn is_local(host: &str) -> bool {
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    loopback || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_left_out() {
        for (value, expected) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("http://jane:s3cret@proxy:3128", "http://…@proxy:3128"),
            ("http://jane:s3c@ret/x@proxy:3128/", "http://…@proxy:3128/"),
            ("jane:s3cret@proxy:3128", "…@proxy:3128"),
            ("localhost,.internal", "localhost,.internal"),
        ] {
            assert_eq!(shown(value), expected);
        }
        let text = "cannot use `http://a:b@c`, nor https://d:e@f or https://g";
        assert_eq!(without_passwords(text), "cannot use `http://…@c`, nor https://…@f or https://g");
    }

    #[test]
    fn hosts_of_urls() {
        for (url, expected) in [
            ("http://127.0.0.1:5000", Some("127.0.0.1")),
            ("https://sts.amazonaws.com", Some("sts.amazonaws.com")),
            ("http://a:b@host:1/x@y", Some("host")),
            ("http://[::1]:5000/", Some("::1")),
            ("nonsense", None),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
        assert!(is_local("localhost") && is_local("127.0.0.1") && is_local("::1"));
        assert!(!is_local("sts.amazonaws.com") && !is_local("10.0.0.1"));
    }
}
