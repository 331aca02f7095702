//! What a trail records: event selectors, classic and advanced, declared and read.
//!
//! Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>.

use crate::context::{is_true, list, text, texts};
use crate::render::node::Node;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One kind of resource whose data events can be recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataEvents {
    /// `resources.type`
    pub(crate) kind: &'static str,
    /// the calls that nobody sees without them
    pub(crate) calls: &'static str,
}

/// AI services' data events.
pub(crate) const DATA_EVENTS: &[DataEvents] = &[
    DataEvents { kind: "AWS::Bedrock::AgentAlias", calls: "InvokeAgent" },
    DataEvents { kind: "AWS::Bedrock::AsyncInvoke", calls: "StartAsyncInvoke" },
    DataEvents { kind: "AWS::Bedrock::FlowAlias", calls: "InvokeFlow" },
    DataEvents { kind: "AWS::Bedrock::Guardrail", calls: "ApplyGuardrail" },
    DataEvents { kind: "AWS::Bedrock::InlineAgent", calls: "InvokeInlineAgent" },
    DataEvents { kind: "AWS::Bedrock::KnowledgeBase", calls: "Retrieve, RetrieveAndGenerate" },
    DataEvents { kind: "AWS::Bedrock::Model", calls: "InvokeModelWithBidirectionalStream" },
    DataEvents { kind: "AWS::BedrockAgentCore::Gateway", calls: "tool calls through gateways" },
    DataEvents { kind: "AWS::BedrockAgentCore::Runtime", calls: "InvokeAgentRuntime" },
    DataEvents { kind: "AWS::BedrockMantle::Project", calls: "inference through bedrock-mantle" },
    DataEvents { kind: "AWS::SageMaker::Endpoint", calls: "InvokeEndpoint" },
];

/// Without events of these, calls of models or the identities behind them are not seen.
const NEEDED_SOURCES: [&str; 4] =
    ["bedrock.amazonaws.com", "eks-auth.amazonaws.com", "sagemaker.amazonaws.com", "sts.amazonaws.com"];

/// An advanced event selector of ours.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) name: String,
    /// field → the value that it must equal
    pub(crate) fields: Vec<(&'static str, &'static str)>,
}

/// What the trail shall record. A management selector without `readOnly` takes reads and writes, and so all of them.
pub(crate) fn selectors(data_events: bool) -> Vec<Selector> {
    let management = Selector {
        name: "Management events, reads and writes".to_owned(),
        fields: vec![("eventCategory", "Management")],
    };
    let data = DATA_EVENTS.iter().filter(|_| data_events).map(|data| Selector {
        name: data.kind.replace("::", " "),
        fields: vec![("eventCategory", "Data"), ("resources.type", data.kind)],
    });
    std::iter::once(management).chain(data).collect()
}

/// The data events that a trail records besides ours, as advanced selectors.
pub(crate) fn besides(answer: &Value, data_events: bool) -> Vec<Value> {
    let ours: Vec<&str> = DATA_EVENTS.iter().filter(|_| data_events).map(|data| data.kind).collect();
    let advanced = list(answer, "/AdvancedEventSelectors").filter(|selector| {
        let fields: Vec<&Value> = list(selector, "/FieldSelectors").collect();
        let has = |name: &str, value: &str| {
            fields.iter().any(|field| text(field, "/Field") == name && texts(field, "/Equals").contains(&value))
        };
        !has("eventCategory", "Management") && !ours.iter().any(|kind| has("resources.type", kind))
    });
    let classic = list(answer, "/EventSelectors").flat_map(|selector| list(selector, "/DataResources"));
    advanced.cloned().chain(classic.map(from_classic)).collect()
}

/// A classic selector's data resources as an advanced selector: ARNs there are beginnings.
fn from_classic(data: &Value) -> Value {
    let kind = text(data, "/Type");
    let mut fields = vec![
        json!({"Field": "eventCategory", "Equals": ["Data"]}),
        json!({"Field": "resources.type", "Equals": [kind]}),
    ];
    let beginnings = texts(data, "/Values");
    // `arn:aws:s3` and its like stand for all resources of the type.
    if beginnings.iter().all(|arn| arn.split(':').count() > 3) {
        fields.push(json!({"Field": "resources.ARN", "StartsWith": beginnings}));
    }
    json!({"Name": kind.replace("::", " "), "FieldSelectors": fields})
}

impl Selector {
    /// The shape of CloudFormation and of the API.
    pub(crate) fn node(&self) -> Node {
        let field =
            |(field, value): &(&str, &str)| Node::map([("Field", (*field).into()), ("Equals", Node::list([*value]))]);
        Node::map([("Name", (&self.name).into()), ("FieldSelectors", Node::list(self.fields.iter().map(field)))])
    }

    pub(crate) fn json(&self) -> Value {
        let fields = self.fields.iter().map(|(field, value)| json!({"Field": field, "Equals": [value]}));
        json!({"Name": self.name, "FieldSelectors": fields.collect::<Vec<_>>()})
    }
}

/// What a trail records, read from `GetEventSelectors`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// management events that only read
    pub(crate) reads: bool,
    /// management events that change something
    pub(crate) writes: bool,
    /// what its management selectors leave out of that, in words
    pub(crate) left_out: BTreeSet<String>,
    /// `resources.type` of which data events are recorded, at least in part
    pub(crate) data: BTreeSet<String>,
}

impl Recorded {
    pub(crate) fn read(answer: &Value) -> Self {
        let mut recorded = Self::default();
        for selector in list(answer, "/EventSelectors") {
            recorded.classic(selector);
        }
        for selector in list(answer, "/AdvancedEventSelectors") {
            recorded.advanced(selector);
        }
        recorded
    }

    fn classic(&mut self, selector: &Value) {
        let takes = |word: &str| {
            matches!(text(selector, "/ReadWriteType"), "" | "All") || text(selector, "/ReadWriteType") == word
        };
        // Absent means that they are included.
        if selector.get("IncludeManagementEvents").is_none() || is_true(selector, "/IncludeManagementEvents") {
            let excluded = texts(selector, "/ExcludeManagementEventSources");
            let left_out = excluded.into_iter().filter(|source| NEEDED_SOURCES.contains(source));
            self.management(
                takes("ReadOnly"),
                takes("WriteOnly"),
                left_out.map(|source| format!("events of {source}")).collect(),
            );
        }
        self.data.extend(list(selector, "/DataResources").map(|data| text(data, "/Type").to_owned()));
    }

    fn advanced(&mut self, selector: &Value) {
        let fields: Vec<&Value> = list(selector, "/FieldSelectors").collect();
        let of =
            |name: &str| fields.iter().copied().filter(move |field| text(field, "/Field") == name).collect::<Vec<_>>();
        let equals = |name: &str| of(name).into_iter().flat_map(|field| texts(field, "/Equals")).collect::<Vec<_>>();
        match equals("eventCategory").first() {
            Some(&"Management") => {
                let read_only = equals("readOnly");
                let takes = |word: &str| read_only.is_empty() || read_only.contains(&word);
                let other =
                    fields.iter().filter(|field| !["eventCategory", "readOnly"].contains(&text(field, "/Field")));
                self.management(takes("true"), takes("false"), other.filter_map(|field| left_out_by(field)).collect());
            }
            Some(&"Data") => self.data.extend(equals("resources.type").into_iter().map(str::to_owned)),
            _ => {}
        }
    }

    /// Adds one management selector: the trail records what any of them takes, so one without exclusions settles it.
    fn management(&mut self, reads: bool, writes: bool, left_out: BTreeSet<String>) {
        let was_whole = self.reads && self.writes && self.left_out.is_empty();
        if was_whole {
            return;
        }
        if reads && writes && left_out.is_empty() {
            self.left_out.clear();
        } else {
            self.left_out.extend(left_out);
        }
        self.reads |= reads;
        self.writes |= writes;
    }
}

/// What a field selector keeps from the trail, if it is something that we need.
fn left_out_by(field: &Value) -> Option<String> {
    let name = text(field, "/Field");
    let operators: Vec<(&String, &Value)> = field.as_object()?.iter().filter(|(key, _)| *key != "Field").collect();
    if name == "eventSource" {
        let left_out =
            NEEDED_SOURCES.iter().filter(|source| !operators.iter().all(|(op, values)| lets_pass(op, values, source)));
        let left_out: Vec<&str> = left_out.copied().collect();
        return (!left_out.is_empty()).then(|| format!("events of {}", left_out.join(", ")));
    }
    Some(format!("events by `{name}`"))
}

fn lets_pass(operator: &str, values: &Value, source: &str) -> bool {
    let mut values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
    match operator {
        "Equals" => values.any(|value| value == source),
        "NotEquals" => values.all(|value| value != source),
        "StartsWith" => values.any(|value| source.starts_with(value)),
        "NotStartsWith" => values.all(|value| !source.starts_with(value)),
        "EndsWith" => values.any(|value| source.ends_with(value)),
        "NotEndsWith" => values.all(|value| !source.ends_with(value)),
        // An operator that we do not know may leave out anything.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advanced(fields: Value) -> Value {
        json!({"AdvancedEventSelectors": [{"FieldSelectors": fields}]})
    }

    #[test]
    fn what_we_declare_records_everything() {
        let ours: Vec<Value> = selectors(true).iter().map(Selector::json).collect();
        let recorded = Recorded::read(&json!({"AdvancedEventSelectors": ours}));
        assert!(recorded.reads && recorded.writes && recorded.left_out.is_empty());
        assert_eq!(recorded.data.len(), DATA_EVENTS.len());
    }

    #[test]
    fn reads_and_writes() {
        for (kind, reads, writes) in [("All", true, true), ("WriteOnly", false, true), ("ReadOnly", true, false)] {
            let answer = json!({"EventSelectors": [{"ReadWriteType": kind, "IncludeManagementEvents": true}]});
            let recorded = Recorded::read(&answer);
            assert_eq!((recorded.reads, recorded.writes), (reads, writes), "{kind}");
        }
        let management = json!({"Field": "eventCategory", "Equals": ["Management"]});
        let recorded = Recorded::read(&advanced(json!([management, {"Field": "readOnly", "Equals": ["false"]}])));
        assert_eq!((recorded.reads, recorded.writes), (false, true));
        assert_eq!(Recorded::read(&json!({})), Recorded::default());
    }

    #[test]
    fn exclusions_matter_where_we_need_the_events() {
        let management = json!({"Field": "eventCategory", "Equals": ["Management"]});
        let left_out = |field: Value| Recorded::read(&advanced(json!([management, field]))).left_out;
        let kms = json!({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]});
        assert_eq!(left_out(kms), BTreeSet::new());
        let bedrock = json!({"Field": "eventSource", "NotEquals": ["bedrock.amazonaws.com"]});
        assert_eq!(left_out(bedrock), BTreeSet::from(["events of bedrock.amazonaws.com".to_owned()]));
        let only = json!({"Field": "eventSource", "Equals": ["bedrock.amazonaws.com", "sts.amazonaws.com"]});
        assert_eq!(
            left_out(only),
            BTreeSet::from(["events of eks-auth.amazonaws.com, sagemaker.amazonaws.com".to_owned()])
        );
        let session = json!({"Field": "sessionCredentialFromConsole", "Equals": ["true"]});
        assert_eq!(left_out(session), BTreeSet::from(["events by `sessionCredentialFromConsole`".to_owned()]));
    }

    #[test]
    fn what_is_recorded_besides_is_kept() {
        let classic = json!({"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::b/"]}, {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]}]});
        let kept = besides(&classic, true);
        assert_eq!(texts(&kept[0], "/FieldSelectors/2/StartsWith"), ["arn:aws:s3:::b/"]);
        assert_eq!(kept[1].pointer("/FieldSelectors/2"), None);
        let ours: Vec<Value> = selectors(true).iter().map(Selector::json).collect();
        let both = [ours, kept.clone()].concat();
        let answer = json!({"AdvancedEventSelectors": both});
        assert_eq!(besides(&answer, true), kept);
    }

    #[test]
    fn one_whole_selector_makes_up_for_one_with_exclusions() {
        let part = json!({"ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": ["sts.amazonaws.com"]});
        let whole = json!({"ReadWriteType": "All", "IncludeManagementEvents": true});
        for order in [[&part, &whole], [&whole, &part]] {
            assert_eq!(Recorded::read(&json!({"EventSelectors": order})).left_out, BTreeSet::new());
        }
    }
}
