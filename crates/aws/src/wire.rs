//! How members are named and placed on the wire, protocol by protocol, written onto the schemas that the codecs read.

use crate::assemble::keep;
use crate::raw::{RawModel, RawReference, RawShape};
use crate::shape::{Location, Protocol, Scalar};
use aws_smithy_schema::traits::TimestampFormat;
use aws_smithy_schema::{Schema, ShapeId, ShapeType, intern_header_name};

/// Which side of a call a shape is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Input,
    Output,
}

/// A member's schema and where it travels.
pub(crate) struct Bound {
    pub(crate) schema: &'static Schema<'static>,
    pub(crate) location: Location,
}

/// The model and the protocol: all that naming depends on.
#[derive(Clone, Copy)]
pub(crate) struct Wire<'m> {
    pub(crate) raw: &'m RawModel<'static>,
    pub(crate) protocol: Protocol,
}

impl<'m> Wire<'m> {
    fn target(self, name: &str) -> Result<&'m RawShape<'static>, String> {
        self.raw.shapes.get(name).ok_or_else(|| format!("shape `{name}` is not in the model"))
    }

    /// The scalar type of a shape; an error for structures, lists and maps.
    pub(crate) fn scalar(self, name: &str) -> Result<Scalar, String> {
        let shape = self.target(name)?;
        if shape.document {
            return Ok(Scalar::Document);
        }
        Ok(match shape.kind {
            "boolean" => Scalar::Boolean,
            "integer" => Scalar::Integer,
            "long" => Scalar::Long,
            "float" => Scalar::Float,
            "double" => Scalar::Double,
            "string" | "character" => Scalar::Text,
            "blob" => Scalar::Blob,
            "timestamp" => Scalar::Timestamp,
            other => return Err(format!("shape `{name}` is of the unknown type `{other}`")),
        })
    }

    fn shape_type(self, name: &str) -> Result<ShapeType, String> {
        let shape = self.target(name)?;
        Ok(match shape.kind {
            "structure" if !shape.document => ShapeType::Structure,
            "list" => ShapeType::List,
            "map" => ShapeType::Map,
            _ => shape_type(self.scalar(name)?),
        })
    }

    /// What a list holds.
    pub(crate) fn element_of(self, list: &str) -> Result<&'m RawReference<'static>, String> {
        self.target(list)?.member.as_ref().ok_or_else(|| format!("list `{list}` has no element"))
    }

    /// What a map holds: key and value.
    pub(crate) fn entry_of(self, map: &str) -> Result<(&'m RawReference<'static>, &'m RawReference<'static>), String> {
        let shape = self.target(map)?;
        shape.key.as_ref().zip(shape.value.as_ref()).ok_or_else(|| format!("map `{map}` has no key or value"))
    }

    /// Schema of a list's element, a map's key or value. It is shallow: recursion is the reader's, see [`crate::read`].
    pub(crate) fn element(
        self,
        name: &'static str,
        index: usize,
        reference: &RawReference<'static>,
    ) -> Result<&'static Schema<'static>, String> {
        let schema =
            Schema::new_member(ShapeId::from_parts(name, "", name), self.shape_type(reference.shape)?, name, index);
        let schema = reference.location_name.into_iter().fold(schema, Schema::with_xml_name);
        Ok(keep(self.with_time_format(schema, reference)?))
    }

    /// Schema of a structure's member.
    pub(crate) fn member(
        self,
        name: &'static str,
        index: usize,
        reference: &RawReference<'static>,
        payload: bool,
        place: Place,
    ) -> Result<Bound, String> {
        let kind = self.shape_type(reference.shape)?;
        let id = ShapeId::from_parts("aws#member", "aws", "member");
        let wire_name = reference.location_name.unwrap_or(name);
        let plain = || Schema::new_member(id.clone(), kind, name, index);
        let (schema, location) = match reference.location {
            // The codecs fill labels by member name, the models name them by wire name: the schema takes the latter.
            Some("uri") => (Schema::new_member(id, kind, wire_name, index).with_http_label(), Location::Uri),
            Some("querystring") if kind == ShapeType::Map => (plain().with_http_query_params(), Location::QueryString),
            Some("querystring") => (plain().with_http_query(wire_name), Location::QueryString),
            Some("header") => (plain().with_http_header(intern_header_name(wire_name)), Location::Header),
            Some("headers") => (plain().with_http_prefix_headers(wire_name), Location::Headers),
            Some("statusCode") => (plain().with_http_response_code(), Location::StatusCode),
            Some(other) => return Err(format!("member `{name}` has the unknown location `{other}`")),
            None if payload => (
                reference.location_name.into_iter().fold(plain().with_http_payload(), Schema::with_xml_name),
                Location::Payload,
            ),
            None => (self.in_body(plain(), name, reference, place)?, Location::Body),
        };
        let schema = self.with_contents(self.with_time_format(schema, reference)?, reference.shape)?;
        Ok(Bound { schema: keep(schema), location })
    }

    fn in_body(
        self,
        schema: Schema<'static>,
        name: &'static str,
        reference: &RawReference<'static>,
        place: Place,
    ) -> Result<Schema<'static>, String> {
        let target = self.target(reference.shape)?;
        let ec2_input = self.protocol == Protocol::Ec2 && place == Place::Input;
        let flattened = target.flattened || reference.flattened || (ec2_input && target.kind == "list");
        let xml_name = if ec2_input {
            Some(ec2_name(name, reference))
        } else {
            // The items of a flattened list stand where the list would: the list's name is theirs.
            let of_items = target
                .member
                .as_ref()
                .filter(|_| target.flattened || reference.flattened)
                .and_then(|item| item.location_name);
            reference.location_name.or(of_items)
        };
        let schema = xml_name.into_iter().fold(schema, Schema::with_xml_name);
        let schema = reference.location_name.into_iter().fold(schema, Schema::with_json_name);
        let schema = if flattened { schema.with_xml_flattened() } else { schema };
        Ok(if reference.xml_attribute { schema.with_xml_attribute() } else { schema })
    }

    fn with_contents(self, schema: Schema<'static>, target: &str) -> Result<Schema<'static>, String> {
        Ok(match self.target(target)?.kind {
            "list" => schema.with_list_member(self.element("member", 0, self.element_of(target)?)?),
            "map" => {
                let (key, value) = self.entry_of(target)?;
                schema.with_map_members(self.element("key", 0, key)?, self.element("value", 1, value)?)
            }
            _ => schema,
        })
    }

    fn with_time_format(
        self,
        schema: Schema<'static>,
        reference: &RawReference<'static>,
    ) -> Result<Schema<'static>, String> {
        let format = reference.timestamp_format.or(self.target(reference.shape)?.timestamp_format);
        Ok(match format {
            Some("iso8601") => schema.with_timestamp_format(TimestampFormat::DateTime),
            Some("rfc822") => schema.with_timestamp_format(TimestampFormat::HttpDate),
            Some("unixTimestamp") => schema.with_timestamp_format(TimestampFormat::EpochSeconds),
            Some(other) => return Err(format!("unknown timestamp format `{other}`")),
            None => schema,
        })
    }
}

/// The runtime's word for a scalar type.
pub(crate) fn shape_type(scalar: Scalar) -> ShapeType {
    match scalar {
        Scalar::Boolean => ShapeType::Boolean,
        Scalar::Integer => ShapeType::Integer,
        Scalar::Long => ShapeType::Long,
        Scalar::Float => ShapeType::Float,
        Scalar::Double => ShapeType::Double,
        Scalar::Text => ShapeType::String,
        Scalar::Blob => ShapeType::Blob,
        Scalar::Timestamp => ShapeType::Timestamp,
        Scalar::Document => ShapeType::Document,
    }
}

/// A request parameter's name in EC2's protocol: `queryName`, else the wire name with a capital.
/// <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#query-key-resolution>
fn ec2_name(name: &'static str, reference: &RawReference<'static>) -> &'static str {
    if let Some(name) = reference.query_name {
        return name;
    }
    let wire_name = reference.location_name.unwrap_or(name);
    let mut chars = wire_name.chars();
    match chars.next() {
        Some(first) if first.is_lowercase() => format!("{}{}", first.to_uppercase(), chars.as_str()).leak(),
        _ => wire_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(json: &'static str) -> RawReference<'static> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ec2_names_of_parameters() {
        for (json, expected) in [
            (r#"{"shape":"S"}"#, "InstanceIds"),
            (r#"{"shape":"S","locationName":"InstanceId"}"#, "InstanceId"),
            (r#"{"shape":"S","locationName":"nextToken"}"#, "NextToken"),
            (r#"{"shape":"S","locationName":"dryRun","queryName":"Dry"}"#, "Dry"),
        ] {
            assert_eq!(ec2_name("InstanceIds", &reference(json)), expected, "{json}");
        }
    }
}
