//! What the embedded API models say: services, their operations, and the shapes of inputs and outputs. Columns, result
//! keys and required inputs are derived from these.
//!
//! Shapes may be recursive, so they lie in an arena: a [`ShapeRef`] is a place in its own service's arena, and
//! [`Service::shape`] follows it.

use crate::page::Paginator;
use aws_smithy_schema::{Schema, prelude};
use std::collections::BTreeMap;

/// How a service puts inputs and outputs on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON bodies, the operation in a header (AWS JSON 1.0 and 1.1)
    Json,
    /// JSON bodies, the operation in method and path
    RestJson,
    /// form-encoded requests, XML answers
    Query,
    /// the query protocol with EC2's own names
    Ec2,
    /// XML bodies, the operation in method and path
    RestXml,
}

/// One service's model.
#[derive(Debug)]
pub struct Service {
    pub(crate) key: &'static str,
    pub(crate) service_id: &'static str,
    pub(crate) endpoint_prefix: &'static str,
    pub(crate) signing_name: &'static str,
    pub(crate) api_version: &'static str,
    pub(crate) target_prefix: &'static str,
    pub(crate) json_1_0: bool,
    pub(crate) protocol: Protocol,
    pub(crate) operations: BTreeMap<&'static str, Operation>,
    pub(crate) shapes: Vec<Shape>,
}

/// One operation of a service.
#[derive(Debug)]
pub struct Operation {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) uri: &'static str,
    pub(crate) host_prefix: Option<&'static str>,
    pub(crate) input: ShapeRef,
    pub(crate) output: ShapeRef,
    pub(crate) paginator: Option<Paginator>,
}

/// A place in the arena of one service's shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeRef(pub(crate) usize);

/// A type of the API.
#[derive(Debug)]
pub struct Shape {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) schema: &'static Schema<'static>,
    /// Schema of a list's element or a map's value.
    pub(crate) element: &'static Schema<'static>,
}

/// What a shape is made of.
#[derive(Debug)]
pub enum Kind {
    /// a structure or union: members in the API's order
    Structure(Vec<Member>),
    /// a list of these
    List(ShapeRef),
    /// a map from text to these
    Map(ShapeRef),
    /// a single value
    Scalar(Scalar),
}

/// Types of single values, and how the reader renders them in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `true` or `false`
    Boolean,
    /// a 32-bit integer
    Integer,
    /// a 64-bit integer
    Long,
    /// a 32-bit float; `"NaN"` and the infinities as text
    Float,
    /// a 64-bit float; `"NaN"` and the infinities as text
    Double,
    /// text
    Text,
    /// base64 text
    Blob,
    /// RFC 3339 text, UTC, at most microseconds
    Timestamp,
    /// any JSON
    Document,
}

/// A structure's member.
#[derive(Debug)]
pub struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: ShapeRef,
    pub(crate) required: bool,
    pub(crate) location: Location,
    pub(crate) wire_name: &'static str,
    pub(crate) schema: &'static Schema<'static>,
}

/// Where a member travels in an HTTP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// a label of the path
    Uri,
    /// the query string
    QueryString,
    /// one header
    Header,
    /// every header with the prefix that the wire name gives
    Headers,
    /// the answer's status
    StatusCode,
    /// the whole body
    Payload,
    /// inside the body
    Body,
}

static NOTHING: Shape =
    Shape { name: "", kind: Kind::Structure(Vec::new()), schema: &prelude::STRING, element: &prelude::STRING };

impl Service {
    /// botocore's folder name, such as `bedrock-agent`: what [`crate::Aws::call`] takes.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The API's service id, such as `Bedrock Agent`.
    pub fn service_id(&self) -> &'static str {
        self.service_id
    }

    /// The name in signatures and, where nothing else is said, in IAM actions, such as `bedrock`.
    pub fn signing_name(&self) -> &'static str {
        self.signing_name
    }

    /// The first label of regional host names, such as `bedrock-agent`.
    pub fn endpoint_prefix(&self) -> &'static str {
        self.endpoint_prefix
    }

    /// The protocol that the reader speaks with it.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The operation of this name, if the models hold it.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// All operations, by name.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// The shape at a place.
    // INVARIANT: places are made while a service is assembled, each for a shape of that service; a place of another
    // service finds a wrong shape or an empty one, it cannot fail.
    pub fn shape(&self, place: ShapeRef) -> &Shape {
        self.shapes.get(place.0).unwrap_or(&NOTHING)
    }

    /// The members of the structure at a place; none when it is no structure.
    pub fn members(&self, place: ShapeRef) -> &[Member] {
        match self.shape(place).kind() {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }

    /// Follows member names from a structure, such as `["Role", "RoleName"]`; lists are not entered.
    pub fn resolve<'n>(&self, from: ShapeRef, path: impl IntoIterator<Item = &'n str>) -> Option<ShapeRef> {
        path.into_iter()
            .try_fold(from, |place, name| self.members(place).iter().find(|m| m.name == name).map(Member::shape))
    }
}

impl Operation {
    /// The name, such as `ListGuardrails`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// HTTP method.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Path and fixed query, with labels, such as `/{Bucket}?policy`.
    pub fn uri(&self) -> &'static str {
        self.uri
    }

    /// What is put before the host name, possibly with labels.
    pub fn host_prefix(&self) -> Option<&'static str> {
        self.host_prefix
    }

    /// The input: a structure, empty where the operation has none.
    pub fn input(&self) -> ShapeRef {
        self.input
    }

    /// The output: a structure, empty where the operation has none.
    pub fn output(&self) -> ShapeRef {
        self.output
    }

    /// How it pages, if it does.
    pub fn paginator(&self) -> Option<&Paginator> {
        self.paginator.as_ref()
    }
}

impl Shape {
    /// The name in the API's model.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is made of.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }
}

impl Member {
    /// The name in inputs and outputs of [`crate::Aws::call`].
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its type.
    pub fn shape(&self) -> ShapeRef {
        self.shape
    }

    /// Whether the API insists on it.
    pub fn required(&self) -> bool {
        self.required
    }

    /// Where it travels.
    pub fn location(&self) -> Location {
        self.location
    }

    /// The name on the wire: the API model's `locationName`, else [`Member::name`].
    pub fn wire_name(&self) -> &'static str {
        self.wire_name
    }
}
