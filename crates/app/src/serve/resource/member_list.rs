//! What lists of models, workloads, identities and applications take.

use crate::serve::estate::{Member, Of, members};
use crate::serve::page::{Page, Paging};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use serde::Deserialize;
use sightline_model::edge::Tri;
use utoipa::IntoParams;

/// Which of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MemberQuery {
    /// With this text in the ARN or the title
    text: Option<String>,
    /// Of this kind
    kind: Option<String>,
    /// In this account
    account: Option<String>,
    /// Only those that were seen in use; with `false`, only those that may be used and were not
    used: Option<bool>,
    /// Only those that are not known to be protected
    unprotected: bool,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

/// One page of them.
pub(super) async fn list(app: &App, of: Of, query: &MemberQuery) -> Result<Page<Member>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let held = app.held();
    let rows = members(of, held.edges().await?, held.allowed().await?, &held.config.protected);
    let text = query.text.as_ref().map(|text| text.to_lowercase());
    let fits = |member: &Member| {
        let has =
            |text: &String| [&member.arn, &member.title].iter().any(|of| of.to_lowercase().contains(text.as_str()));
        text.as_ref().is_none_or(has)
            && query.kind.as_ref().is_none_or(|kind| *kind == member.kind)
            && query.account.as_ref().is_none_or(|account| *account == member.account_id)
            && query.used.is_none_or(|used| used == (member.used.edges > 0))
            && (!query.unprotected || member.protected.is_some_and(|state| state != Tri::Yes))
    };
    Ok(rows.page(&paging, fits, Member::clone))
}
