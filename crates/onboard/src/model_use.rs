//! Whether the models that are listed, or were called lately, can be used.

use crate::availability::{self, Behind, Told, behind};
use crate::context::{Asked, Context, list, text};
use crate::prerequisite::model_access::ID;
use crate::verdict::{Judge, Verdict};
use futures::StreamExt as _;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Models that are asked about in one region: each is a call.
const MODELS: usize = 50;
/// Calls at one time.
const AT_ONCE: usize = 4;
const OFFERED: (&str, &str) = ("modelSummaries", "bedrock:ListFoundationModels");
const METRICS: (&str, &str) = ("Metrics", "cloudwatch:ListMetrics");

/// Looks, in every region that is given or that a listed model names.
pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let named = parameters.models.iter().map(|listed| behind(parameters, listed).0);
    let regions: BTreeSet<String> = parameters.regions.iter().cloned().chain(named).collect();
    let asked = regions.iter().map(|region| async move { (region.as_str(), offered(context, region).await) });
    let asked: Vec<(&str, Asked<BTreeSet<String>>)> = futures::future::join_all(asked).await;
    let known: BTreeMap<&str, &BTreeSet<String>> =
        asked.iter().filter_map(|(region, models)| Some((*region, models.as_ref().ok()?))).collect();
    let known = &known;
    let each = asked.iter().map(|(region, models)| async move {
        let judge = Judge::new(ID, format!("models in {region}"));
        match models {
            Err(unanswered) => vec![judge.unanswered(unanswered)],
            Ok(models) => Region { context, region, models, known }.verify(&judge).await,
        }
    });
    futures::future::join_all(each).await.into_iter().flatten().collect()
}

/// The ids of the models that a region offers.
async fn offered(context: &Context, region: &str) -> Asked<BTreeSet<String>> {
    let models = context.ask_all(region, "bedrock", "ListFoundationModels", json!({}), OFFERED).await?;
    Ok(models.iter().map(|model| text(model, "/modelId").to_owned()).collect())
}

struct Region<'a> {
    context: &'a Context,
    region: &'a str,
    /// what it offers
    models: &'a BTreeSet<String>,
    /// what all regions that answered offer
    known: &'a BTreeMap<&'a str, &'a BTreeSet<String>>,
}

/// The models to ask about, and those of which no more is known than their name.
type Wanted = (BTreeSet<String>, BTreeSet<String>);

impl Region<'_> {
    async fn verify(&self, judge: &Judge) -> Vec<Verdict> {
        let is_listed = !self.context.parameters.models.is_empty();
        let wanted = if is_listed { self.listed().await } else { self.called().await };
        let (wanted, unknown) = match wanted {
            Err(unanswered) => return vec![judge.unanswered(&unanswered)],
            Ok(wanted) => wanted,
        };
        let call = format!("{} in {}", OFFERED.1, self.region);
        let whose = match (is_listed, wanted.len()) {
            (true, 0) => "none of the listed ones is called here".to_owned(),
            (true, some) => format!("{some} of them listed"),
            (false, 0) => "none was called in the last two weeks: --model names those to look at".to_owned(),
            (false, some) => format!("{some} of them called in the last two weeks"),
        };
        let reason = format!(
            "{} models are offered, {whose}; nothing has to be enabled. What IAM and the organization's policies let whom call was not looked at",
            self.models.len()
        );
        let mut verdicts = vec![judge.ok(&call, reason)];
        if !unknown.is_empty() {
            let names: Vec<&str> = unknown.iter().map(String::as_str).take(8).collect();
            let reason = format!("which foundation model stands behind {} is not known", names.join(", "));
            verdicts.push(judge.cannot_tell(&call, reason));
        }
        if wanted.len() > MODELS {
            let reason = format!("{} models are more than are asked about: name fewer with --model", wanted.len());
            verdicts.push(judge.cannot_tell(&call, reason));
        }
        let asks: Vec<_> = wanted.iter().take(MODELS).map(|model| self.model(model)).collect();
        verdicts.extend(futures::stream::iter(asks).buffered(AT_ONCE).collect::<Vec<_>>().await);
        verdicts
    }

    async fn model(&self, model: &str) -> Verdict {
        let judge = Judge::new(ID, format!("{model} in {}", self.region));
        let is_offered = self.models.contains(model);
        let has = self.known.iter().filter(|(region, models)| **region != self.region && models.contains(model));
        let elsewhere = has.map(|(region, _)| *region).collect();
        let asked = if is_offered {
            availability::of(self.context, self.region, model).await
        } else {
            Ok(availability::Use::NotInRegion)
        };
        let partition = &self.context.parameters.partition;
        Told { region: self.region, model, elsewhere, partition }.verdict(self.context, &judge, asked).await
    }

    /// The models of the ARNs that are listed for this region.
    async fn listed(&self) -> Asked<Wanted> {
        let parameters = &self.context.parameters;
        let here = parameters.models.iter().map(|listed| (listed, behind(parameters, listed)));
        let here: Vec<(&String, Behind)> = here
            .filter(|(_, (region, _))| region == self.region)
            .map(|(listed, (_, behind))| (listed, behind))
            .collect();
        let mut wanted = Wanted::default();
        let mut opaque = Vec::new();
        for (listed, behind) in here {
            match behind {
                Behind::Model(id) => _ = wanted.0.insert(id),
                Behind::Profile => opaque.push(listed.as_str()),
                Behind::Own => {}
            }
        }
        self.resolve(&opaque, &mut wanted).await?;
        Ok(wanted)
    }

    /// The models of which CloudWatch has counted calls in the last two weeks.
    async fn called(&self) -> Asked<Wanted> {
        let input = json!({"Namespace": "AWS/Bedrock", "MetricName": "Invocations"});
        let metrics = self.context.ask_all(self.region, "cloudwatch", "ListMetrics", input, METRICS).await?;
        let is_model = |dimension: &&Value| text(dimension, "/Name") == "ModelId";
        let named = metrics.iter().flat_map(|metric| list(metric, "/Dimensions").filter(is_model));
        let names: BTreeSet<&str> = named.map(|dimension| text(dimension, "/Value")).collect();
        let mut wanted = Wanted::default();
        let mut opaque = Vec::new();
        for name in names {
            match self.plain(name) {
                Some(Behind::Model(id)) => _ = wanted.0.insert(id),
                Some(Behind::Profile) => opaque.push(name),
                Some(Behind::Own) => {}
                None => _ = wanted.1.insert(name.to_owned()),
            }
        }
        self.resolve(&opaque, &mut wanted).await?;
        Ok(wanted)
    }

    /// What a caller named: an ARN, a model, or a profile, whose name begins with where it leads.
    fn plain(&self, name: &str) -> Option<Behind> {
        if name.starts_with("arn:") {
            return Some(behind(&self.context.parameters, name).1);
        }
        let without_place = name.split_once('.').map(|(_, model)| model);
        let id = std::iter::once(name).chain(without_place).find(|id| self.models.contains(*id));
        id.map(|id| Behind::Model(id.to_owned()))
    }

    /// Profiles whose names do not tell their models.
    async fn resolve(&self, opaque: &[&str], wanted: &mut Wanted) -> Asked<()> {
        if opaque.is_empty() {
            return Ok(());
        }
        let profiles = availability::profiles(self.context, self.region).await?;
        for arn in opaque {
            match profiles.get(*arn).and_then(|models| models.first()) {
                Some(model) => _ = wanted.0.insert(availability::id_of(model).to_owned()),
                None => _ = wanted.1.insert((*arn).to_owned()),
            }
        }
        Ok(())
    }
}
