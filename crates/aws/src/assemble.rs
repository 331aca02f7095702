//! From a trimmed model file to a [`Service`]: an arena of shapes, each with the runtime schema that the official codecs
//! work by.

use crate::page::Paginator;
use crate::raw::{RawHttp, RawModel, RawReference, RawShape};
use crate::shape::{Kind, Member, Operation, Protocol, Scalar, Service, Shape, ShapeRef};
use crate::wire::{Place, Wire};
use aws_smithy_schema::traits::HttpTrait;
use aws_smithy_schema::{Schema, ShapeId, ShapeType, prelude};
use std::collections::{BTreeMap, HashMap};

/// Builds the service of one model file. The error says what is wrong with the file.
pub(crate) fn assemble(key: &'static str, text: &'static str) -> Result<Service, String> {
    let raw: RawModel<'static> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let protocol = protocol(&raw)?;
    let mut assembler = Assembler { raw: &raw, protocol, shapes: Vec::new(), places: HashMap::new() };
    let mut operations = BTreeMap::new();
    for (name, operation) in &raw.operations {
        let input = assembler.input(operation.input.as_ref(), &operation.http)?;
        let output = match &operation.output {
            Some(reference) => assembler.shape(reference.shape, Place::Output)?,
            None => assembler.unit(None),
        };
        // The answer of this one S3 operation is its only member, without a structure's element around it.
        let output = if key == "s3" && *name == "GetBucketLocation" { assembler.unwrapped(output)? } else { output };
        operations.insert(
            *name,
            Operation {
                name,
                method: operation.http.method,
                uri: operation.http.request_uri,
                host_prefix: operation.endpoint.as_ref().map(|endpoint| endpoint.host_prefix),
                input,
                output,
                paginator: paginator(&raw, name),
            },
        );
    }
    let shapes = assembler.shapes;
    let metadata = &raw.metadata;
    Ok(Service {
        key,
        service_id: metadata.service_id,
        endpoint_prefix: metadata.endpoint_prefix,
        signing_name: metadata.signing_name.unwrap_or(metadata.endpoint_prefix),
        api_version: metadata.api_version,
        target_prefix: metadata.target_prefix,
        json_1_0: metadata.json_version == Some("1.0"),
        protocol,
        operations,
        shapes,
    })
}

/// The first protocol of the service's list that the reader speaks; CBOR, which some list before JSON, is not among them.
fn protocol(raw: &RawModel<'_>) -> Result<Protocol, String> {
    let known = |name: &&str| match *name {
        "json" => Some(Protocol::Json),
        "rest-json" => Some(Protocol::RestJson),
        "query" => Some(Protocol::Query),
        "ec2" => Some(Protocol::Ec2),
        "rest-xml" => Some(Protocol::RestXml),
        _ => None,
    };
    let mut listed = raw.metadata.protocols.iter().chain(std::iter::once(&raw.metadata.protocol));
    listed.find_map(known).ok_or_else(|| format!("no protocol among {:?} is spoken here", raw.metadata.protocols))
}

fn paginator(raw: &RawModel<'static>, operation: &str) -> Option<Paginator> {
    let paginator = raw.pagination.get(operation)?;
    Some(Paginator {
        input_tokens: paginator.input_token.to_vec(),
        output_tokens: paginator.output_token.to_vec(),
        result_keys: paginator.result_key.to_vec(),
        more_results: paginator.more_results,
        limit_key: paginator.limit_key,
    })
}

/// Schemas refer to each other by `'static` references, which is the form that the codecs are made for.
// INVARIANT: what is kept here is bounded by the embedded models, because each is assembled at most once in a process.
pub(crate) fn keep(schema: Schema<'static>) -> &'static Schema<'static> {
    Box::leak(Box::new(schema))
}

struct Assembler<'m> {
    raw: &'m RawModel<'static>,
    protocol: Protocol,
    shapes: Vec<Shape>,
    places: HashMap<(&'static str, Place), ShapeRef>,
}

impl Assembler<'_> {
    fn raw_shape(&self, name: &str) -> Result<&RawShape<'static>, String> {
        self.raw.shapes.get(name).ok_or_else(|| format!("shape `{name}` is not in the model"))
    }

    /// EC2 names a member differently in requests and answers, so there a shape of both sides is made twice.
    fn shape(&mut self, name: &'static str, place: Place) -> Result<ShapeRef, String> {
        let place = if self.protocol == Protocol::Ec2 { place } else { Place::Output };
        if let Some(found) = self.places.get(&(name, place)) {
            return Ok(*found);
        }
        // The place is taken before the shape is made: shapes may hold themselves.
        let taken = self.push(Shape {
            name,
            kind: Kind::Scalar(Scalar::Text),
            schema: &prelude::STRING,
            element: &prelude::STRING,
        });
        self.places.insert((name, place), taken);
        let made = self.make(name, place, None)?;
        self.replace(taken, made);
        Ok(taken)
    }

    /// The codecs find method and path on the input's schema, so each operation has an input of its own.
    fn input(
        &mut self,
        reference: Option<&RawReference<'static>>,
        http: &RawHttp<'static>,
    ) -> Result<ShapeRef, String> {
        match reference {
            None => Ok(self.unit(Some(http))),
            Some(reference) => {
                let made = self.make(reference.shape, Place::Input, Some(http))?;
                Ok(self.push(made))
            }
        }
    }

    fn unit(&mut self, http: Option<&RawHttp<'static>>) -> ShapeRef {
        let id = ShapeId::from_parts("aws#Unit", "aws", "Unit");
        let schema = Schema::new_struct(id, ShapeType::Structure, &[]).with_no_body_members();
        let schema = keep(with_http(schema, http));
        self.push(Shape { name: "", kind: Kind::Structure(Vec::new()), schema, element: &prelude::STRING })
    }

    fn make(&mut self, name: &'static str, place: Place, http: Option<&RawHttp<'static>>) -> Result<Shape, String> {
        let scalar = match self.raw_shape(name)?.kind {
            "structure" if !self.raw_shape(name)?.document => return self.structure(name, place, http),
            "list" => return self.list(name, place),
            "map" => return self.map(name, place),
            _ => self.wire().scalar(name)?,
        };
        let schema = keep(Schema::new(shape_id(name), crate::wire::shape_type(scalar)));
        Ok(Shape { name, kind: Kind::Scalar(scalar), schema, element: &prelude::STRING })
    }

    fn structure(
        &mut self,
        name: &'static str,
        place: Place,
        http: Option<&RawHttp<'static>>,
    ) -> Result<Shape, String> {
        let raw = self.raw;
        let shape = raw.shapes.get(name).ok_or_else(|| format!("shape `{name}` is not in the model"))?;
        let mut members = Vec::with_capacity(shape.members.0.len());
        for (index, (member, reference)) in shape.members.0.iter().enumerate() {
            let target = self.shape(reference.shape, place)?;
            let payload = shape.payload == Some(member) || reference.event_payload;
            let bound = self.wire().member(member, index, reference, payload, place)?;
            members.push(Member {
                name: member,
                shape: target,
                required: shape.required.contains(member),
                location: bound.location,
                wire_name: reference.location_name.unwrap_or(member),
                schema: bound.schema,
            });
        }
        let schema = Schema::new_struct(shape_id(name), ShapeType::Structure, member_schemas(&members));
        let schema = shape.location_name.into_iter().fold(schema, Schema::with_xml_name);
        Ok(Shape {
            name,
            kind: Kind::Structure(members),
            schema: keep(with_http(schema, http)),
            element: &prelude::STRING,
        })
    }

    fn list(&mut self, name: &'static str, place: Place) -> Result<Shape, String> {
        let raw = self.raw;
        let reference = self.wire().element_of(name)?;
        let element = self.wire().element("member", 0, reference)?;
        let target = self.shape(reference.shape, place)?;
        let flattened = raw.shapes.get(name).is_some_and(|shape| shape.flattened);
        let schema = Schema::new_list(shape_id(name), element);
        let schema = keep(if flattened { schema.with_xml_flattened() } else { schema });
        Ok(Shape { name, kind: Kind::List(target), schema, element })
    }

    fn map(&mut self, name: &'static str, place: Place) -> Result<Shape, String> {
        let raw = self.raw;
        let (key, value) = self.wire().entry_of(name)?;
        let key = self.wire().element("key", 0, key)?;
        let element = self.wire().element("value", 1, value)?;
        let target = self.shape(value.shape, place)?;
        let flattened = raw.shapes.get(name).is_some_and(|shape| shape.flattened);
        let schema = Schema::new_map(shape_id(name), key, element);
        let schema = keep(if flattened { schema.with_xml_flattened() } else { schema });
        Ok(Shape { name, kind: Kind::Map(target), schema, element })
    }

    fn unwrapped(&mut self, output: ShapeRef) -> Result<ShapeRef, String> {
        match self.shapes.get_mut(output.0) {
            Some(Shape { name, kind: Kind::Structure(members), schema, .. }) => {
                let bare = Schema::new_struct(shape_id(name), ShapeType::Structure, member_schemas(members));
                *schema = keep(bare.with_xml_unwrapped_output());
                Ok(output)
            }
            _ => Err("the output to unwrap is no structure".to_owned()),
        }
    }

    fn wire(&self) -> Wire<'_> {
        Wire { raw: self.raw, protocol: self.protocol }
    }

    fn push(&mut self, shape: Shape) -> ShapeRef {
        self.shapes.push(shape);
        ShapeRef(self.shapes.len() - 1)
    }

    fn replace(&mut self, place: ShapeRef, shape: Shape) {
        if let Some(slot) = self.shapes.get_mut(place.0) {
            *slot = shape;
        }
    }
}

fn shape_id(name: &'static str) -> ShapeId<'static> {
    ShapeId::from_parts(name, "aws", name)
}

fn member_schemas(members: &[Member]) -> &'static [&'static Schema<'static>] {
    members.iter().map(|member| member.schema).collect::<Vec<_>>().leak()
}

fn with_http(schema: Schema<'static>, http: Option<&RawHttp<'static>>) -> Schema<'static> {
    match http {
        Some(http) => schema.with_http(HttpTrait::new(http.method, http.request_uri, None)),
        None => schema,
    }
}
