//! Inputs from JSON values: drives the official serialisers along a service's shapes. An input that the API's model does not
//! allow (unknown member, missing required member, wrong type) is refused before anything is sent.

use crate::shape::{Kind, Scalar, Service, ShapeRef};
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_schema::{Schema, prelude};
use aws_smithy_types::date_time::Format;
use aws_smithy_types::{Blob, DateTime, Document, Number, base64};
use serde_json::Value;

/// A value that stands where the API wants the structure at `place`.
pub(crate) struct Structure<'a> {
    pub(crate) service: &'a Service,
    pub(crate) place: ShapeRef,
    pub(crate) value: &'a Value,
}

impl SerializableStruct for Structure<'_> {
    fn schema(&self) -> &Schema<'_> {
        self.service.shape(self.place).schema
    }

    fn serialize_members(&self, sink: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        let members = self.service.members(self.place);
        let object = self.value.as_object().ok_or_else(|| SerdeError::custom("the input must be an object"))?;
        if let Some(unknown) = object.keys().find(|key| !members.iter().any(|member| member.name == key.as_str())) {
            return Err(SerdeError::custom(format!(
                "unknown input `{}`",
                sightline_model::untrusted::shortened(unknown, 100)
            )));
        }
        for member in members {
            match object.get(member.name).filter(|value| !value.is_null()) {
                Some(value) => write(self.service, member.shape, member.schema, value, sink)?,
                None if member.required => return Err(SerdeError::custom(format!("missing input `{}`", member.name))),
                None => {}
            }
        }
        Ok(())
    }
}

fn write(
    service: &Service,
    place: ShapeRef,
    at: &Schema<'_>,
    value: &Value,
    sink: &mut dyn ShapeSerializer,
) -> Result<(), SerdeError> {
    let shape = service.shape(place);
    match shape.kind() {
        Kind::Structure(_) => {
            let at = if at.http_payload().is_some() { shape.schema } else { at };
            sink.write_struct(at, &Structure { service, place, value })
        }
        Kind::List(element) => {
            let list = value.as_array().ok_or_else(|| unfit(shape.name, "a list"))?;
            let items = |sink: &mut dyn ShapeSerializer| {
                list.iter().try_for_each(|item| write(service, *element, anonymous(service, *element), item, sink))
            };
            sink.write_list_with_length(at, list.len(), &items)
        }
        Kind::Map(element) => {
            let map = value.as_object().ok_or_else(|| unfit(shape.name, "an object"))?;
            let entries = |sink: &mut dyn ShapeSerializer| {
                map.iter().try_for_each(|(key, value)| {
                    sink.write_string(&prelude::STRING, key)?;
                    write(service, *element, anonymous(service, *element), value, sink)
                })
            };
            sink.write_map_with_length(at, map.len(), &entries)
        }
        Kind::Scalar(kind) => scalar(*kind, at, value, sink, shape.name),
    }
}

fn scalar(
    kind: Scalar,
    at: &Schema<'_>,
    value: &Value,
    sink: &mut dyn ShapeSerializer,
    name: &str,
) -> Result<(), SerdeError> {
    let text = || value.as_str().ok_or_else(|| unfit(name, "text"));
    match kind {
        Scalar::Boolean => sink.write_boolean(at, value.as_bool().ok_or_else(|| unfit(name, "true or false"))?),
        Scalar::Integer | Scalar::Long => sink.write_long(at, value.as_i64().ok_or_else(|| unfit(name, "an integer"))?),
        Scalar::Float | Scalar::Double => sink.write_double(at, value.as_f64().ok_or_else(|| unfit(name, "a number"))?),
        Scalar::Text => sink.write_string(at, text()?),
        Scalar::Blob => {
            sink.write_blob(at, Blob::new(base64::decode(text()?).map_err(|_| unfit(name, "base64 text"))?))
        }
        Scalar::Timestamp => {
            let time =
                DateTime::from_str(text()?, Format::DateTimeWithOffset).map_err(|_| unfit(name, "an RFC 3339 time"))?;
            sink.write_timestamp(at, &time)
        }
        Scalar::Document => sink.write_document(at, &document(value)),
    }
}

fn unfit(name: &str, wanted: &str) -> SerdeError {
    SerdeError::custom(format!("the input for `{name}` must be {wanted}"))
}

/// The schema of an element of a list or a map: it has a type, and no name of its own.
fn anonymous(service: &Service, place: ShapeRef) -> &Schema<'static> {
    let shape = service.shape(place);
    match shape.kind() {
        Kind::Scalar(Scalar::Boolean) => &prelude::BOOLEAN,
        Kind::Scalar(Scalar::Integer) => &prelude::INTEGER,
        Kind::Scalar(Scalar::Long) => &prelude::LONG,
        Kind::Scalar(Scalar::Float) => &prelude::FLOAT,
        Kind::Scalar(Scalar::Double) => &prelude::DOUBLE,
        Kind::Scalar(Scalar::Blob) => &prelude::BLOB,
        Kind::Scalar(Scalar::Timestamp) => &prelude::TIMESTAMP,
        Kind::Scalar(Scalar::Document) => &prelude::DOCUMENT,
        Kind::Scalar(Scalar::Text) => &prelude::STRING,
        Kind::Structure(_) | Kind::List(_) | Kind::Map(_) => shape.schema,
    }
}

fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(list) => Document::Array(list.iter().map(document).collect()),
        Value::Object(object) => {
            Document::Object(object.iter().map(|(key, value)| (key.clone(), document(value))).collect())
        }
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Number::PosInt(number),
            (None, Some(number)) => Number::NegInt(number),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
    }
}
