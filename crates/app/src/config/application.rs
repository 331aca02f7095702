//! `[[application]]`: workloads that belong together.

use super::file::Fault;
use serde::Deserialize;
use sightline_discover::Criteria;
use std::collections::BTreeMap;
use toml::Spanned;

/// The longest name, key, or pattern, in characters.
const LONGEST: usize = 300;

const EMPTY: &str = "this takes no workload";

/// As it is written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: Spanned<String>,
    tags: Option<Spanned<BTreeMap<String, Spanned<String>>>>,
    namespaces: Option<Spanned<Vec<Spanned<String>>>>,
    clusters: Option<Spanned<Vec<Spanned<String>>>>,
    vpcs: Option<Spanned<Vec<Spanned<String>>>>,
    accounts: Option<Spanned<Vec<Spanned<String>>>>,
    workloads: Option<Spanned<Vec<Spanned<String>>>>,
}

/// A list's patterns: what each must look like, and what is said where one does not.
struct Pattern {
    fits: fn(&str) -> bool,
    help: &'static str,
}

const ANY: Pattern = Pattern { fits: |_| true, help: "" };
const VPC: Pattern = Pattern {
    fits: |text| text.starts_with("vpc-") || text.starts_with('*'),
    help: "VPC ids begin with `vpc-`; `*` stands for any text",
};
const ACCOUNT: Pattern = Pattern {
    fits: |text| {
        let is_written = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*');
        is_written && (text.contains('*') || text.len() == 12)
    },
    help: "account ids have twelve digits; `*` stands for any text",
};
const WORKLOAD: Pattern = Pattern {
    fits: |text| text.starts_with("arn:") || text.starts_with('*'),
    help: "workloads are named by ARN; `*` stands for any text: `arn:*:function:search-*`",
};

pub(super) fn criteria(written: Written) -> Result<Criteria, Fault> {
    let Written { name, tags, namespaces, clusters, vpcs, accounts, workloads } = written;
    let criteria = Criteria {
        tags: tags.map(pairs).transpose()?.unwrap_or_default(),
        namespaces: list(namespaces, &ANY)?,
        clusters: list(clusters, &ANY)?,
        vpcs: list(vpcs, &VPC)?,
        accounts: list(accounts, &ACCOUNT)?,
        workloads: list(workloads, &WORKLOAD)?,
        name: said(&name)?,
    };
    if criteria.is_empty() {
        let help = "say what belongs to it: `tags`, `namespaces`, `clusters`, `vpcs`, `accounts` or `workloads`";
        return Err(fault(&name, EMPTY, help));
    }
    Ok(criteria)
}

fn pairs(tags: Spanned<BTreeMap<String, Spanned<String>>>) -> Result<BTreeMap<String, String>, Fault> {
    if tags.get_ref().is_empty() {
        return Err(fault(&tags, EMPTY, "name a tag, such as `tags = { team = \"search\" }`, or leave this out"));
    }
    let said = |(key, value): (&String, &Spanned<String>)| Ok((key.clone(), said(value)?));
    tags.get_ref().iter().map(said).collect()
}

fn list(patterns: Option<Spanned<Vec<Spanned<String>>>>, like: &Pattern) -> Result<Vec<String>, Fault> {
    let Some(patterns) = patterns else { return Ok(Vec::new()) };
    if patterns.get_ref().is_empty() {
        return Err(fault(&patterns, EMPTY, "name something in the list, or leave it out"));
    }
    let one = |pattern: &Spanned<String>| match said(pattern)? {
        text if (like.fits)(&text) => Ok(text),
        _ => Err(fault(pattern, "this fits nothing", like.help)),
    };
    patterns.get_ref().iter().map(one).collect()
}

fn said(text: &Spanned<String>) -> Result<String, Fault> {
    let said = text.get_ref();
    if said.trim() != said || said.is_empty() || said.chars().count() > LONGEST || said.chars().any(char::is_control) {
        let help = "a text without space around it and without control characters, of at most 300 characters";
        return Err(fault(text, "this must say something", help));
    }
    Ok(said.clone())
}

fn fault<T>(at: &Spanned<T>, message: &str, help: &str) -> Fault {
    Fault { span: at.span(), message: message.to_owned(), help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::fault::FileFault;
    use sightline_discover::Criteria;
    use std::path::Path;

    fn read(text: &str) -> Result<Vec<Criteria>, String> {
        let config = Config::of_text(Path::new("sightline.toml"), text.to_owned());
        let shown = |error: anyhow::Error| error.downcast_ref::<FileFault>().map_or_else(String::new, FileFault::shown);
        config.map(|config| config.applications).map_err(shown)
    }

    #[test]
    fn an_entry_says_what_belongs_to_it() {
        let text = "[[application]]\nname = \"search\"\ntags = { team = \"search\", env = \"prod-*\" }\nnamespaces = [\"search-*\"]\n\
                    clusters = [\"apps\"]\nvpcs = [\"vpc-1\"]\naccounts = [\"123456789012\"]\nworkloads = [\"arn:*:function:x\"]\n\
                    [[application]]\nname = \"search\"\nvpcs = [\"vpc-*\"]\n";
        let [first, second] = &read(text).unwrap()[..] else { panic!() };
        assert_eq!((first.tags.len(), first.tags.get("env").map(String::as_str)), (2, Some("prod-*")));
        let lists = [&first.namespaces, &first.clusters, &first.vpcs, &first.accounts, &first.workloads];
        assert!(lists.iter().all(|list| list.len() == 1), "{first:?}");
        assert_eq!((second.name.as_str(), &second.vpcs[0][..]), ("search", "vpc-*"), "several entries of one name");
    }

    #[test]
    fn faults_show_their_place() {
        for (entry, says) in [
            ("name = \"a\"", "this takes no workload"),
            ("name = \"a\"\ntags = {}", "name a tag"),
            ("name = \"a\"\nvpcs = []", "leave it out"),
            ("name = \" \"\nvpcs = [\"vpc-1\"]", "this must say something"),
            ("name = \"a\"\nvpcs = [\"\"]", "this must say something"),
            ("name = \"a\"\nvpcs = [\"subnet-1\"]", "VPC ids begin with"),
            ("name = \"a\"\naccounts = [\"1234\"]", "twelve digits"),
            ("name = \"a\"\nworkloads = [\"search\"]", "named by ARN"),
            ("name = \"a\"\ntag = { team = \"a\" }", "unknown field `tag`"),
            ("name = \"a\"\ntags = { team = 3 }", "invalid type"),
            ("vpcs = [\"vpc-1\"]", "missing field `name`"),
        ] {
            let error = read(&format!("[[application]]\n{entry}\n")).unwrap_err();
            assert!(error.contains(says), "{entry}: {error}");
        }
    }
}
