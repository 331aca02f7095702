//! What was in the way to an endpoint. The libraries have no type for most of it that could be seen from here: what their errors are
//! made of decides where it is one of the system's or of TLS, and their words where it is not.

use sightline_model::untrusted::shortened;
use std::error::Error;
use std::io;

/// Why nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// what was in the way
    pub obstacle: Obstacle,
    /// in the words of whoever met it; at most 300 characters, untrusted
    pub message: String,
}

/// What is in the way to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// nobody knows the host's name
    Name,
    /// the host is there and nothing listens at the port
    Refused,
    /// the network knows no way to the host
    NoRoute,
    /// the certificate is not trusted, is another host's or has run out
    Certificate,
    /// somebody answered who does not speak TLS as it is expected
    Tls,
    /// the proxy did not let the request through
    Proxy,
    /// the connection was closed before an answer
    Closed,
    /// no answer in time
    Time,
    /// anything else
    Other,
}

pub(crate) fn in_no_time() -> Unreached {
    Unreached { obstacle: Obstacle::Time, message: "no answer in time".to_owned() }
}

pub(crate) fn of(error: &(dyn Error + 'static), told: &str) -> Unreached {
    Unreached { obstacle: obstacle(error), message: shortened(told, 300) }
}

fn obstacle(error: &(dyn Error + 'static)) -> Obstacle {
    let causes: Vec<&(dyn Error + 'static)> = causes(error);
    let says = |words: &str| causes.iter().any(|cause| cause.to_string().contains(words));
    if says("dns error") || says("failed to lookup address") {
        return Obstacle::Name;
    }
    if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        let untrusted = matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented);
        return if untrusted { Obstacle::Certificate } else { Obstacle::Tls };
    }
    let system = causes.iter().rev().find_map(|cause| Some(of_system(cause.downcast_ref::<io::Error>()?.kind())));
    match system.flatten() {
        Some(obstacle) => obstacle,
        None if says("tunnel error") => Obstacle::Proxy,
        None if says("connection closed") => Obstacle::Closed,
        None => Obstacle::Other,
    }
}

fn of_system(kind: io::ErrorKind) -> Option<Obstacle> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(Obstacle::Refused),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Some(Obstacle::NoRoute),
        io::ErrorKind::TimedOut => Some(Obstacle::Time),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Obstacle::Closed),
        _ => None,
    }
}

/// An error and its causes from the outside in. An I/O error that wraps another one names that one's cause as its own.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut found = vec![error];
    let mut next = inner(error);
    while let Some(cause) = next {
        found.push(cause);
        next = inner(cause);
    }
    found
}

fn inner<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|error| error as &(dyn Error + 'static)).or_else(|| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Said {
        words: &'static str,
        source: Option<Box<dyn Error + Send + Sync>>,
    }

    fn said(words: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Said {
        Said { words, source: Some(source.into()) }
    }

    #[test]
    fn obstacles_are_told_apart() {
        let tls = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let plain = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        let tunnel = || Said { words: "tunnel error: unsuccessful", source: None };
        let cases: Vec<(Said, Obstacle)> = vec![
            (said("connect", said("dns error", io::Error::other("failed"))), Obstacle::Name),
            (said("connect", io::Error::from(io::ErrorKind::ConnectionRefused)), Obstacle::Refused),
            (said("connect", io::Error::from(io::ErrorKind::NetworkUnreachable)), Obstacle::NoRoute),
            (said("connect", tls(unknown)), Obstacle::Certificate),
            (said("connect", tls(plain)), Obstacle::Tls),
            (said("connect", tunnel()), Obstacle::Proxy),
            (said("tunnel error: failed", io::Error::from(io::ErrorKind::ConnectionRefused)), Obstacle::Refused),
            (said("send", io::Error::from(io::ErrorKind::ConnectionReset)), Obstacle::Closed),
            (said("connect", io::Error::from(io::ErrorKind::TimedOut)), Obstacle::Time),
            (Said { words: "strange", source: None }, Obstacle::Other),
        ];
        for (error, expected) in cases {
            assert_eq!(obstacle(&error), expected, "{error:?}");
        }
    }
}
