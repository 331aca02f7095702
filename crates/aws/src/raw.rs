//! The trimmed model files as they are on disk: botocore's `service-2.json` and `paginators-1.json` without prose.
//! Format: <https://github.com/boto/botocore/blob/develop/botocore/model.py>. Names borrow from the embedded text.

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

#[derive(Deserialize)]
pub(crate) struct RawModel<'a> {
    #[serde(borrow)]
    pub(crate) metadata: RawMetadata<'a>,
    #[serde(borrow)]
    pub(crate) operations: BTreeMap<&'a str, RawOperation<'a>>,
    #[serde(borrow)]
    pub(crate) shapes: BTreeMap<&'a str, RawShape<'a>>,
    #[serde(borrow, default)]
    pub(crate) pagination: BTreeMap<&'a str, RawPaginator<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawMetadata<'a> {
    pub(crate) protocol: &'a str,
    /// All that the service speaks, the one it prefers first.
    #[serde(borrow, default)]
    pub(crate) protocols: Vec<&'a str>,
    pub(crate) endpoint_prefix: &'a str,
    pub(crate) signing_name: Option<&'a str>,
    pub(crate) service_id: &'a str,
    pub(crate) api_version: &'a str,
    #[serde(default)]
    pub(crate) target_prefix: &'a str,
    pub(crate) json_version: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct RawOperation<'a> {
    #[serde(borrow)]
    pub(crate) http: RawHttp<'a>,
    #[serde(borrow)]
    pub(crate) input: Option<RawReference<'a>>,
    #[serde(borrow)]
    pub(crate) output: Option<RawReference<'a>>,
    #[serde(borrow)]
    pub(crate) endpoint: Option<RawHostPrefix<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawHttp<'a> {
    pub(crate) method: &'a str,
    pub(crate) request_uri: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawHostPrefix<'a> {
    pub(crate) host_prefix: &'a str,
}

/// A use of a shape: a structure's member, a list's element, a map's key or value.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawReference<'a> {
    pub(crate) shape: &'a str,
    pub(crate) location: Option<&'a str>,
    pub(crate) location_name: Option<&'a str>,
    pub(crate) query_name: Option<&'a str>,
    pub(crate) timestamp_format: Option<&'a str>,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default)]
    pub(crate) xml_attribute: bool,
    /// The member takes the whole payload of an event as it is.
    #[serde(default, rename = "eventpayload")]
    pub(crate) event_payload: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawShape<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
    #[serde(borrow, default)]
    pub(crate) members: Members<'a>,
    #[serde(borrow)]
    pub(crate) member: Option<RawReference<'a>>,
    #[serde(borrow)]
    pub(crate) key: Option<RawReference<'a>>,
    #[serde(borrow)]
    pub(crate) value: Option<RawReference<'a>>,
    #[serde(borrow, default)]
    pub(crate) required: Vec<&'a str>,
    pub(crate) payload: Option<&'a str>,
    pub(crate) location_name: Option<&'a str>,
    pub(crate) timestamp_format: Option<&'a str>,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default)]
    pub(crate) document: bool,
}

/// Members in the order of the file, which is the API's: columns are shown in it.
#[derive(Default)]
pub(crate) struct Members<'a>(pub(crate) Vec<(&'a str, RawReference<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor(PhantomData))
    }
}

struct MembersVisitor<'a>(PhantomData<&'a str>);

impl<'de: 'a, 'a> Visitor<'de> for MembersVisitor<'a> {
    type Value = Members<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'a>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[derive(Deserialize)]
pub(crate) struct RawPaginator<'a> {
    #[serde(borrow, default)]
    pub(crate) input_token: OneOrMore<'a>,
    #[serde(borrow, default)]
    pub(crate) output_token: OneOrMore<'a>,
    #[serde(borrow, default)]
    pub(crate) result_key: OneOrMore<'a>,
    pub(crate) more_results: Option<&'a str>,
    pub(crate) limit_key: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore<'a> {
    One(&'a str),
    #[serde(borrow)]
    More(Vec<&'a str>),
}

impl Default for OneOrMore<'_> {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl<'a> OneOrMore<'a> {
    pub(crate) fn to_vec(&self) -> Vec<&'a str> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more.clone(),
        }
    }
}
