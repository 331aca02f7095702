//! What was in the way to endpoints, in words, with what helps.

use super::line::Line;
use super::network::{Asked, CHECK, Name, listed, through};
use sightline_aws::Obstacle;

/// What is in the way, and through which proxy.
type Met<'a> = (Obstacle, Option<&'a str>);

/// One line an obstacle: a network that is down is in the way to all in the same manner.
pub(super) fn lines(asked: &[Asked]) -> Vec<Line> {
    let mut groups: Vec<(Met<'_>, Vec<&Asked>)> = Vec::new();
    for one in asked {
        let Err(unreached) = &one.answered else { continue };
        let key = (met(unreached.obstacle, one.name), one.way.proxy.as_deref());
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(one),
            None => groups.push((key, vec![one])),
        }
    }
    groups.into_iter().filter_map(|((obstacle, _), group)| line_of(obstacle, &group)).collect()
}

/// Where the name was not looked up in time, there was nothing to connect to.
fn met(obstacle: Obstacle, name: Name) -> Obstacle {
    if obstacle == Obstacle::Time && name == Name::Unknown { Obstacle::Name } else { obstacle }
}

fn line_of(obstacle: Obstacle, group: &[&Asked]) -> Option<Line> {
    let first = group.first()?;
    let message = bare(&first.answered.as_ref().err()?.message);
    let services = listed(group.iter().flat_map(|asked| &asked.services));
    let (what, fix) = words(obstacle);
    let url = &first.way.url;
    let which = if group.len() == 1 { url.clone() } else { format!("{} endpoints such as {url}", group.len()) };
    let told = format!("{what}: {which}{} ({services}): {message}", through(first));
    Some(Line::wrong(CHECK, told, fix))
}

/// A message without the layers that it came through.
fn bare(message: &str) -> &str {
    ["io error: ", "client error (Connect): ", "tcp connect error: "]
        .iter()
        .fold(message, |message, layer| message.strip_prefix(layer).unwrap_or(message))
}

fn words(obstacle: Obstacle) -> (&'static str, &'static str) {
    match obstacle {
        Obstacle::Name => (
            "the name is not known",
            "look at the name server (`/etc/resolv.conf`, the VPC's DNS settings), or set HTTPS_PROXY where only a proxy may look up names",
        ),
        Obstacle::Refused => (
            "nothing listens there",
            "start what should listen there, or take the wrong host or port out of the endpoint or proxy variable",
        ),
        Obstacle::NoRoute => (
            "there is no route to it",
            "connect to the network or the VPN; in a VPC, add a NAT gateway or interface endpoints",
        ),
        Obstacle::Certificate => (
            "its certificate is not trusted",
            "where a proxy inspects TLS, add its certificate to the system's or name it in SSL_CERT_FILE; else somebody else answers",
        ),
        Obstacle::Tls => (
            "it does not speak TLS as expected",
            "an endpoint without TLS has a URL that begins with http://; else look at what answers in AWS's place",
        ),
        Obstacle::Proxy => (
            "the proxy does not let it through",
            "allow the host in the proxy, put the proxy's password into its URL, or name the host in NO_PROXY",
        ),
        Obstacle::Closed => (
            "the connection was closed before an answer",
            "look at the firewall and the proxy: they close what they do not allow",
        ),
        Obstacle::Time => (
            "there was no answer in time",
            "allow port 443 to it in security groups, network ACLs and firewalls, or give it more time with `--timeout`",
        ),
        Obstacle::Other => ("it cannot be asked", "see the message; `-vv` shows more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_never_looked_up_is_what_took_the_time() {
        assert_eq!(met(Obstacle::Time, Name::Unknown), Obstacle::Name);
        assert_eq!(met(Obstacle::Time, Name::Unasked), Obstacle::Time);
        assert_eq!(met(Obstacle::Refused, Name::Unknown), Obstacle::Refused);
    }

    #[test]
    fn layers_are_left_out() {
        let message = "io error: client error (Connect): tcp connect error: Connection refused (os error 111)";
        assert_eq!(bare(message), "Connection refused (os error 111)");
        assert_eq!(bare("client error (Connect): tunnel error: unsuccessful"), "tunnel error: unsuccessful");
    }
}
