//! What a service says when it refuses: error code and message in all five protocols, and the region that S3 points to.

use crate::kind::CallErrorKind;
use crate::shape::{Protocol, Service};
use aws_smithy_runtime_api::http::{Response, StatusCode};
use aws_smithy_schema::protocol::{ClientProtocolInner, SharedClientProtocol};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_xml::codec::find_depth2_element_slice_by;
use aws_smithy_xml::protocol::aws_rest_xml::AwsRestXmlProtocol;
use std::fmt;

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct Fault {
    metadata: Box<ErrorMetadata>,
    pub(crate) status: u16,
    /// S3 only: where the bucket really is.
    pub(crate) region: Option<String>,
}

impl Fault {
    pub(crate) fn code(&self) -> &str {
        self.metadata.code().unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.metadata.message().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> CallErrorKind {
        CallErrorKind::of(self.code(), self.message(), self.status)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code(), self.status)
    }
}

impl std::error::Error for Fault {}

impl ProvideErrorMetadata for Fault {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

/// Reads an error answer. A body that is no error of the protocol (a proxy's page, an emulator's stack trace, nothing after
/// HEAD) leaves code and message empty: the status has to speak.
pub(crate) fn read(
    service: &Service,
    protocol: &SharedClientProtocol,
    response: &Response,
    config: &ConfigBag,
) -> Fault {
    let builder = match service.protocol {
        Protocol::Json | Protocol::RestJson => protocol.parse_error_metadata(response, config),
        Protocol::Query | Protocol::RestXml | Protocol::Ec2 => xml(response, config),
    };
    let mut metadata = builder.map(|builder| builder.build()).unwrap_or_default();
    if metadata.code().is_none_or(str::is_empty) && is_unknown_operation(response) {
        metadata =
            ErrorMetadata::builder().code(UNKNOWN_OPERATION).message("the service does not know it here").build();
    }
    let region = (service.key == "s3").then(|| bucket_region(response)).flatten();
    Fault { metadata: Box::new(metadata), status: response.status().as_u16(), region }
}

const UNKNOWN_OPERATION: &str = "UnknownOperationException";

/// A front end that does not know an operation says so in its own words, whatever the service's protocol: `<UnknownOperationException/>`,
/// `{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`.
fn is_unknown_operation(response: &Response) -> bool {
    let body = response.body().bytes().unwrap_or_default();
    let start = String::from_utf8_lossy(body.get(..body.len().min(500)).unwrap_or_default()).into_owned();
    let start = start.trim_start();
    start.starts_with("<UnknownOperationException")
        || start.starts_with('{') && start.contains("#UnknownOperationException")
}

/// The XML families differ in what is around `<Error>`: EC2 has `<Response><Errors>`, query `<ErrorResponse>`, S3 nothing.
fn xml(
    response: &Response,
    config: &ConfigBag,
) -> Result<aws_smithy_types::error::metadata::Builder, aws_smithy_schema::serde::SerdeError> {
    let body = response.body().bytes().unwrap_or_default();
    let errors = find_depth2_element_slice_by(body, |name| name == "Errors").unwrap_or(body);
    let wrapped =
        find_depth2_element_slice_by(errors, |name| name == "Error").is_some_and(|error| error.len() != errors.len());
    let mut inner = Response::new(response.status(), SdkBody::from(errors.to_vec()));
    *inner.headers_mut() = response.headers().clone();
    AwsRestXmlProtocol::new().with_no_error_wrapping(!wrapped).parse_error_metadata(&inner, config)
}

/// A header, or for `AuthorizationHeaderMalformed` an element, names the bucket's region.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#VirtualHostingBackwardsCompatibility>
fn bucket_region(response: &Response) -> Option<String> {
    let header = response.headers().get("x-amz-bucket-region").map(str::to_owned);
    let body = std::str::from_utf8(response.body().bytes().unwrap_or_default()).unwrap_or_default();
    let element = || Some(body.split_once("<Region>")?.1.split_once("</Region>")?.0.to_owned());
    let well_formed = |region: &String| {
        (1..40).contains(&region.len())
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    header.or_else(element).filter(well_formed)
}

/// Whether an HTTP status is an error's. Redirects are: the reader follows none but S3's, which carry an error body.
pub(crate) fn is_fault(status: StatusCode) -> bool {
    status.as_u16() >= 300
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models;

    fn fault(service: &str, status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Fault {
        let service = models::model(service).unwrap();
        let mut response = Response::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body.to_owned()));
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        read(service, &crate::protocol::of(service), &response, &ConfigBag::base())
    }

    fn said(fault: &Fault) -> (&str, &str, CallErrorKind) {
        (fault.code(), fault.message(), fault.kind())
    }

    #[test]
    fn json() {
        let body = r#"{"__type":"com.amazonaws.cloudtrail#AccessDeniedException","Message":"not authorized"}"#;
        assert_eq!(
            said(&fault("cloudtrail", 400, &[], body)),
            ("AccessDeniedException", "not authorized", CallErrorKind::Denied)
        );
    }

    #[test]
    fn rest_json() {
        let header = [("x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/coral/")];
        let found = fault("bedrock", 429, &header, r#"{"message":"slow down"}"#);
        assert_eq!(said(&found), ("ThrottlingException", "slow down", CallErrorKind::Throttled));
        let found = fault("eks", 404, &[], r#"{"code":"ResourceNotFoundException","message":"No cluster found"}"#);
        assert_eq!(said(&found), ("ResourceNotFoundException", "No cluster found", CallErrorKind::NotFound));
    }

    #[test]
    fn query() {
        let body = "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
            <Code>AccessDenied</Code><Message>a &amp; b</Message></Error><RequestId>1</RequestId></ErrorResponse>";
        assert_eq!(said(&fault("iam", 403, &[], body)), ("AccessDenied", "a & b", CallErrorKind::Denied));
    }

    #[test]
    fn ec2() {
        let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>UnauthorizedOperation</Code>\
            <Message>You are not authorized</Message></Error></Errors><RequestID>1</RequestID></Response>";
        assert_eq!(
            said(&fault("ec2", 403, &[], body)),
            ("UnauthorizedOperation", "You are not authorized", CallErrorKind::Denied)
        );
    }

    #[test]
    fn rest_xml() {
        let body = "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucketPolicy</Code><Message>The bucket policy does not exist</Message>\
            <BucketName>b</BucketName></Error>";
        let found = fault("s3", 404, &[], body);
        assert_eq!(said(&found), ("NoSuchBucketPolicy", "The bucket policy does not exist", CallErrorKind::NotFound));
        assert_eq!(found.region, None);
    }

    #[test]
    fn front_ends_have_words_of_their_own() {
        for body in [
            "<UnknownOperationException/>\n",
            r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}"#,
        ] {
            for service in ["bedrock", "cloudtrail", "iam"] {
                assert_eq!(fault(service, 404, &[], body).kind(), CallErrorKind::Unsupported, "{service}: {body}");
            }
        }
        let page = "<html>UnknownOperationException</html>";
        assert_eq!(fault("bedrock", 404, &[], page).kind(), CallErrorKind::NotFound, "a page is no front end's word");
    }

    #[test]
    fn s3_says_where_a_bucket_is() {
        let found =
            fault("s3", 301, &[("x-amz-bucket-region", "eu-west-1")], "<Error><Code>PermanentRedirect</Code></Error>");
        assert_eq!((found.code(), found.region.as_deref()), ("PermanentRedirect", Some("eu-west-1")));
        let body =
            "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>";
        assert_eq!(fault("s3", 400, &[], body).region.as_deref(), Some("eu-west-1"));
        assert_eq!(fault("s3", 400, &[], "<Error><Region>evil.example/</Region></Error>").region, None);
    }

    #[test]
    fn what_is_no_error_of_the_protocol_leaves_the_status_to_speak() {
        for service in ["iam", "ec2", "s3", "cloudtrail", "bedrock"] {
            assert_eq!(
                fault(service, 500, &[], "<!doctype html>\n<title>500</title><h1>Oops</h1>").kind(),
                CallErrorKind::Server
            );
            assert_eq!(fault(service, 403, &[], "").kind(), CallErrorKind::Denied, "{service}");
            assert_eq!(fault(service, 502, &[], "\u{0}<<<{").kind(), CallErrorKind::Server);
        }
    }
}
