//! The embedded models as plain data, for a comparison with botocore's own reading of its models.

use serde_json::{Map, Value, json};
use sightline_aws::shape::{Kind, Location, Member, Operation, Protocol, Scalar, Service, ShapeRef};
use sightline_aws::{Paginator, endpoint, known_regions, model, services};

/// Everything that the embedded models declare.
pub(crate) fn everything() -> Value {
    let described: Map<String, Value> = services().map(|key| (key.to_owned(), service(model(key).unwrap()))).collect();
    Value::Object(described)
}

fn service(service: &Service) -> Value {
    let operations: Map<String, Value> =
        service.operations().map(|op| (op.name().to_owned(), operation(service, op))).collect();
    let endpoints: Map<String, Value> = known_regions()
        .map(|region| (region, endpoint(service, region)))
        .map(|(region, endpoint)| (region.to_owned(), json!([endpoint.url, endpoint.signing_region])))
        .collect();
    json!({
        "protocol": protocol(service.protocol()),
        "service_id": service.service_id(),
        "signing_name": service.signing_name(),
        "endpoint_prefix": service.endpoint_prefix(),
        "operations": operations,
        "endpoints": endpoints,
    })
}

fn operation(service: &Service, operation: &Operation) -> Value {
    json!({
        "method": operation.method(),
        "uri": operation.uri(),
        "host_prefix": operation.host_prefix(),
        "paginator": operation.paginator().map(paginator),
        "input": members(service, operation.input()),
        "output": members(service, operation.output()),
    })
}

fn paginator(paginator: &Paginator) -> Value {
    json!({
        "input_token": paginator.input_tokens(),
        "output_token": paginator.output_tokens(),
        "result_key": paginator.result_keys(),
        "more_results": paginator.more_results(),
        "limit_key": paginator.limit_key(),
    })
}

fn members(service: &Service, place: ShapeRef) -> Vec<Value> {
    let mut found = Vec::new();
    structure(service, place, "", &mut Vec::new(), &mut found);
    found
}

fn structure(service: &Service, place: ShapeRef, path: &str, above: &mut Vec<&'static str>, found: &mut Vec<Value>) {
    for member in service.members(place) {
        let path = format!("{path}.{}", member.name());
        found.push(json!([
            path,
            kind(service, member.shape()),
            location(member),
            member.wire_name(),
            member.required()
        ]));
        inside(service, member.shape(), &path, above, found);
    }
}

/// A shape that is inside itself is not entered again.
fn inside(service: &Service, place: ShapeRef, path: &str, above: &mut Vec<&'static str>, found: &mut Vec<Value>) {
    let shape = service.shape(place);
    if above.contains(&shape.name()) {
        return;
    }
    above.push(shape.name());
    match shape.kind() {
        Kind::Structure(_) => structure(service, place, path, above, found),
        Kind::List(element) | Kind::Map(element) => {
            let path = format!("{path}[]");
            found.push(json!([path, kind(service, *element)]));
            inside(service, *element, &path, above, found);
        }
        Kind::Scalar(_) => {}
    }
    above.pop();
}

fn kind(service: &Service, place: ShapeRef) -> &'static str {
    match service.shape(place).kind() {
        Kind::Structure(_) => "structure",
        Kind::List(_) => "list",
        Kind::Map(_) => "map",
        Kind::Scalar(Scalar::Boolean) => "boolean",
        Kind::Scalar(Scalar::Integer) => "integer",
        Kind::Scalar(Scalar::Long) => "long",
        Kind::Scalar(Scalar::Float) => "float",
        Kind::Scalar(Scalar::Double) => "double",
        Kind::Scalar(Scalar::Text) => "string",
        Kind::Scalar(Scalar::Blob) => "blob",
        Kind::Scalar(Scalar::Timestamp) => "timestamp",
        Kind::Scalar(Scalar::Document) => "document",
    }
}

fn location(member: &Member) -> &'static str {
    match member.location() {
        Location::Uri => "uri",
        Location::QueryString => "querystring",
        Location::Header => "header",
        Location::Headers => "headers",
        Location::StatusCode => "statusCode",
        Location::Payload => "payload",
        Location::Body => "body",
    }
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json => "json",
        Protocol::RestJson => "rest-json",
        Protocol::Query => "query",
        Protocol::Ec2 => "ec2",
        Protocol::RestXml => "rest-xml",
    }
}
