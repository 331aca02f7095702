//! A request's URI without what its parameters may give away: the commands of `exec` and what is sent through proxies are anyone's text.

use sightline_model::untrusted::shortened;

/// Characters that are kept.
const LONGEST: usize = 1024;
/// Characters of a program's name that are kept.
const LONGEST_PROGRAM: usize = 64;
/// What stands in place of a value.
const WITHHELD: &str = "…";

/// Parameters whose values the API defines.
const KEPT: [&str; 29] = [
    "allowWatchBookmarks",
    "container",
    "dryRun",
    "fieldManager",
    "fieldSelector",
    "fieldValidation",
    "follow",
    "force",
    "gracePeriodSeconds",
    "labelSelector",
    "limit",
    "limitBytes",
    "orphanDependents",
    "ports",
    "pretty",
    "previous",
    "propagationPolicy",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "sinceSeconds",
    "stderr",
    "stdin",
    "stdout",
    "tailLines",
    "timeout",
    "timeoutSeconds",
    "tty",
    "watch",
];

/// The path, the parameters that the API defines, the program that `exec` runs without its arguments, and the names of all else. What goes
/// through a proxy is not for this API: only how many parameters there are.
pub(crate) fn kept(uri: &str) -> String {
    let Some((path, query)) = uri.split_once('?') else { return shortened(uri, LONGEST) };
    let is_proxied = path.split('/').any(|segment| segment == "proxy");
    let mut kept = shortened(path, LONGEST);
    let mut program_came = false;
    let mut separator = '?';
    for parameter in query.split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = if name == "command" && !std::mem::replace(&mut program_came, true) {
            program(value)
        } else {
            Some(value).filter(|_| KEPT.contains(&name)).unwrap_or(WITHHELD)
        };
        kept.push(separator);
        kept.push_str(if is_proxied || !is_name(name) { WITHHELD } else { name });
        kept.push('=');
        kept.push_str(if is_proxied { WITHHELD } else { value });
        separator = '&';
        if kept.len() > LONGEST {
            break;
        }
    }
    shortened(&kept, LONGEST)
}

/// The first word: `sh -c …` may come as one parameter.
fn program(value: &str) -> &str {
    let end = value.find(['+', '%', ' ', '=']).unwrap_or(value.len()).min(LONGEST_PROGRAM);
    value.get(..end).unwrap_or(WITHHELD)
}

fn is_name(name: &str) -> bool {
    name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn arguments_are_withheld() {
        for (uri, expected) in [
            ("/api/v1/pods?limit=500&watch=true&pretty", "/api/v1/pods?limit=500&watch=true&pretty="),
            (
                "/p/exec?command=sh&command=-c&command=echo+s3cret&container=c&tty=true",
                "/p/exec?command=sh&command=…&command=…&container=c&tty=true",
            ),
            ("/p/exec?command=mysql%20-ps3cret", "/p/exec?command=mysql"),
            ("/s/proxy/login?user=u&limit=s3cret&s3cret", "/s/proxy/login?…=…&…=…&…=…"),
            ("/version?continue=abc", "/version?continue=…"),
            ("/healthz", "/healthz"),
        ] {
            assert_eq!(kept(uri), expected);
        }
    }

    proptest! {
        #[test]
        fn never_much(uri in "\\PC{0,300}", times in 1usize..20) {
            prop_assert!(kept(&uri.repeat(times)).chars().count() <= LONGEST + 1);
        }
    }
}
