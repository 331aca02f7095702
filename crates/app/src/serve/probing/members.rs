//! The stages name flags where they say what to do; who asks over HTTP writes members.

/// Flags whose member is not of the same name.
const OTHERS: &[(&str, &str)] = &[
    ("--target", "targets"),
    ("--model", "targets"),
    ("--pack", "packs"),
    ("--family", "families"),
    ("--probe", "probes"),
    ("--region", "credentials.regions"),
    ("--profile", "credentials.profile"),
    ("--role-arn", "credentials.role_arn"),
    ("--external-id", "credentials.external_id"),
    ("--silence", "silence_seconds"),
    ("--judge-price", "judge.price"),
    ("--judge-may-be-target", "judge.may_be_target"),
    ("--judge-max-usd", "judge.max_usd"),
];

/// A sentence with members in place of flags: `add --assume-price` becomes `add assume_price`.
pub(crate) fn as_members(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("--") {
        let (before, flag) = rest.split_at(at);
        out.push_str(before);
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        let end = flag.find(|letter| !is_name(letter)).unwrap_or(flag.len());
        let (flag, behind) = flag.split_at(end);
        // What stands inside another word is no flag: a name of somebody's.
        let is_flag = flag.len() > 2 && before.chars().next_back().is_none_or(|letter| !letter.is_alphanumeric());
        match OTHERS.iter().find(|(name, _)| *name == flag) {
            Some((_, member)) if is_flag => out.push_str(member),
            None if is_flag => out.push_str(&flag.trim_start_matches('-').replace('-', "_")),
            _ => out.push_str(flag),
        }
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::as_members;

    #[test]
    fn flags_become_members_and_names_stay() {
        for (said, told) in [
            ("add `--assume-price IN,OUT` or lower `--trials`", "add `assume_price IN,OUT` or lower `trials`"),
            ("name it with `--target`, in `--region`", "name it with `targets`, in `credentials.regions`"),
            ("`my--agent` is --, a dash", "`my--agent` is --, a dash"),
            ("no flag", "no flag"),
            ("", ""),
        ] {
            assert_eq!(as_members(said), told);
        }
    }
}
