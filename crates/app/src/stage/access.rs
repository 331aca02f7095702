//! Who can do what: the organisation that commands ask, from a file or from what scans saw.

use super::names::{OFFERED, is_called, is_role_of, listed, nearest, offer, role_of_session};
use crate::world;
use anyhow::{Context as _, bail};
use sightline_discover::access::Inventory;
use sightline_iam::engine::Engine;
use sightline_iam::formula::Formula;
use sightline_iam::organization::{Organization, Question, is_of_aws};
use sightline_iam::reach::{Ask, Routes, Scope};
use sightline_iam::solve::{phrase, ways};
use sightline_lake::Lake;
use sightline_model::untrusted::shortened;
use sightline_model::{ModelAccess, lake_table};
use std::io::{BufReader, Read as _};
use std::path::Path;

/// Ways of a residual that are shown.
const SHOWN_WAYS: usize = 4;

/// The largest file that is read whole before it is parsed, in bytes: that is faster, and takes as much memory.
const IN_MEMORY: u64 = 64 << 20;

/// Things not seen that are named.
const WARNED: usize = 5;

/// Whom commands ask, and what there is to ask about.
pub(crate) struct Asked {
    /// Accounts, principals, policies, and the questions that come with them; a file's has no gaps
    pub inventory: Inventory,
    /// Whether it is a file's
    pub is_file: bool,
}

/// An organisation in a file.
///
/// # Errors
/// The file cannot be read, is none, or names what it does not have.
pub(crate) fn from_file(path: &Path) -> anyhow::Result<Asked> {
    let cannot = || format!("cannot read `{}`", path.display());
    let mut file = std::fs::File::open(path).with_context(cannot)?;
    let read = if file.metadata().with_context(cannot)?.len() > IN_MEMORY {
        Organization::read_from(BufReader::with_capacity(1 << 20, file))
    } else {
        let mut text = Vec::new();
        file.read_to_end(&mut text).with_context(cannot)?;
        Organization::read(&text)
    };
    let (organization, questions) = read.with_context(|| format!("`{}`", path.display()))?;
    let asks = questions.into_iter().map(Ask::from).collect();
    Ok(Asked { inventory: Inventory { organization, asks, ..Inventory::default() }, is_file: true })
}

/// What the newest scans saw.
///
/// # Errors
/// No scan has read who is in an account; the lake cannot be read.
pub(crate) async fn from_lake(lake: &Lake) -> anyhow::Result<Asked> {
    let inventory = sightline_discover::access::organization(&super::session(lake).await?).await?;
    if inventory.organization.principals.is_empty() && inventory.unlisted.is_empty() {
        bail!("no scan has read who is in an account: run `sightline scan`");
    }
    Ok(Asked { inventory, is_file: false })
}

/// Works out who may use which AI, and keeps it as the newest `model_access`.
///
/// # Errors
/// The lake cannot be written.
pub(crate) async fn evaluate(lake: &Lake, asked: &Asked) -> anyhow::Result<Vec<ModelAccess>> {
    // It takes seconds of a processor, and waits for nothing: others on this thread would wait for it.
    let rows = tokio::task::block_in_place(|| {
        let engine = Engine::new(asked.organization());
        let scope = Scope { routes: Routes::All, ..Scope::default() };
        asked.inventory.model_access_by(&engine, &scope, &world::new_run(), world::now())
    });
    lake.append(lake_table::MODEL_ACCESS, &rows).await?;
    Ok(rows)
}

impl Asked {
    pub(crate) fn organization(&self) -> &Organization {
        &self.inventory.organization
    }

    /// Leaves these asks, and of the models that could not be listed those that may be more of them: none where the resource
    /// is named. `actions`: those that are named, or any.
    pub(crate) fn ask_only(&mut self, asks: Vec<Ask>, actions: Option<&[String]>, names_resource: bool) {
        let unlisted = &mut self.inventory.unlisted_models;
        if names_resource {
            unlisted.clear();
        } else if let Some(actions) = actions {
            unlisted.iter_mut().for_each(|models| models.actions.retain(|action| actions.contains(action)));
        }
        self.inventory.asks = asks;
    }

    /// Says what was not seen.
    pub(crate) fn warn(&self) {
        let problems = &self.inventory.problems;
        for problem in problems.iter().take(WARNED) {
            let statement = problem.statement.map(|number| format!(" statement {number}")).unwrap_or_default();
            crate::print::warning(&format!("{}{statement}: {}", problem.place, problem.why));
        }
        if let Some(more) = problems.len().checked_sub(WARNED).filter(|more| *more > 0) {
            crate::print::warning(&format!(
                "{more} more things could not be read or understood: `--verbose` names them"
            ));
            problems
                .iter()
                .skip(WARNED)
                .for_each(|problem| tracing::info!(place = problem.place, why = problem.why, "not read"));
        }
    }

    /// The place of a principal that is named by ARN, by `role/name`, `user/name` or name, or by a workload that runs as it.
    ///
    /// # Errors
    /// Nobody, or more than one, has the name.
    pub(crate) fn principal(&self, named: &str) -> anyhow::Result<usize> {
        let principals = &self.inventory.organization.principals;
        let workload = self.inventory.organization.workloads.iter().find(|workload| workload.id == named);
        let session = named.contains(":assumed-role/").then(|| role_of_session(named)).flatten();
        let wanted = workload.map(|workload| workload.role.as_str()).or(session.as_deref()).unwrap_or(named);
        if let Some(at) = principals.iter().position(|principal| principal.arn == wanted) {
            return Ok(at);
        }
        let is_named = |arn: &str| {
            let name = arn.splitn(6, ':').nth(5).unwrap_or(arn);
            let last = name.rsplit('/').next();
            name == wanted || last == Some(wanted) || session.as_deref().is_some_and(|session| is_role_of(arn, session))
        };
        let found: Vec<usize> =
            principals.iter().enumerate().filter(|(_, one)| is_named(&one.arn)).map(|(at, _)| at).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let near = nearest(named, principals.iter().map(|principal| principal.arn.as_str()));
                bail!("no principal is `{}`{}", shortened(named, 200), offer(&near))
            }
            several => {
                let arns =
                    several.iter().filter_map(|at| principals.get(*at)).take(OFFERED).map(|one| one.arn.as_str());
                bail!(
                    "{} principals are named `{}`: give one's ARN, such as {}",
                    several.len(),
                    shortened(named, 200),
                    listed(arns)
                )
            }
        }
    }

    /// The asks of these actions on `resource`, or on everything that the file or inventory asks them of: the asks that it
    /// brings, or a plain one where it has none. `account`: whose the resource is.
    ///
    /// # Errors
    /// The resource is neither an ARN nor known by that name; its ARN names no account, and none is given; nothing is asked.
    pub(crate) fn asks_on(
        &self,
        actions: &[String],
        resource: Option<&str>,
        account: Option<&str>,
    ) -> anyhow::Result<Vec<Ask>> {
        let Some(resource) = resource else {
            let is_wanted = |ask: &&Ask| {
                actions.iter().any(|action| ask.action.eq_ignore_ascii_case(action))
                    && account.is_none_or(|account| account == ask.resource_account)
            };
            let found: Vec<Ask> = self.inventory.asks.iter().filter(is_wanted).cloned().collect();
            let unlisted = self.inventory.unlisted_models.iter().flat_map(|models| &models.actions);
            if found.is_empty() && !unlisted.into_iter().any(|action| actions.contains(action)) {
                bail!("no resource is known that `{}` is for: name one", actions.first().map_or("", String::as_str));
            }
            return Ok(found);
        };
        let arns = self.arns(resource)?;
        let mut out = Vec::new();
        for arn in arns {
            for action in actions {
                out.extend(self.asks_of(action, arn, account)?);
            }
        }
        Ok(out)
    }

    /// The resources that are called so: an ARN, or the end of one that is known.
    fn arns<'a>(&'a self, named: &'a str) -> anyhow::Result<Vec<&'a str>> {
        let mut arns: Vec<&str> =
            self.inventory.asks.iter().map(|ask| ask.resource.as_str()).filter(|arn| is_called(arn, named)).collect();
        arns.sort_unstable();
        arns.dedup();
        if !arns.is_empty() {
            return Ok(arns);
        }
        if named != "*" && !(named.starts_with("arn:") && named.splitn(6, ':').count() == 6) {
            let near = nearest(named, self.inventory.asks.iter().map(|ask| ask.resource.as_str()));
            bail!("`{}` is neither an ARN nor a resource that is known{}", shortened(named, 200), offer(&near));
        }
        Ok(vec![named])
    }

    /// The asks of one action on the resource of this ARN.
    fn asks_of(&self, action: &str, arn: &str, account: Option<&str>) -> anyhow::Result<Vec<Ask>> {
        let fits = |ask: &&Ask| {
            ask.resource == arn
                && ask.action.eq_ignore_ascii_case(action)
                && account.is_none_or(|account| account == ask.resource_account)
        };
        let own: Vec<Ask> = self.inventory.asks.iter().filter(fits).cloned().collect();
        // What AWS owns is asked for once, by everybody: files ask for each account's callers.
        if !own.is_empty()
            && (account.is_some() || !is_of_aws(arn) || own.iter().any(|ask| ask.resource_account.is_empty()))
        {
            return Ok(own);
        }
        let of_arn = arn.split(':').nth(4).unwrap_or_default();
        let seen =
            || self.inventory.question(action, arn).map(|question| question.resource_account).filter(|_| !self.is_file);
        let account = match (account, of_arn) {
            (Some(given), "") => given,
            (Some(given), own) if given != own => bail!("`{}` is account {own}'s, not {given}'s", shortened(arn, 200)),
            (_, "") if arn.contains(":s3:::") && seen().is_none() => {
                bail!("`{}` names no account: say whose it is with `--account`", shortened(arn, 200))
            }
            (_, "") => &seen().unwrap_or_default(),
            (_, own) => own,
        };
        Ok(vec![Question::new(action, arn, account).into()])
    }
}

/// What a residual says; none where it always holds.
pub(crate) fn words(residual: &Formula) -> Option<String> {
    let any = |_: &str| true;
    if *residual == Formula::True {
        return None;
    }
    let (found, complete) = ways(residual, SHOWN_WAYS, &any);
    Some(phrase(&found, complete))
}
