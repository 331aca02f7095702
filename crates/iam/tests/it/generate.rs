//! Random policies, contexts, requests and organizations over a vocabulary small enough that they meet.

mod vocabulary;

pub(crate) use vocabulary::{KEYS, Key, OTHER, OWN};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use sightline_iam::caller::Caller;
use sightline_iam::context::{Context, Fact, Values};
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Level, Policies, Request};
use std::sync::Arc;
use vocabulary::{ACTIONS, CALLERS, PRINCIPALS, QUESTIONS, RESOURCES};

/// One in so many statements cannot be read.
const GARBAGE_EVERY: u32 = 25;

/// What proptest takes where `PROPTEST_CASES` does not say.
const UNASKED: u32 = 256;

/// How many cases a property has, unless `PROPTEST_CASES` says otherwise.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let asked =
        ProptestConfig { failure_persistence: None, max_global_rejects: 1_000_000, ..ProptestConfig::default() };
    ProptestConfig { cases: if asked.cases == UNASKED { cases } else { asked.cases }, ..asked }
}

/// A text in other case, now and then.
fn in_some_case(text: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![8 => Just(text.to_owned()), 1 => Just(text.to_uppercase()), 1 => Just(text.to_lowercase())]
}

/// One value bare, or a list.
fn one_or_list(values: Vec<String>, bare: bool) -> Value {
    match values.as_slice() {
        [one] if bare => json!(one),
        _ => json!(values),
    }
}

fn some_of(all: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (subsequence(all.to_vec(), 1..=2), any::<bool>())
        .prop_map(|(chosen, bare)| one_or_list(chosen.into_iter().map(str::to_owned).collect(), bare))
}

/// An element and its `Not…`.
fn element(
    name: &'static str,
    negated: &'static str,
    all: &'static [&'static str],
) -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        6 => Just((name, json!("*"))),
        4 => some_of(all).prop_map(move |value| (name, value)),
        2 => some_of(all).prop_map(move |value| (negated, value)),
    ]
}

/// An operator, a key and values: operator names with all of their prefixes and suffixes.
fn clause() -> impl Strategy<Value = (String, String, Value)> {
    (0..KEYS.len()).prop_flat_map(clause_of)
}

/// The same of the key of this number.
fn clause_of(at: usize) -> impl Strategy<Value = (String, String, Value)> {
    let key = &KEYS[at];
    let qualifiers = match key.is_list {
        true => vec!["ForAllValues:", "ForAnyValue:", ""],
        false => vec!["", "", "", "ForAnyValue:", "ForAllValues:"],
    };
    let operator = prop_oneof![
        8 => (select(qualifiers), select(key.operators.to_vec()), select(vec!["", "", "IfExists"]))
            .prop_map(|(qualifier, base, suffix)| format!("{qualifier}{base}{suffix}"))
            .prop_flat_map(move |operator| (Just(operator), some_of(key.constants))),
        1 => Just("Null".to_owned()).prop_flat_map(|operator| (Just(operator), some_of(&["true", "false"]))),
    ];
    (operator, in_some_case(key.name)).prop_map(|((operator, values), name)| (operator, name, values))
}

/// A key, and a document in which every statement is about that key alone, several times over.
pub(crate) fn about_one_key() -> impl Strategy<Value = (&'static Key, Value)> {
    (0..KEYS.len()).prop_flat_map(|at| {
        let effect = prop_oneof![2 => Just("Allow"), 1 => Just("Deny")];
        let statement = (effect, prop::collection::vec(clause_of(at), 1..=3)).prop_map(
            |(effect, clauses)| json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": block(clauses)}),
        );
        let document = prop::collection::vec(statement, 1..=3);
        (Just(&KEYS[at]), document.prop_map(|all| json!({"Version": "2012-10-17", "Statement": all})))
    })
}

fn condition() -> impl Strategy<Value = Map<String, Value>> {
    let clauses = prop_oneof![4 => Just(0_usize), 4 => Just(1), 2 => 2_usize..=3]
        .prop_flat_map(|count| prop::collection::vec(clause(), count));
    clauses.prop_map(block)
}

/// Clauses as a `Condition` element.
fn block(clauses: Vec<(String, String, Value)>) -> Map<String, Value> {
    let mut out = Map::new();
    for (operator, key, values) in clauses {
        let keys = out.entry(operator).or_insert_with(|| json!({}));
        keys.as_object_mut().unwrap().insert(key, values);
    }
    out
}

fn principal() -> impl Strategy<Value = (&'static str, Value)> {
    let named = subsequence(PRINCIPALS.to_vec(), 1..=3).prop_map(|chosen| {
        let mut out = Map::new();
        for (kind, who) in chosen {
            out.entry(kind).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(who));
        }
        Value::Object(out)
    });
    let value = prop_oneof![2 => Just(json!("*")), 5 => named];
    (prop_oneof![6 => Just("Principal"), 1 => Just("NotPrincipal")], value)
}

/// A statement that can be read; with principals for the policies of resources.
pub(crate) fn statement(has_principal: bool) -> impl Strategy<Value = Value> {
    let effect = prop_oneof![5 => Just("Allow"), 1 => Just("Deny")];
    let parts = (
        effect,
        element("Action", "NotAction", &ACTIONS),
        element("Resource", "NotResource", &RESOURCES),
        condition(),
        principal(),
    );
    parts.prop_map(move |(effect, action, resource, condition, principal)| {
        let mut out = Map::from_iter([("Effect".to_owned(), json!(effect)), (action.0.to_owned(), action.1)]);
        out.insert(resource.0.to_owned(), resource.1);
        if !condition.is_empty() {
            out.insert("Condition".to_owned(), Value::Object(condition));
        }
        if has_principal {
            out.insert(principal.0.to_owned(), principal.1);
        }
        Value::Object(out)
    })
}

/// What no reader understands, put into a statement: an element, and a value for it.
pub(crate) fn garbage() -> impl Strategy<Value = (&'static str, Value)> {
    select(vec![
        ("Effect", json!("Alow")),
        ("Effect", json!(["Deny"])),
        ("Action", json!({"s3:GetObject": true})),
        ("Action", json!("InvokeModel")),
        ("NotAction", json!([])),
        ("Action", json!(null)),
        ("Resource", json!(7)),
        ("Resource", json!("arn:aws:s3:::${aws:username")),
        ("NotResource", json!([])),
        ("Resource", json!(["*", null])),
        ("Condition", json!("never")),
        ("Condition", json!({"StringIs": {"aws:username": "alice"}})),
        ("Condition", json!({"StringNotEquals": {"aws:username": []}})),
        ("Condition", json!({"NumericNotEquals": {"aws:MultiFactorAuthAge": "many"}})),
        ("Condition", json!({"Null": {"aws:username": "maybe"}})),
        ("Condition", json!({"StringLike": {"aws:username": {"a": "b"}}})),
        ("Principal", json!({"Robot": "r2"})),
        ("Principal", json!({"AWS": "arn:aws:iam::*:role/app"})),
        ("Principal", json!({"Service": "*"})),
        ("Principal", json!(3)),
        ("NotPrincipal", json!({"AWS": []})),
        ("Obligation", json!({})),
    ])
}

/// The statement with the element in the place of its own.
pub(crate) fn spoiled(statement: &Value, (element, value): &(&'static str, Value)) -> Value {
    let mut out = statement.as_object().cloned().unwrap_or_default();
    let positive = element.strip_prefix("Not").unwrap_or(element);
    out.retain(|name, _| name.strip_prefix("Not").unwrap_or(name) != positive);
    out.insert((*element).to_owned(), value.clone());
    Value::Object(out)
}

fn any_statement(has_principal: bool) -> impl Strategy<Value = Value> {
    (statement(has_principal), garbage(), 0..GARBAGE_EVERY)
        .prop_map(|(statement, garbage, chance)| if chance == 0 { spoiled(&statement, &garbage) } else { statement })
}

/// A document of the current or the older version.
pub(crate) fn document(has_principal: bool) -> impl Strategy<Value = Value> {
    let version = prop_oneof![8 => Just(json!("2012-10-17")), 1 => Just(json!("2008-10-17")), 1 => Just(Value::Null)];
    (version, prop::collection::vec(any_statement(has_principal), 1..=3)).prop_map(|(version, statements)| {
        let mut out = Map::from_iter([("Statement".to_owned(), json!(statements))]);
        if !version.is_null() {
            out.insert("Version".to_owned(), version);
        }
        Value::Object(out)
    })
}

/// All layers as documents, so that tests can rewrite them.
#[derive(Debug, Clone)]
pub(crate) struct Documents {
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Vec<Value>,
    pub(crate) session: Vec<Value>,
    pub(crate) scp: Vec<Vec<Value>>,
    pub(crate) rcp: Vec<Vec<Value>>,
    pub(crate) resource: Vec<Value>,
    pub(crate) vpce: Vec<Value>,
}

pub(crate) fn full_access() -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
}

fn up_to(most: usize, has_principal: bool) -> impl Strategy<Value = Vec<Value>> {
    prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(document(has_principal), 1..=most)]
}

fn levels(has_principal: bool) -> impl Strategy<Value = Vec<Vec<Value>>> {
    let level = prop_oneof![3 => Just(vec![full_access()]), 1 => prop::collection::vec(document(has_principal), 1..=2)];
    prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(level, 1..=2)]
}

pub(crate) fn documents() -> impl Strategy<Value = Documents> {
    let identity = prop_oneof![1 => Just(0_usize), 5 => 1..=2_usize]
        .prop_flat_map(|count| prop::collection::vec(document(false), count));
    let policy_of_resource = prop_oneof![Just(Vec::new()), prop::collection::vec(document(true), 1)];
    let parts =
        (identity, up_to(1, false), up_to(1, false), levels(false), levels(true), policy_of_resource, up_to(1, true));
    parts.prop_map(|(identity, boundary, session, scp, rcp, resource, vpce)| Documents {
        identity,
        boundary,
        session,
        scp,
        rcp,
        resource,
        vpce,
    })
}

impl Documents {
    /// Read.
    pub(crate) fn policies(&self) -> Policies {
        let all = |layer: &str, documents: &[Value]| {
            let read = documents.iter().enumerate();
            Layer::Known(
                read.map(|(at, document)| Arc::new(Policy::read(&format!("{layer} {at}"), document)))
                    .collect::<Vec<_>>(),
            )
        };
        let levels = |layer: &str, levels: &[Vec<Value>]| {
            let read = levels.iter().enumerate();
            let read = read.map(|(at, documents)| {
                let id = format!("{layer} level {at}");
                Level { policies: all(&id, documents).known().unwrap().clone(), id }
            });
            Layer::Known(read.collect())
        };
        Policies {
            identity: all("identity", &self.identity),
            boundary: all("boundary", &self.boundary),
            session: all("session", &self.session),
            scp: levels("scp", &self.scp),
            rcp: levels("rcp", &self.rcp),
            resource: all("resource", &self.resource),
            vpce: all("vpce", &self.vpce),
        }
    }

    /// Every document, to rewrite it.
    pub(crate) fn each(&mut self) -> impl Iterator<Item = &mut Value> {
        let own = self.identity.iter_mut().chain(&mut self.boundary).chain(&mut self.session);
        let levels = self.scp.iter_mut().chain(&mut self.rcp).flatten();
        own.chain(levels).chain(&mut self.resource).chain(&mut self.vpce)
    }
}

/// The layers that can be unreadable.
pub(crate) const LAYERS: usize = 7;

/// The policies with the layer of this number unreadable.
pub(crate) fn without_layer(mut policies: Policies, layer: usize) -> Policies {
    let why: Arc<str> = format!("layer {layer} allows").into();
    match layer {
        0 => policies.identity = Layer::Unknown(why),
        1 => policies.boundary = Layer::Unknown(why),
        2 => policies.session = Layer::Unknown(why),
        3 => policies.scp = Layer::Unknown(why),
        4 => policies.rcp = Layer::Unknown(why),
        5 => policies.resource = Layer::Unknown(why),
        _ => policies.vpce = Layer::Unknown(why),
    }
    policies
}

fn known(at: usize, least: usize) -> impl Strategy<Value = Fact> {
    let key = &KEYS[at];
    let counts = if key.is_list { least..=3 } else { 1..=1 };
    prop::collection::vec(select(key.values.to_vec()), counts).prop_map(move |values| {
        Fact::Known(Values { values: values.into_iter().map(str::to_owned).collect(), is_list: key.is_list })
    })
}

fn fact(at: usize) -> impl Strategy<Value = Fact> {
    prop_oneof![2 => Just(Fact::Absent), 3 => known(at, 0), 1 => Just(Fact::Present), 3 => Just(Fact::Unknown)]
}

/// Every key of the vocabulary, some of them open.
pub(crate) fn context() -> impl Strategy<Value = Context> {
    let facts: Vec<_> = (0..KEYS.len()).map(fact).collect();
    facts.prop_map(|facts| {
        KEYS.iter().zip(facts).fold(Context::closed(), |context, (key, fact)| context.with(key.name, fact))
    })
}

/// Values for every key of the vocabulary, absent or present, for completing contexts with.
pub(crate) fn choices() -> impl Strategy<Value = Vec<(Fact, Fact)>> {
    let one = |at| (prop_oneof![1 => Just(Fact::Absent), 4 => known(at, 0)], known(at, 1));
    (0..KEYS.len()).map(one).collect::<Vec<_>>()
}

/// The context with every open key closed by the choices.
pub(crate) fn completed(context: &Context, choices: &[(Fact, Fact)]) -> Context {
    KEYS.iter().zip(choices).fold(context.clone(), |out, (key, (any, present))| {
        match context.fact(&key.name.to_lowercase()) {
            Fact::Unknown => out.with(key.name, any.clone()),
            Fact::Present => out.with(key.name, present.clone()),
            Fact::Absent | Fact::Known(_) => out,
        }
    })
}

/// Whether a request that the context describes may come without the key.
pub(crate) fn may_be_absent(context: &Context) -> impl Fn(&str) -> bool {
    |key| context.fact(key) != &Fact::Present
}

fn caller() -> impl Strategy<Value = Caller> {
    (prop_oneof![2 => Just(0_usize), 1 => Just(4), 2 => 0..CALLERS.len()], any::<bool>()).prop_map(|(at, is_known)| {
        match CALLERS[at].parse().unwrap() {
            Caller::Session { arn, .. } => Caller::Session { arn, role: is_known.then(|| CALLERS[0].to_owned()) },
            Caller::FederatedUser { arn, .. } => {
                Caller::FederatedUser { arn, user: is_known.then(|| CALLERS[2].to_owned()) }
            }
            other => other,
        }
    })
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    (caller(), prop_oneof![select(QUESTIONS[..2].to_vec()), select(QUESTIONS.to_vec())], context()).prop_map(
        |(caller, (action, resource, account), context)| Request {
            caller,
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: account.to_owned(),
            context,
        },
    )
}
