//! Checks: what is wrong in the accounts, each check one Markdown file, its query SQL over the lake.
//!
//! # A check
//! `checks/<service>/<id>.md`; adding the file is all there is to do. Its id is the file's name, in kebab-case, and names the
//! bad pattern, so that it reads as "allow …" when it is muted (`bedrock-agent-without-guardrail`).
//!
//! ````markdown
//! +++
//! title = "…"                                   # what is wrong when it fails
//! severity = "high"                             # info low medium high critical
//! services = ["bedrock"]
//! resource = "aws_bedrock_agent"                # the table whose rows it judges
//! fails_on = "absence"                          # or "presence": what a failure rests on
//! scope = "row"                                 # or "region" (the default), "account": how far the query looks
//! frameworks = { "cis-7.0" = ["2.4"] }          # {} where none has a control for it; 6.0 and 5.0 follow from 7.0
//! no_framework = "…"                            # why, where it has none
//! params = { max_age_days = 90 }                # optional: `$max_age_days` in the query; `$now` is always there
//! +++
//!
//! What it looks for and why that matters.
//!
//! ```sql
//! select …
//! ```
//!
//! ## Fix          prose and blocks (`cli`, `terraform`) with `{{resource}}`, `{{resource_id}}`, `{{resource_title}}`,
//!                 `{{region}}`, `{{account_id}}`, `{{partition}}` filled from the finding
//! ## References   AWS pages
//! ## Tests        `### a scenario`, its rows as `json` by table, the findings as `expect`: `fail arn:… "reason"`
//! ````
//!
//! # The query
//! It gives the columns `resource` (an ARN), `status` (`pass fail skip unknown`), `reason` (one sentence: what was seen),
//! `account_id`, `region`, `title`. Columns `fix_<name>` hold what a fix needs to name beside the resource: `{{<name>}}` in its
//! blocks. It reads typed views (`aws_…`). From tables of logs and edges it may take more
//! evidence of use, but no pass may rest on their silence: scans do not cover them. Queries that several checks need stand in
//! `checks/shared/<name>.sql` and are there under that name.
//!
//! A query reads as if everything had been collected. That what could not be read never passes is the work of the engine:
//! the rules stand in the module `judge`. They trust three declarations: `resource`, `fails_on` and `scope`.
//!
//! # Tests
//! Fixtures fill in what a row does not say: account and region come from the ARN, or are the demo's. `coverage` rows in a
//! fixture stand for calls that failed; without them everything was read. The tests of this crate run every fixture, then
//! break each table's coverage in each way and see that nothing passes any more.

mod catalogue;
mod check;
pub mod contract;
pub mod detect;
mod error;
mod evaluate;
mod fix;
pub mod fixture;
pub mod folder;
mod framework;
mod gap;
mod judge;
mod kept;
mod markdown;
mod parse;
mod query;
mod registry;
mod run;
mod select;
mod shared;
pub mod trial;

pub use catalogue::pages;
pub use check::{Case, Check, Declaration, Expected, FailsOn, FixPart, Param, Scope};
pub use error::CheckError;
pub use evaluate::{Context, MEMORY, evaluate, tables};
pub use fix::{PLACEHOLDERS, Rendered, fix};
pub use framework::{Framework, Frameworks, frameworks};
pub use judge::scope_arn;
pub use parse::parse;
pub use query::statement;
pub use registry::{checks, checks_with};
pub use select::Selection;
pub use shared::{Shared, SharedQuery};
