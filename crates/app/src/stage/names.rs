//! Names as users give them: actions, principals, resources, and what they may have meant.

use anyhow::bail;
use sightline_iam::catalogue::catalogue;
use sightline_model::untrusted::shortened;

/// Names that are offered in place of one that is not there.
pub(super) const OFFERED: usize = 3;

/// The full names that `action` stands for: one, or with `*` and `?` all that fit. What is not known is warned of and taken
/// as it is.
///
/// # Errors
/// It has not the form of an action, or no action fits.
pub(crate) fn actions(action: &str) -> anyhow::Result<Vec<String>> {
    let shown = shortened(action, 200);
    let Some((service, name)) =
        action.split_once(':').filter(|(service, name)| !service.is_empty() && !name.is_empty())
    else {
        let near: Vec<String> =
            catalogue().expand(&format!("*:{action}")).take(OFFERED).map(|one| one.full_name()).collect();
        bail!("`{shown}` is no action: write `service:Name`{}", offer(&near));
    };
    if name.contains(['*', '?']) {
        let found: Vec<String> = catalogue().expand(action).map(|one| one.full_name()).collect();
        if found.is_empty() {
            bail!(
                "no action that is known fits `{shown}`: patterns have `*` and `?` after the service's name, as in `bedrock:Invoke*`"
            );
        }
        return Ok(found);
    }
    if let Some(known) = catalogue().action(action) {
        return Ok(vec![known.full_name()]);
    }
    let names = catalogue().actions_of(service).iter().map(|one| one.full_name()).collect::<Vec<_>>();
    let what = match catalogue().service(service) {
        None => {
            let near = nearest(service, catalogue().services().iter().map(|service| service.prefix));
            format!("no service has the prefix `{}`{}", shortened(service, 100), offer(&near))
        }
        Some(_) if !catalogue().knows(service) => return Ok(vec![action.to_owned()]),
        Some(_) => {
            format!("`{shown}` is no action that is known{}", offer(&nearest(action, names.iter().map(String::as_str))))
        }
    };
    crate::print::warning(&what);
    Ok(vec![action.to_owned()])
}

/// An ARN as people say it: `role/app` of the account `home`, else `111111111111:role/app`.
pub(crate) fn short<'a>(arn: &'a str, home: &str) -> std::borrow::Cow<'a, str> {
    let mut parts = arn.splitn(6, ':').skip(4);
    match (parts.next(), parts.next()) {
        (Some(account), Some(name)) if account == home => name.into(),
        (Some(account), Some(name)) => format!("{account}:{name}").into(),
        _ => arn.into(),
    }
}

/// Whether the ARN ends with the name, or is it.
pub(super) fn is_called(arn: &str, name: &str) -> bool {
    arn == name || arn.strip_suffix(name).is_some_and(|before| before.ends_with(['/', ':']) && !name.is_empty())
}

/// `arn:aws:sts::1:assumed-role/app/session` → `arn:aws:iam::1:role/app`
pub(super) fn role_of_session(arn: &str) -> Option<String> {
    let (head, tail) = arn.split_once(":assumed-role/")?;
    let role = tail.split('/').next()?;
    Some(format!("{}:role/{role}", head.replacen(":sts:", ":iam:", 1)))
}

/// Whether the ARN is the role's, whose path a session does not tell.
pub(super) fn is_role_of(arn: &str, without_path: &str) -> bool {
    let split = |arn: &str| {
        arn.split_once(":role/").map(|(head, tail)| (head.to_owned(), tail.rsplit('/').next().map(str::to_owned)))
    };
    let (own, wanted) = (split(arn), split(without_path));
    own.is_some() && own == wanted
}

/// The names that are most like `name`, best first.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let name = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = names
        .map(|other| {
            let folded = other.to_lowercase();
            let holds = if folded.contains(&name) { 1.0 } else { 0.0 };
            // Of an ARN the end may be meant.
            let ends = [
                folded.as_str(),
                folded.splitn(6, ':').nth(5).unwrap_or_default(),
                folded.rsplit('/').next().unwrap_or_default(),
            ];
            let likeness = ends.iter().map(|end| strsim::jaro_winkler(end, &name)).fold(holds, f64::max);
            (likeness, other)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.dedup_by(|a, b| a.1 == b.1);
    near.into_iter().take(OFFERED).map(|(_, name)| name.to_owned()).collect()
}

/// `; did you mean …?`
pub(super) fn offer(names: &[String]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", listed(names.iter().map(String::as_str)))
    }
}

/// Names in backticks, joined by "or".
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{}`", shortened(name, 200))).collect::<Vec<_>>().join(" or ")
}
