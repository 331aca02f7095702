//! Answers as JSON values: walks the official deserialisers along a service's shapes.

use crate::shape::{Kind, Scalar, Service, ShapeRef};
use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_types::date_time::Format;
use aws_smithy_types::{DateTime, Document, Number, base64};
use serde_json::{Map, Value, json};

/// Recursive shapes let a hostile answer nest without end; no real one comes near this.
const MAX_DEPTH: usize = 96;

/// The structure at `place`, as an object with the API's member names. Unknown members are dropped, nulls left out.
pub(crate) fn structure(
    service: &Service,
    place: ShapeRef,
    source: &mut dyn ShapeDeserializer,
) -> Result<Value, SerdeError> {
    Reader { service, depth: 0 }.structure(place, source)
}

#[derive(Clone, Copy)]
struct Reader<'s> {
    service: &'s Service,
    depth: usize,
}

impl Reader<'_> {
    fn deeper(self) -> Result<Self, SerdeError> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(SerdeError::custom(format!("nested more than {MAX_DEPTH} deep")));
        }
        Ok(Self { depth, ..self })
    }

    fn structure(self, place: ShapeRef, source: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
        let inner = self.deeper()?;
        let members = self.service.members(place);
        let mut object = Map::new();
        source.read_struct(self.service.shape(place).schema, &mut |schema, source| {
            if source.is_null() {
                return source.read_null();
            }
            if let Some(member) = schema.member_index().and_then(|index| members.get(index)) {
                object.insert(member.name.to_owned(), inner.value(member.shape, member.schema, source)?);
            }
            Ok(())
        })?;
        Ok(Value::Object(object))
    }

    /// `at` is the schema of the place where the value stands: it carries the names and formats of that place.
    fn value(self, place: ShapeRef, at: &Schema<'_>, source: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
        let shape = self.service.shape(place);
        // Only flattened lists and maps are read by their member's schema: others lose their elements' names by it.
        let container = if at.xml_flattened() { at } else { shape.schema };
        match shape.kind() {
            Kind::Structure(_) => self.structure(place, source),
            Kind::List(element) => self.list(*element, shape.element, container, source),
            Kind::Map(element) => self.map(*element, shape.element, container, source),
            Kind::Scalar(kind) => scalar(*kind, at, source),
        }
    }

    fn list(
        self,
        element: ShapeRef,
        at: &Schema<'_>,
        container: &Schema<'_>,
        source: &mut dyn ShapeDeserializer,
    ) -> Result<Value, SerdeError> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        source.read_list(container, &mut |source| {
            list.push(inner.element(element, at, source)?);
            Ok(())
        })?;
        Ok(Value::Array(list))
    }

    fn map(
        self,
        element: ShapeRef,
        at: &Schema<'_>,
        container: &Schema<'_>,
        source: &mut dyn ShapeDeserializer,
    ) -> Result<Value, SerdeError> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        source.read_map(container, &mut |key, source| {
            object.insert(key, inner.element(element, at, source)?);
            Ok(())
        })?;
        Ok(Value::Object(object))
    }

    fn element(
        self,
        place: ShapeRef,
        at: &Schema<'_>,
        source: &mut dyn ShapeDeserializer,
    ) -> Result<Value, SerdeError> {
        if source.is_null() {
            source.read_null()?;
            return Ok(Value::Null);
        }
        self.value(place, at, source)
    }
}

fn scalar(kind: Scalar, at: &Schema<'_>, source: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
    Ok(match kind {
        Scalar::Boolean => source.read_boolean(at)?.into(),
        // The status binding knows 32-bit integers only; elsewhere the wider type reads both.
        Scalar::Integer if at.http_response_code().is_some() => source.read_integer(at)?.into(),
        Scalar::Integer | Scalar::Long => source.read_long(at)?.into(),
        Scalar::Float | Scalar::Double => float(source.read_double(at)?),
        Scalar::Text => source.read_string(at)?.into(),
        Scalar::Blob => base64::encode(source.read_blob(at)?).into(),
        Scalar::Timestamp => timestamp(source.read_timestamp(at)?)?,
        Scalar::Document => document(source.read_document(at)?),
    })
}

/// JSON has no words for these; the protocols have.
fn float(value: f64) -> Value {
    if value.is_nan() {
        "NaN".into()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else {
        json!(value)
    }
}

/// Seconds since the epoch pass through a 64-bit float in the JSON codec: what lies below a microsecond is noise.
fn timestamp(value: DateTime) -> Result<Value, SerdeError> {
    let rounded = (value.as_nanos() + 500).div_euclid(1000) * 1000;
    let value = DateTime::from_nanos(rounded).unwrap_or(value);
    value.fmt(Format::DateTime).map(Value::from).map_err(|error| SerdeError::custom(error.to_string()))
}

fn document(value: Document) -> Value {
    match value {
        Document::Object(object) => {
            Value::Object(object.into_iter().map(|(key, value)| (key, document(value))).collect())
        }
        Document::Array(list) => Value::Array(list.into_iter().map(document).collect()),
        Document::Number(Number::PosInt(number)) => number.into(),
        Document::Number(Number::NegInt(number)) => number.into(),
        Document::Number(Number::Float(number)) => json!(number),
        Document::String(text) => text.into(),
        Document::Bool(value) => value.into(),
        _ => Value::Null,
    }
}
