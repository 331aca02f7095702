//! The official protocol of each service, and EC2's, which has no official implementation in the runtime.

use crate::shape::{Protocol, Service};
use aws_smithy_json::protocol::aws_json_rpc::AwsJsonRpcProtocol;
use aws_smithy_json::protocol::aws_rest_json_1::AwsRestJsonProtocol;
use aws_smithy_query::codec::QueryShapeSerializer;
use aws_smithy_query::protocol::AwsQueryProtocol;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::http::{Request, Response};
use aws_smithy_schema::codec::{Codec, FinishSerializer};
use aws_smithy_schema::protocol::{ClientProtocolInner, SharedClientProtocol, apply_http_endpoint};
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer};
use aws_smithy_schema::{Schema, ShapeId, shape_id};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::endpoint::Endpoint;
use aws_smithy_xml::codec::{XmlCodec, XmlCodecSettings};
use aws_smithy_xml::protocol::aws_rest_xml::AwsRestXmlProtocol;

/// What a service speaks.
pub(crate) fn of(service: &Service) -> SharedClientProtocol {
    match service.protocol {
        Protocol::Json => {
            let json =
                if service.json_1_0 { AwsJsonRpcProtocol::aws_json_1_0() } else { AwsJsonRpcProtocol::aws_json_1_1() };
            SharedClientProtocol::new(json.with_target_prefix(service.target_prefix))
        }
        Protocol::RestJson => SharedClientProtocol::new(AwsRestJsonProtocol::new()),
        Protocol::Query => SharedClientProtocol::new(AwsQueryProtocol::new().with_service_version(service.api_version)),
        Protocol::RestXml => SharedClientProtocol::new(AwsRestXmlProtocol::new()),
        Protocol::Ec2 => SharedClientProtocol::new(Ec2::new(service.api_version)),
    }
}

static EC2_QUERY: ShapeId<'static> = shape_id!("aws.protocols", "ec2Query");

/// <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>: requests are those of the query protocol under the names
/// that [`crate::wire`] put on the schemas; answers are XML without the query protocol's wrapper.
#[derive(Debug)]
struct Ec2 {
    version: &'static str,
    xml: XmlCodec,
}

impl Ec2 {
    fn new(version: &'static str) -> Self {
        Self {
            version,
            xml: XmlCodec::new(XmlCodecSettings::builder().default_timestamp_format(Format::DateTime).build()),
        }
    }
}

impl ClientProtocolInner for Ec2 {
    type Request = Request;
    type Response = Response;

    fn protocol_id(&self) -> &ShapeId<'static> {
        &EC2_QUERY
    }

    fn serialize_request(
        &self,
        input: &dyn SerializableStruct,
        schema: &Schema<'_>,
        _: &str,
        config: &ConfigBag,
    ) -> Result<Request, SerdeError> {
        let operation =
            config.load::<Metadata>().ok_or_else(|| SerdeError::custom("the operation's name is not set"))?;
        let mut form = QueryShapeSerializer::new(operation.name(), self.version);
        form.write_struct(schema, input)?;
        let mut request = Request::new(SdkBody::from(form.finish()));
        request.set_method("POST").map_err(|error| SerdeError::custom(error.to_string()))?;
        request.set_uri("/").map_err(|error| SerdeError::custom(error.to_string()))?;
        request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
        Ok(request)
    }

    fn deserialize_response<'a>(
        &self,
        response: &'a Response,
        _: &Schema<'_>,
        _: &'a ConfigBag,
    ) -> Result<Box<dyn ShapeDeserializer + 'a>, SerdeError> {
        Ok(Box::new(self.xml.create_deserializer(response.body().bytes().unwrap_or_default())))
    }

    fn update_endpoint(
        &self,
        request: &mut Request,
        endpoint: &Endpoint,
        config: &ConfigBag,
    ) -> Result<(), SerdeError> {
        apply_http_endpoint(request, endpoint, config)
    }
}
