//! A service that a region does not have, told from one that cannot be reached.
//!
//! Neither a host name that nobody knows nor a page in place of an answer says which of the two it is: a broken network looks the same.
//! What botocore knows of the regions decides, and where it does not know, nothing is taken to be absent.

use crate::error::CallError;
use crate::failure::UNKNOWN_HOST;
use crate::kind::CallErrorKind;

/// Changes an error that an absent service explains. `is_public` says that AWS's own endpoint was asked, `offered` whether the service is
/// known to be there.
pub(crate) fn explained(error: &mut CallError, is_public: bool, offered: Option<bool>) {
    let page = matches!(error.code.as_str(), "Http404" | "Http501");
    let absent = is_public && offered == Some(false);
    if absent && (page || error.code == UNKNOWN_HOST) {
        error.kind = CallErrorKind::Unsupported;
        error.code = "NotInRegion".to_owned();
        error.message = "the service has no endpoint in this region".to_owned();
    } else if is_public && error.code == "Http501" {
        // No service's word: something on the way does not know what to do.
        error.kind = CallErrorKind::Server;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_absent_is() {
        use CallErrorKind::*;
        let cases = [
            // A host that nobody knows.
            (UNKNOWN_HOST, Unreachable, true, Some(false), Unsupported),
            (UNKNOWN_HOST, Unreachable, true, Some(true), Unreachable),
            (UNKNOWN_HOST, Unreachable, true, None, Unreachable),
            (UNKNOWN_HOST, Unreachable, false, Some(false), Unreachable),
            // Nobody answers: the network's fault, wherever.
            ("Unreachable", Unreachable, true, Some(false), Unreachable),
            ("TimedOut", TimedOut, true, Some(false), TimedOut),
            // Pages in place of answers.
            ("Http404", NotFound, true, Some(false), Unsupported),
            ("Http404", NotFound, true, Some(true), NotFound),
            ("Http404", NotFound, true, None, NotFound),
            ("Http501", Unsupported, true, Some(false), Unsupported),
            ("Http501", Unsupported, true, Some(true), Server),
            // What plays AWS says that it does not play this.
            ("Http501", Unsupported, false, Some(true), Unsupported),
            // The service's own word.
            ("AccessDeniedException", Denied, true, Some(false), Denied),
            ("UnknownOperationException", Unsupported, true, Some(true), Unsupported),
        ];
        for (code, kind, is_public, offered, expected) in cases {
            let mut error = CallError {
                kind,
                code: code.to_owned(),
                message: String::new(),
                status: None,
                service: "bedrock".to_owned(),
                operation: "ListGuardrails".to_owned(),
                region: "eu-west-1".to_owned(),
            };
            explained(&mut error, is_public, offered);
            assert_eq!(error.kind, expected, "{code} {is_public} {offered:?}");
        }
    }
}
