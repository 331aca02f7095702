//! Whether the look-ups of the VPCs with workloads are logged.

use crate::bucket;
use crate::context::{Context, text};
use crate::delivery;
use crate::destination::Destination;
use crate::newest;
use crate::prerequisite::resolver_logs::{ID, step_associate_with, step_part, steps};
use crate::render::shell::Step;
use crate::verdict::{Judge, State, Verdict};
use crate::workload_vpcs;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CONFIGS: (&str, &str) = ("ResolverQueryLogConfigs", "route53resolver:ListResolverQueryLogConfigs");
const ASSOCIATIONS: (&str, &str) =
    ("ResolverQueryLogConfigAssociations", "route53resolver:ListResolverQueryLogConfigAssociations");
/// Files are closed every five minutes where there is something in them; a VPC with workloads looks names up all the time.
const STALE: SignedDuration = SignedDuration::from_hours(24);
const FIRST_DELIVERY: SignedDuration = SignedDuration::from_mins(30);

/// Looks, in every region.
pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let regions = context.parameters.regions.iter().map(|region| verify_region(context, region));
    futures::future::join_all(regions).await.into_iter().flatten().collect()
}

async fn verify_region(context: &Context, region: &str) -> Vec<Verdict> {
    let judge = Judge::new(ID, format!("VPCs in {region}"));
    let ask = |operation: &'static str, key: (&'static str, &'static str)| {
        context.ask_all(region, "route53resolver", operation, json!({}), key)
    };
    let (found, configs, associations) = futures::join!(
        workload_vpcs::find(context, region, ID),
        ask("ListResolverQueryLogConfigs", CONFIGS),
        ask("ListResolverQueryLogConfigAssociations", ASSOCIATIONS),
    );
    let (wanted, mut verdicts) = match found {
        Ok(found) => found,
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
    };
    if wanted.is_empty() {
        return verdicts;
    }
    match configs.and_then(|configs| Ok((configs, associations?))) {
        Err(unanswered) => verdicts.push(judge.unanswered(&unanswered)),
        Ok((configs, associations)) => {
            let seen = Seen { context, region, configs, associations };
            verdicts.extend(seen.verify(&wanted, &judge).await);
        }
    }
    verdicts
}

/// What a region has.
struct Seen<'a> {
    context: &'a Context,
    region: &'a str,
    configs: Vec<Value>,
    associations: Vec<Value>,
}

impl Seen<'_> {
    async fn verify(&self, wanted: &BTreeSet<String>, judge: &Judge) -> Vec<Verdict> {
        let used: BTreeSet<&str> = self
            .associations
            .iter()
            .filter(|one| wanted.contains(text(one, "/ResourceId")))
            .map(|one| text(one, "/ResolverQueryLogConfigId"))
            .collect();
        // Without an association, a configuration that could take the VPCs counts.
        let of_use = |config: &&Value| used.is_empty() || used.contains(text(config, "/Id"));
        let judged = self.configs.iter().filter(of_use).map(|config| self.verify_config(config));
        let judged: BTreeMap<&str, Vec<Verdict>> = futures::future::join_all(judged).await.into_iter().collect();
        let is_good = |verdicts: &Vec<Verdict>| verdicts.iter().all(|verdict| verdict.status == State::Ok);
        let good = judged.iter().find(|(_, verdicts)| is_good(verdicts)).map(|(id, _)| *id);
        let call = format!("{} in {}", CONFIGS.1, self.region);
        if used.is_empty() && good.is_none() {
            let vpcs: Vec<&str> = wanted.iter().map(String::as_str).collect();
            let reason = format!("the look-ups of no VPC are logged: {} have workloads", vpcs.join(", "));
            return vec![judge.missing(&call, reason, commands(&steps(&self.context.parameters, self.region, &vpcs)))];
        }
        let mut told: BTreeSet<&str> = BTreeSet::new();
        let mut verdicts = Vec::new();
        let each = wanted.iter().map(|vpc| self.verify_vpc(vpc, &judged, good));
        for (config, own) in futures::future::join_all(each).await {
            verdicts.extend(own);
            told.extend(config);
        }
        let about = judged.into_iter().filter(|(id, _)| told.contains(id)).flat_map(|(_, verdicts)| verdicts);
        about.chain(verdicts).collect()
    }

    /// The configuration that counts for a VPC, and what is to be said of the VPC besides.
    async fn verify_vpc<'s>(
        &'s self,
        vpc: &str,
        judged: &BTreeMap<&'s str, Vec<Verdict>>,
        good: Option<&'s str>,
    ) -> (Option<&'s str>, Vec<Verdict>) {
        let judge = Judge::new(ID, format!("{vpc} in {}", self.region));
        let call = format!("{} in {}", ASSOCIATIONS.1, self.region);
        let own: Vec<&Value> = self.associations.iter().filter(|one| text(one, "/ResourceId") == vpc).collect();
        let is_ok = |id: &str| judged.get(id).is_some_and(|own| own.iter().all(|verdict| verdict.status == State::Ok));
        let config_of = |one: &'s Value| text(one, "/ResolverQueryLogConfigId");
        // A VPC may have several: one good one is enough.
        let by_worth = |one: &&&'s Value| (text(one, "/Status") != "ACTIVE", !is_ok(config_of(one)));
        let Some(association) = own.iter().min_by_key(by_worth) else {
            let fix = match good {
                Some(config) => step_associate_with(self.region, config, vpc).command(),
                None => commands(&steps(&self.context.parameters, self.region, &[vpc])),
            };
            let reason = "the VPC is associated with no configuration: its look-ups are not logged";
            return (good, vec![judge.missing(&call, reason, fix)]);
        };
        let id = config_of(association);
        let Some(about) = judged.get(id) else {
            let reason =
                format!("the VPC is associated with `{id}`, which is not among the configurations that can be seen");
            return (None, vec![judge.cannot_tell(&call, reason)]);
        };
        if let Some(told) = self.trouble(association, vpc, &judge, about) {
            return (Some(id), told);
        }
        if about.iter().any(|verdict| verdict.status != State::Ok) {
            return (Some(id), Vec::new());
        }
        (Some(id), vec![self.delivered(association, id, vpc, &judge).await])
    }

    /// An association that does not work. Where the configuration says why, that is enough.
    fn trouble(&self, association: &Value, vpc: &str, judge: &Judge, about: &[Verdict]) -> Option<Vec<Verdict>> {
        let (status, error) = (text(association, "/Status"), text(association, "/Error"));
        let id = text(association, "/ResolverQueryLogConfigId");
        let call = format!("{} in {}", ASSOCIATIONS.1, self.region);
        match status {
            "ACTIVE" if matches!(error, "" | "NONE") => None,
            "CREATING" => {
                Some(vec![judge.cannot_tell(&call, "the association is being made: look again in some minutes")])
            }
            _ => {
                let is_known = about.iter().any(|verdict| verdict.status != State::Ok);
                if is_known && matches!(error, "ACCESS_DENIED" | "DESTINATION_NOT_FOUND") {
                    return Some(Vec::new());
                }
                let why = match error {
                    "DESTINATION_NOT_FOUND" => "the bucket was not there",
                    "ACCESS_DENIED" => "the bucket did not let the log service write",
                    _ => "the resolver failed",
                };
                let said = text(association, "/ErrorMessage");
                let reason = format!(
                    "the association with `{id}` is `{status}` ({error}: {why}{}{said}), and nothing stands in its way now: make it anew",
                    if said.is_empty() { "" } else { "; " }
                );
                let again = [step_part(self.region, id, vpc), step_associate_with(self.region, id, vpc)];
                Some(vec![judge.wrong(&call, reason, commands(&again))])
            }
        }
    }

    /// The configuration itself: its state, its destination, and whether the log service may write there.
    async fn verify_config<'s>(&'s self, config: &'s Value) -> (&'s str, Vec<Verdict>) {
        let (id, status, destination) = (text(config, "/Id"), text(config, "/Status"), text(config, "/DestinationArn"));
        let judge = Judge::new(ID, text(config, "/Arn"));
        let call = format!("{} in {}", CONFIGS.1, self.region);
        let anew = || commands(&self.anew(id));
        if status == "CREATING" {
            return (id, vec![judge.cannot_tell(&call, "the configuration is being made: look again in some minutes")]);
        }
        if status != "CREATED" {
            return (id, vec![judge.wrong(&call, format!("the configuration is `{status}`"), anew())]);
        }
        let Some((bucket, prefix)) = place(destination) else {
            let reason = format!("look-ups go to `{destination}`, which is not read: Sightline's logs lie in S3");
            return (id, vec![judge.wrong(&call, reason, anew())]);
        };
        let mut verdicts = vec![judge.ok(&call, format!("look-ups go to `{bucket}`"))];
        verdicts.extend(self.verify_destination(id, (bucket, prefix), &judge).await);
        if verdicts.iter().any(|verdict| verdict.status != State::Ok) {
            verdicts.retain(|verdict| verdict.status != State::Ok);
        }
        (id, verdicts)
    }

    async fn verify_destination(&self, id: &str, (bucket, prefix): (&str, &str), judge: &Judge) -> Vec<Verdict> {
        let parameters = &self.context.parameters;
        let call = format!("s3:GetBucketLocation in {}", parameters.home);
        let region = match bucket::location(self.context, bucket).await {
            Err(unanswered) => return vec![judge.unanswered(&unanswered)],
            Ok(None) if bucket == parameters.bucket => {
                let reason = format!("the bucket `{bucket}`, into which look-ups go, does not exist");
                return vec![judge.wrong(&call, reason, crate::prerequisite::log_bucket::script_of(parameters))];
            }
            Ok(None) => {
                let reason = format!("the bucket `{bucket}`, into which look-ups go, does not exist: delivery fails");
                return vec![judge.wrong(&call, reason, commands(&self.anew(id)))];
            }
            Ok(Some(region)) => region,
        };
        let Some(at) = bucket::named(parameters, &region, bucket, prefix) else {
            return vec![
                judge.cannot_tell(&call, "the bucket's or the folder's name is of a form that is not known here"),
            ];
        };
        let bucket_statements = delivery::look_ups(&at);
        let key_statement = delivery::log_delivery_key(&at);
        let destination =
            Destination { at: &at, service: "the log delivery service", bucket_statements, key_statement };
        destination.verify(self.context, judge).await
    }

    /// A configuration in the place of another, for the VPCs that the other has.
    fn anew(&self, id: &str) -> Vec<Step> {
        let has = self.associations.iter().filter(|one| text(one, "/ResolverQueryLogConfigId") == id);
        let vpcs: Vec<&str> = has.map(|one| text(one, "/ResourceId")).collect();
        let part = vpcs.iter().map(|vpc| step_part(self.region, id, vpc));
        part.chain(steps(&self.context.parameters, self.region, &vpcs)).collect()
    }

    async fn delivered(&self, association: &Value, id: &str, vpc: &str, judge: &Judge) -> Verdict {
        let Self { context, .. } = self;
        let config = self.configs.iter().find(|config| text(config, "/Id") == id);
        let (bucket, prefix) = config.and_then(|config| place(text(config, "/DestinationArn"))).unwrap_or_default();
        let prefix = if prefix.is_empty() { String::new() } else { format!("{}/", prefix.trim_end_matches('/')) };
        let base = format!("{prefix}AWSLogs/{}/vpcdnsquerylogs/{vpc}/", context.parameters.account_id);
        let (call, shown) = ("s3:ListObjectsV2", format!("s3://{bucket}/{base}"));
        let newest = match newest::delivered(context, bucket, base, "").await {
            Err(unanswered) => return judge.unanswered(&unanswered),
            Ok(newest) => newest.map(|then| newest::age(then, context.now)),
        };
        let made = text(association, "/CreationTime").parse::<Timestamp>();
        let is_new = made.is_ok_and(|made| newest::age(made, context.now).0 < FIRST_DELIVERY);
        match newest {
            Some((age, old)) if age > STALE => judge.wrong(
                call,
                format!("the association is active, and the newest object in {shown} is {old} old"),
                "",
            ),
            Some((_, old)) => judge.ok(call, format!("look-ups are logged: the newest object is {old} old")),
            None if is_new => judge.cannot_tell(
                call,
                format!("the association is new, and nothing has come to {shown} yet: look again in half an hour"),
            ),
            None => judge.wrong(call, format!("the association is active, and nothing is in {shown}"), ""),
        }
    }
}

/// Bucket and folder of a destination; nothing if it is no bucket.
fn place(destination: &str) -> Option<(&str, &str)> {
    let mut parts = destination.splitn(6, ':');
    let (service, place) = (parts.nth(2)?, parts.nth(2)?);
    (service == "s3").then(|| place.split_once('/').unwrap_or((place, "")))
}

fn commands(steps: &[Step]) -> String {
    steps.iter().map(Step::command).collect::<Vec<_>>().join("\n")
}
