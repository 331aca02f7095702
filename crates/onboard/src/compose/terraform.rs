//! One Terraform file of several.

use super::{Part, heading};
use crate::render::hcl::{self, Block};
use crate::render::node::Node;
use std::collections::BTreeSet;

/// Resources that AWS refuses while another is not there, though nothing in their attributes says so: their kinds, what has to come
/// first, and why.
const WAITS: [(&[&str], &str, &str); 2] = [
    (
        &[
            "aws_bedrock_model_invocation_logging_configuration",
            "aws_cloudtrail",
            "aws_flow_log",
            "aws_route53_resolver_query_log_config",
        ],
        "aws_s3_bucket_policy.logs",
        "AWS refuses a destination that it may not write to.",
    ),
    (&["aws_eks_access_entry"], "aws_iam_role.scanner", "EKS refuses an entry for a role that is not there."),
];

/// What Terraform and its provider must be, for every file and module.
pub(crate) fn requirements() -> Block {
    let aws = Node::map([("source", "hashicorp/aws".into()), ("version", ">= 5.100".into())]);
    Block::new("terraform", [])
        .with("required_version", ">= 1.5")
        .block(Block::new("required_providers", []).with("aws", aws))
}

/// The parts under one head; `first` are blocks that stand before them.
pub(crate) fn file(head: &str, first: &[Block], parts: &[Part]) -> String {
    let mut out = hcl::file(head, first);
    let read: Vec<Vec<&str>> = parts.iter().map(|part| blocks(&part.text)).collect();
    // Several parts may work in the same further region.
    let mut providers = BTreeSet::new();
    for provider in read.iter().flatten().filter(|block| is_provider(block)) {
        if providers.insert(*provider) {
            out.push_str(&format!("\n{provider}"));
        }
    }
    let addresses: BTreeSet<String> = read.iter().flatten().filter_map(|block| address(block)).collect();
    for (part, blocks) in parts.iter().zip(&read) {
        out.push_str(&format!("\n{}", heading(&part.name)));
        for block in blocks.iter().filter(|block| !is_provider(block)) {
            out.push('\n');
            out.push_str(&waiting(block, &addresses));
        }
    }
    out
}

/// The blocks of a file, each with its comments. What stands above the first empty line is about the file.
fn blocks(text: &str) -> Vec<&str> {
    let body = text.split_once("\n\n").map_or("", |(_, body)| body);
    let mut blocks = Vec::new();
    let (mut begin, mut at) = (0, 0);
    for line in body.split_inclusive('\n') {
        at += line.len();
        let is_end = line == "}\n" || (line.ends_with(" {}\n") && !line.starts_with([' ', '#']));
        if is_end {
            blocks.push(body.get(begin..at).unwrap_or_default().trim_start_matches('\n'));
            begin = at;
        }
    }
    blocks
}

/// The line that opens a block.
fn opening(block: &str) -> &str {
    block.lines().find(|line| !line.starts_with('#')).unwrap_or_default()
}

fn is_provider(block: &str) -> bool {
    opening(block).starts_with("provider ")
}

/// `kind.name` of a resource.
fn address(block: &str) -> Option<String> {
    let mut words = opening(block).strip_prefix("resource ")?.split('"');
    let (kind, name) = (words.nth(1)?, words.nth(1)?);
    Some(format!("{kind}.{name}"))
}

/// The block, with what it has to wait for of what is there.
fn waiting(block: &str, addresses: &BTreeSet<String>) -> String {
    let kind = address(block).and_then(|address| Some(address.split_once('.')?.0.to_owned())).unwrap_or_default();
    let first = WAITS.iter().find(|(kinds, first, _)| kinds.contains(&kind.as_str()) && addresses.contains(*first));
    match first {
        Some((_, first, why)) if !block.contains("\n  depends_on ") => {
            let body = block.strip_suffix("}\n").unwrap_or(block);
            format!("{body}\n  # {why}\n  depends_on = [{first}]\n}}\n")
        }
        _ => block.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_together() {
        let part = |name: &str, text: &str| Part { id: "x", name: name.to_owned(), text: text.to_owned() };
        let provider = "provider \"aws\" {\n  alias = \"x\"\n}\n";
        let opening = "resource \"aws_s3_bucket_policy\" \"logs\" {";
        let policy = format!("# Head.\n\n# Why.\n{opening}\n  bucket = \"b\"\n\n  inner {{}}\n}}\n\n{provider}");
        let log = format!("# Head.\n\n{provider}\nresource \"aws_flow_log\" \"x\" {{\n  a = 1\n}}\n");
        insta::assert_snapshot!(file("All.", &[], &[part("a: A", &policy), part("b: B", &log)]), @r#"
        # All.

        provider "aws" {
          alias = "x"
        }

        # --------------------------------------------------------------------------------
        # a: A

        # Why.
        resource "aws_s3_bucket_policy" "logs" {
          bucket = "b"

          inner {}
        }

        # --------------------------------------------------------------------------------
        # b: B

        resource "aws_flow_log" "x" {
          a = 1

          # AWS refuses a destination that it may not write to.
          depends_on = [aws_s3_bucket_policy.logs]
        }
        "#);
    }
}
