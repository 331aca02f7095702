//! `sightline scan`: read the accounts' inventory into the lake.

mod ahead;
mod kubernetes;
mod members;
mod shown;

use super::Global;
use super::connection::Connection;
use crate::exit::Exit;
use crate::progress::ScanLine;
use crate::{interrupt, print, stage, world};
use clap::Args;
use kubernetes::KubernetesArguments;
use members::MemberArguments;
use sightline_aws::Aws;
use sightline_collect::scan::{self, DEFAULT_CONCURRENCY, DEFAULT_TOTAL_CONCURRENCY, Resume, ScanOptions, Unfinished};
use sightline_lake::Lake;

/// Read the account's inventory: all enabled regions in parallel; what could not be read is kept as coverage
#[derive(Debug, Args)]
#[command(
    after_help = "A scan that is cut off, by Ctrl-C or otherwise, is not to be seen in the lake; `--resume` goes on with it.\n\
     With `--org` or `--account` it reads other accounts by a role in each, which `sightline onboard` makes there; an account \
     that cannot be entered is told, and every check on it is `unknown`."
)]
pub(crate) struct Scan {
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    members: MemberArguments,
    #[command(flatten)]
    kubernetes: KubernetesArguments,
    /// Read these tables only, such as `aws_bedrock_*`
    #[arg(long = "table", value_name = "GLOB")]
    include: Vec<String>,
    /// Leave these tables out
    #[arg(long = "skip-table", value_name = "GLOB")]
    exclude: Vec<String>,
    /// Requests of one account on the wire at most
    #[arg(long, default_value_t = DEFAULT_CONCURRENCY, value_name = "N")]
    concurrency: usize,
    /// Requests of all accounts on the wire at most
    #[arg(long, default_value_t = DEFAULT_TOTAL_CONCURRENCY, value_name = "N")]
    total_concurrency: usize,
    /// Say which accounts, regions and tables would be read, and with how many calls at least; reads and keeps nothing
    #[arg(long, visible_alias = "plan", conflicts_with_all = ["resume", "discard"])]
    dry_run: bool,
    /// Go on with a scan that was cut off [default: the newest]: what it has read is not read again
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    #[arg(conflicts_with_all = ["include", "exclude", "regions", "members"])]
    resume: Option<String>,
    /// Drop a scan that was cut off [default: the newest], and do nothing else
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "", conflicts_with = "resume")]
    discard: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

impl Scan {
    /// Scans and prints what was and was not seen.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        if self.dry_run {
            let ahead = scan::ahead(&self.connect().await?, &self.options()).await?;
            if self.json {
                print::json(&ahead)?
            } else {
                ahead::show(&ahead)?
            }
            return Ok(ahead::exit(&ahead));
        }
        let lake = stage::create(&global.lake).await?;
        if let Some(id) = &self.discard {
            return discard(&lake, id);
        }
        if self.resume.is_none() {
            tell_unfinished(&scan::unfinished(&lake)?);
        }
        let aws = self.connect().await?;
        let clusters = self.kubernetes.clusters().await?;
        let options = ScanOptions { clusters, cancel: interrupt::token(), ..self.options() };
        let summary = scan::scan(&aws, &lake, options, &ScanLine::new()).await?;
        if self.json {
            print::json(&summary)?
        } else {
            shown::show(&summary)?
        }
        if summary.cancelled {
            let id = &summary.scan_id;
            print::note(&format!(
                "scan {id} is unfinished: `sightline scan --resume` goes on with it, `sightline scan --discard` drops it"
            ));
            return Ok(Exit::Incomplete);
        }
        Ok(if summary.incomplete() > 0 { Exit::Incomplete } else { Exit::Clean })
    }

    async fn connect(&self) -> anyhow::Result<Aws> {
        // The external id may be for the members' roles alone.
        if self.members.is_given() { Ok(self.access.reader().await?) } else { self.access.connect().await }
    }

    fn options(&self) -> ScanOptions {
        let resume = self.resume.as_ref().map(|id| match id.as_str() {
            "" => Resume::Newest,
            id => Resume::Id(id.to_owned()),
        });
        ScanOptions {
            members: self.members.members(self.access.external_id.as_deref()),
            regions: self.access.regions.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            concurrency: self.concurrency.max(1),
            total_concurrency: self.total_concurrency.max(1),
            resume,
            ..ScanOptions::new(world::new_run(), world::clock(), env!("CARGO_PKG_VERSION"))
        }
    }
}

fn tell_unfinished(unfinished: &[Unfinished]) {
    let Some(newest) = unfinished.last() else { return };
    let others = match unfinished.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} older ones are"),
    };
    print::note(&format!(
        "scan {}{others} unfinished: `sightline scan --resume` goes on, `sightline scan --discard` drops the newest; this one begins anew",
        if others.is_empty() { format!("{} is", newest.scan_id) } else { newest.scan_id.clone() },
    ));
}

fn discard(lake: &Lake, id: &str) -> anyhow::Result<Exit> {
    let newest = scan::unfinished(lake)?.pop().map(|newest| newest.scan_id);
    let id = if id.is_empty() { newest.unwrap_or_default() } else { id.to_owned() };
    scan::discard(lake, &id)?;
    print::note(&format!("scan {id} is dropped"));
    Ok(Exit::Clean)
}
