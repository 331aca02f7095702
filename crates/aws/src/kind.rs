//! What an error code means. AWS has no one spelling: `AccessDenied`, `AccessDeniedException`, `UnauthorizedOperation` and a bare
//! 403 are the same refusal.

use sightline_model::Outcome;

/// Why a call gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallErrorKind {
    /// the action is not allowed
    Denied,
    /// the service kept asking for patience after all retries
    Throttled,
    /// the service or operation is not offered here, or the account has not signed up for it
    Unsupported,
    /// what was asked about does not exist
    NotFound,
    /// no credentials were found, or AWS does not accept them: unknown, badly signed, signed by a clock that is wrong
    NoCredentials,
    /// the credentials were good once
    ExpiredCredentials,
    /// no connection
    Unreachable,
    /// no answer in time
    TimedOut,
    /// the request is wrong: a bad input, or an operation that the models do not hold
    Invalid,
    /// the service failed
    Server,
    /// an answer came and could not be read, or was too large
    Unreadable,
    /// anything else
    Other,
}

impl CallErrorKind {
    /// The coverage of a table whose call ended so. Only a service that is not there counts as nothing to inspect.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Denied => Outcome::Denied,
            Self::Throttled => Outcome::Throttled,
            Self::Unsupported => Outcome::Unsupported,
            Self::NotFound
            | Self::NoCredentials
            | Self::ExpiredCredentials
            | Self::Unreachable
            | Self::TimedOut
            | Self::Invalid
            | Self::Server
            | Self::Unreadable
            | Self::Other => Outcome::Failed,
        }
    }

    /// The meaning of an error answer. The code decides, the status where the code says nothing known.
    pub(crate) fn of(code: &str, message: &str, status: u16) -> Self {
        let bare = bare(code);
        let listed = TABLE.iter().find(|(_, codes)| codes.contains(&bare)).map(|(kind, _)| *kind);
        let kind = listed.or_else(|| by_pattern(bare)).unwrap_or_else(|| by_status(status));
        // A refusal stays one, whatever its words: an organization's policy may deny a region and say that it is not available.
        if kind == Self::Invalid && says_not_here(message) { Self::Unsupported } else { kind }
    }
}

/// Codes without `Client.` and `Server.` before them and `Exception`, `Error` and `Fault` behind.
const TABLE: &[(CallErrorKind, &[&str])] = &[
    (
        CallErrorKind::Denied,
        &[
            "AccessDenied",
            "AccountAccessDenied",
            "AllAccessDisabled",
            "Authorization",
            "Forbidden",
            "KMSAccessDenied",
            "NotAuthorized",
            "Unauthorized",
            "UnauthorizedAccess",
            "UnauthorizedOperation",
        ],
    ),
    (CallErrorKind::ExpiredCredentials, &["ExpiredToken", "RequestExpired", "TokenRefreshRequired"]),
    (
        CallErrorKind::NoCredentials,
        &[
            "AuthFailure",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSecurity",
            "InvalidSignature",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingSecurityHeader",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "UnrecognizedClient",
        ],
    ),
    (
        CallErrorKind::Throttled,
        &[
            "BandwidthLimitExceeded",
            "EC2Throttled",
            "LimitExceeded",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceeded",
            "RateExceeded",
            "RequestLimitExceeded",
            "RequestThrottled",
            "SlowDown",
            "Throttled",
            "Throttling",
            "TooManyRequests",
            "TransactionInProgress",
        ],
    ),
    (
        CallErrorKind::Unsupported,
        &[
            "InvalidAction",
            "NotImplemented",
            "OptInRequired",
            "RegionDisabled",
            "SubscriptionRequired",
            "UnknownOperation",
            "UnsupportedOperation",
        ],
    ),
    (CallErrorKind::NotFound, &["AWSOrganizationsNotInUse"]),
    (CallErrorKind::TimedOut, &["RequestTimeout"]),
    (CallErrorKind::Invalid, &["BadRequest", "Validation", "MissingParameter", "Serialization"]),
    (
        CallErrorKind::Server,
        &[
            "Internal",
            "InternalFailure",
            "InternalServer",
            "ServiceFailure",
            "ServiceUnavailable",
            "Service",
            "Unavailable",
        ],
    ),
];

fn bare(code: &str) -> &str {
    let code = code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server.")).unwrap_or(code);
    ["Exception", "Error", "Fault"].iter().find_map(|suffix| code.strip_suffix(suffix)).unwrap_or(code)
}

/// Some services say in the words of a validation error that they do not know an operation, or do not have it in this region.
fn says_not_here(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    let absent = [
        "not supported in",
        "not available in",
        "not currently supported in",
        "not currently available in",
        "not yet available in",
    ];
    lower.contains("unknown operation")
        || lower.split_once("region").is_some_and(|(before, _)| absent.iter().any(|words| ends_so(before, words)))
}

/// Whether a text ends with these words, one or two others (`this`, `the eu-west-1`) between them and its end aside.
fn ends_so(text: &str, words: &str) -> bool {
    text.rfind(words).is_some_and(|at| {
        let rest = text.get(at + words.len()..).unwrap_or_default();
        rest.split_whitespace().count() <= 2 && !rest.contains(['.', ',', ';'])
    })
}

fn by_pattern(bare: &str) -> Option<CallErrorKind> {
    if bare.contains("NotFound") || bare.contains("DoesNotExist") || bare.starts_with("NoSuch") {
        Some(CallErrorKind::NotFound)
    } else if bare.starts_with("Invalid") || bare.starts_with("Malformed") {
        Some(CallErrorKind::Invalid)
    } else {
        None
    }
}

fn by_status(status: u16) -> CallErrorKind {
    match status {
        400 => CallErrorKind::Invalid,
        401 => CallErrorKind::NoCredentials,
        403 => CallErrorKind::Denied,
        404 => CallErrorKind::NotFound,
        408 => CallErrorKind::TimedOut,
        429 => CallErrorKind::Throttled,
        501 => CallErrorKind::Unsupported,
        500..=599 => CallErrorKind::Server,
        _ => CallErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        use CallErrorKind::*;
        for (code, status, expected) in [
            ("AccessDenied", 403, Denied),
            ("AccessDeniedException", 400, Denied),
            ("UnauthorizedOperation", 403, Denied),
            ("Client.UnauthorizedOperation", 403, Denied),
            ("UnauthorizedException", 401, Denied),
            ("AuthorizationError", 403, Denied),
            ("AuthorizationErrorException", 403, Denied),
            ("", 403, Denied),
            ("SomethingNew", 403, Denied),
            ("ExpiredToken", 400, ExpiredCredentials),
            ("ExpiredTokenException", 403, ExpiredCredentials),
            ("RequestExpired", 400, ExpiredCredentials),
            ("InvalidClientTokenId", 403, NoCredentials),
            ("UnrecognizedClientException", 400, NoCredentials),
            ("SignatureDoesNotMatch", 403, NoCredentials),
            ("InvalidSignatureException", 403, NoCredentials),
            ("AuthFailure", 401, NoCredentials),
            ("InvalidAccessKeyId", 403, NoCredentials),
            ("RequestTimeTooSkewed", 403, NoCredentials),
            ("ThrottlingException", 400, Throttled),
            ("Throttling", 400, Throttled),
            ("RequestLimitExceeded", 503, Throttled),
            ("TooManyRequestsException", 429, Throttled),
            ("SlowDown", 503, Throttled),
            ("", 429, Throttled),
            ("UnknownOperationException", 404, Unsupported),
            ("RegionDisabledException", 403, Unsupported),
            ("InvalidAction", 400, Unsupported),
            ("OptInRequired", 403, Unsupported),
            ("SubscriptionRequiredException", 400, Unsupported),
            ("UnsupportedOperation", 400, Unsupported),
            ("NotImplemented", 501, Unsupported),
            ("", 501, Unsupported),
            ("NoSuchEntity", 404, NotFound),
            ("NoSuchBucketPolicy", 404, NotFound),
            ("ResourceNotFoundException", 404, NotFound),
            ("InvalidInstanceID.NotFound", 400, NotFound),
            ("ServerSideEncryptionConfigurationNotFoundError", 404, NotFound),
            ("", 404, NotFound),
            ("ValidationException", 400, Invalid),
            ("ValidationError", 400, Invalid),
            ("InvalidParameterValue", 400, Invalid),
            ("MalformedPolicyDocument", 400, Invalid),
            ("", 400, Invalid),
            ("InternalError", 500, Server),
            ("InternalServerException", 500, Server),
            ("ServiceUnavailableException", 503, Server),
            ("", 502, Server),
            ("RequestTimeout", 400, TimedOut),
            ("ConflictException", 409, Other),
            ("PreconditionFailed", 412, Other),
        ] {
            assert_eq!(CallErrorKind::of(code, "", status), expected, "{code} {status}");
        }
    }

    #[test]
    fn what_is_not_here_may_be_called_invalid() {
        use CallErrorKind::*;
        for (code, message, status, expected) in [
            ("ValidationException", "Unknown Operation", 400, Unsupported),
            ("ValidationException", "1 validation error detected", 400, Invalid),
            ("ValidationException", "This operation is not supported in this region", 400, Unsupported),
            ("ValidationException", "The operation is not supported in the eu-west-1 Region.", 400, Unsupported),
            ("InvalidRequestException", "Data automation is not available in this AWS region", 400, Unsupported),
            ("BadRequestException", "The feature is not currently available in this Region", 400, Unsupported),
            ("ValidationException", "Attribute is not supported in filters. Name a region", 400, Invalid),
            ("InvalidParameterValue", "the region is wrong", 400, Invalid),
            ("AccessDeniedException", "Unknown operation", 403, Denied),
            ("AccessDeniedException", "This service is not available in this region", 403, Denied),
            ("AccessDeniedException", "not authorized: with an explicit deny in a service control policy", 400, Denied),
            ("UnauthorizedOperation", "with an explicit deny in a service control policy", 403, Denied),
            ("ThrottlingException", "not available in this region", 400, Throttled),
            ("ServiceUnavailable", "not available in this region", 503, Server),
            ("ResourceNotFoundException", "the model is not available in this region", 404, NotFound),
        ] {
            assert_eq!(CallErrorKind::of(code, message, status), expected, "{code}: {message}");
        }
    }

    #[test]
    fn only_a_service_that_is_not_there_counts_as_inspected() {
        use CallErrorKind::*;
        let all = [Denied, Throttled, Unsupported, NotFound, NoCredentials, ExpiredCredentials];
        let rest = [Unreachable, TimedOut, Invalid, Server, Unreadable, Other];
        for kind in all.into_iter().chain(rest) {
            assert_eq!(kind.outcome().is_complete(), kind == Unsupported, "{kind:?}");
        }
    }
}
