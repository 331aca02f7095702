//! The answer as text and as JSON.

use super::{Answer, Explained};
use crate::cli::who_can::{Step, way};
use crate::print;
use crate::stage::access::words;
use crate::table::{self, Tone};
use serde::Serialize;
use sightline_iam::Effect;
use sightline_iam::caller::account_of;
use sightline_iam::explain::{LayerSaid, Says, StatementSaid, unknown};
use sightline_iam::interpret::LayerName;
use sightline_iam::reach::Doubt;
use sightline_iam::solve::Tri;
use sightline_model::untrusted::shortened;

/// Where the text beside a word begins.
const INDENT: usize = 15;

/// The longest text of one kind, in characters; `--json` has all.
const LONGEST: usize = 2_000;

/// The answer as JSON; the requests on the way only where they are asked for.
pub(super) fn json(answers: &[Answer<'_>], explain: bool) -> anyhow::Result<()> {
    let [answer, others @ ..] = answers else { return Ok(()) };
    #[derive(Serialize)]
    struct Variant<'a> {
        parts: Vec<&'a str>,
        decision: &'static str,
    }
    #[derive(Serialize)]
    struct Told<'a> {
        principal: &'a str,
        action: &'a str,
        resource: &'a str,
        resource_account: &'a str,
        decision: &'static str,
        residual: Option<String>,
        unknown: Vec<String>,
        hops: Option<u32>,
        path: Vec<Step>,
        because: Vec<String>,
        parts: Vec<&'a str>,
        /// What comes of other ways of doing it to the resource.
        variants: Vec<Variant<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        requests: Option<&'a [Explained]>,
    }
    let access = answer.access.as_ref();
    print::json(&Told {
        principal: answer.principal,
        action: &answer.ask.action,
        resource: &answer.ask.resource,
        resource_account: &answer.ask.resource_account,
        decision: answer.decision.as_str(),
        residual: answer.residual(),
        unknown: access.map(|access| unknown(&access.allowed)).unwrap_or_default(),
        hops: access.map(|access| access.hops),
        path: access.into_iter().flat_map(|access| &access.witness).map(Step::from).collect(),
        because: answer.because(),
        parts: answer.parts(),
        variants: others
            .iter()
            .map(|other| Variant { parts: other.parts(), decision: other.decision.as_str() })
            .collect(),
        requests: explain.then_some(&answer.requests),
    })
}

/// The answer in words, and with `explain` layer by layer.
pub(super) fn text(answers: &[Answer<'_>], explain: bool) -> anyhow::Result<()> {
    let [answer, others @ ..] = answers else { return Ok(()) };
    let tone = if answer.decision == Tri::Conditional { Tone::Doubt } else { Tone::Plain };
    let ask = answer.ask;
    say(answer.decision.as_str(), tone, &format!("{}: {} on {}", answer.principal, ask.action, ask.resource))?;
    if let Some(residual) = answer.residual() {
        say("only", Tone::Plain, &residual)?;
    }
    if let Some(access) = &answer.access {
        if !access.witness.is_empty() {
            let home = account_of(answer.principal).unwrap_or_default();
            say("way", Tone::Plain, &way(&access.witness, &access.last, home))?;
        }
        let unknown = unknown(&access.allowed);
        if !unknown.is_empty() {
            say("not known", Tone::Plain, &unknown.join(", "))?;
        }
        for part in access.failing.iter().filter(|_| ask.parts.len() > 1) {
            say("part", Tone::Plain, &format!("{}: {}", part.label, part.tri.as_str()))?;
        }
    }
    for (at, reason) in answer.because().iter().enumerate() {
        say(if at == 0 { "because" } else { "" }, Tone::Plain, reason)?;
    }
    for other in others {
        say(other.decision.as_str(), Tone::Plain, &format!("with {}", other.parts().join(", ")))?;
    }
    if !explain {
        print::note("`--explain` tells which statements say so");
        return Ok(());
    }
    for request in &answer.requests {
        print::line("")?;
        if answer.requests.len() > 1 {
            heading(request)?;
        }
        layers(&request.explanation.layers)?;
    }
    print::line("\n  * the answer rests on it")?;
    Ok(())
}

impl Answer<'_> {
    /// On what it depends, in words.
    fn residual(&self) -> Option<String> {
        let of_way = self.access.as_ref().and_then(|access| words(&access.allowed));
        self.beside.clone().or(of_way)
    }

    /// What the ask takes, where that is more than the question itself.
    fn parts(&self) -> Vec<&str> {
        match self.ask.parts.as_slice() {
            [one] if one.label == self.ask.resource => Vec::new(),
            parts => parts.iter().map(|part| part.label.as_str()).collect(),
        }
    }

    /// The layers that decide, in words.
    fn because(&self) -> Vec<String> {
        let mut out = Vec::new();
        for request in &self.requests {
            let explanation = &request.explanation;
            // Of a denial the parts that are allowed are no reason.
            if self.decision == Tri::Deny && explanation.decision != Tri::Deny {
                continue;
            }
            let part = request.part.as_ref().map(|part| format!("{part}: ")).unwrap_or_default();
            let deciding = explanation.layers.iter().filter(|layer| layer.decides);
            let reasons = deciding.map(|layer| reason(layer, request, request.principal != self.principal));
            out.extend(reasons.map(|reason| format!("{part}{reason}")));
        }
        for part in &self.ask.parts {
            match &part.doubt {
                Some(Doubt::Asked(not)) => {
                    out.push(format!("{}: not settled by AWS's pages whether it is asked ({not})", part.label))
                }
                Some(Doubt::Other(_, this)) => out.push(format!("{}: not settled by AWS's pages ({this})", part.label)),
                None => {}
            }
        }
        if self.requests.is_empty() {
            out.push(
                "what AWS owns is used on the caller's own account, and no way leads to a principal of that one"
                    .to_owned(),
            );
        }
        out.dedup();
        out
    }
}

/// What a deciding layer does, in words.
fn reason(layer: &LayerSaid, request: &Explained, of_other: bool) -> String {
    let action = &request.action;
    let of = if of_other { format!(" of {}", request.principal) } else { String::new() };
    let place = format!("the {}{of}", name(layer));
    let bearing = |effect: Effect| {
        let those = layer.statements.iter().filter(|statement| statement.effect.is_none_or(|own| own == effect));
        let named: Vec<String> = those.take(3).map(statement).collect();
        if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) }
    };
    match (layer.says, &layer.unread) {
        (Says::Denies, _) => format!("{action} is denied in {place}{}", bearing(Effect::Deny)),
        (Says::Allows, _) => format!("{action} is allowed in {place}{}", bearing(Effect::Allow)),
        (Says::Unread, Some(why)) => format!("{action} hangs on what was not read, {place}: whether {why}"),
        (Says::Unread, None) => format!("{action} hangs on what was not read, {place}"),
        (Says::Silent | Says::NotBound, _) => format!("{action} is not allowed in {place}"),
        (Says::Depends, _) if request.explanation.decision == Tri::Deny => {
            format!("{action} is allowed in {place} only under conditions that no request can meet")
        }
        (Says::Depends, _) => format!("{action} hangs on conditions in {place}"),
    }
}

fn heading(request: &Explained) -> anyhow::Result<()> {
    let part = request.part.as_ref().map(|part| format!(" ({part})")).unwrap_or_default();
    let title = format!("{}: {} on {}{part}", request.principal, request.action, request.resource);
    say(request.explanation.decision.as_str(), Tone::Plain, &title)
}

fn layers(layers: &[LayerSaid]) -> anyhow::Result<()> {
    let is_there = |layer: &&LayerSaid| layer.says != Says::NotBound || layer.decides;
    for layer in layers.iter().filter(is_there) {
        let mark = if layer.decides { "*" } else { " " };
        let said = match (layer.says, &layer.unread) {
            (Says::NotBound, _) => "there is none",
            (Says::Unread, Some(why)) => &format!("not read: whether {why}"),
            (Says::Unread, None) => "not read",
            (Says::Silent, _) => "no statement allows or denies it",
            (Says::Allows, _) => "allowed",
            (Says::Denies, _) => "denied",
            (Says::Depends, _) => "it depends",
        };
        let tone = if layer.says == Says::Unread { Tone::Doubt } else { Tone::Plain };
        print::line(&table::entry(mark, tone, 5, &shortened(&format!("{}: {said}", name(layer)), LONGEST)))?;
        for one in &layer.statements {
            let effect = one.effect.map_or("unread", |effect| if effect == Effect::Allow { "allow" } else { "deny" });
            say(&format!("     {effect}"), Tone::Plain, &format!("{}: {}", statement(one), one.when))?;
        }
    }
    let absent: Vec<String> = layers.iter().filter(|layer| !is_there(layer)).map(name).collect();
    if !absent.is_empty() {
        print::line(&table::entry(
            " ",
            Tone::Plain,
            5,
            &format!("not there, or not for this request: {}", absent.join(", ")),
        ))?;
    }
    Ok(())
}

/// ``statement 2 of `ReadModels` (`AllowInvoke`)``
fn statement(statement: &StatementSaid) -> String {
    let sid = statement.sid.as_ref().map(|sid| format!(" (`{}`)", shortened(sid, 100))).unwrap_or_default();
    format!("statement {} of `{}`{sid}", statement.number, shortened(&statement.policy, 200))
}

fn name(layer: &LayerSaid) -> String {
    let name = match layer.layer {
        LayerName::Identity => "identity policies",
        LayerName::Boundary => "permissions boundary",
        LayerName::Session => "session policy",
        LayerName::ServiceControl => "service control policies",
        LayerName::ResourceControl => "resource control policies",
        LayerName::Resource => "resource's policy",
        LayerName::VpcEndpoint => "VPC endpoint's policy",
    };
    match &layer.level {
        Some(level) => format!("{name} at `{}`", shortened(level, 100)),
        None => name.to_owned(),
    }
}

fn say(word: &str, tone: Tone, text: &str) -> anyhow::Result<()> {
    print::line(&table::entry(word, tone, INDENT, &shortened(text, LONGEST)))?;
    Ok(())
}
