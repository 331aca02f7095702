//! The least-privilege policy of a scan, made of the calls that the tables declare: nothing more, and nothing less.

use sightline_iam::document::MANAGED_POLICY_LIMIT;
use sightline_iam::{PolicyDocument, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// Policies that together allow these actions on all resources: one statement a service, sorted, as few documents as fit
/// the size of a managed policy. All are reads that AWS offers no narrower resource for, or whose resources are not known
/// before they are listed.
pub fn documents(actions: &BTreeSet<String>) -> Vec<PolicyDocument> {
    let mut documents: Vec<PolicyDocument> = Vec::new();
    for statement in statements(actions) {
        match documents.last_mut() {
            Some(last) if fits(last, &statement) => last.statement.push(statement),
            _ => documents.push(PolicyDocument::new(vec![statement])),
        }
    }
    documents
}

fn fits(document: &PolicyDocument, statement: &Statement) -> bool {
    let mut whole = document.clone();
    whole.statement.push(statement.clone());
    whole.length() <= MANAGED_POLICY_LIMIT
}

fn statements(actions: &BTreeSet<String>) -> Vec<Statement> {
    let mut services: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for action in actions {
        services.entry(action.split(':').next().unwrap_or_default()).or_default().push(action.clone());
    }
    services.into_iter().flat_map(|(service, actions)| of_service(service, actions)).collect()
}

/// One statement, or several where one alone would be too long for a document.
fn of_service(service: &str, actions: Vec<String>) -> Vec<Statement> {
    let statement = |part: &[String], number: usize| {
        let number = if number == 0 { String::new() } else { (number + 1).to_string() };
        Statement::allow(format!("Read{}{number}", sid(service)), part.to_vec(), vec!["*".to_owned()])
    };
    // The longest action name AWS has is below 100 characters, so fifty of them always fit.
    actions.chunks(50).enumerate().map(|(number, part)| statement(part, number)).collect()
}

/// `bedrock-agentcore` as `BedrockAgentcore`: statement ids may hold letters and digits only.
fn sid(service: &str) -> String {
    service
        .split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_a_service() {
        let actions =
            ["s3:GetBucketPolicy", "bedrock-agentcore:ListMemories", "s3:ListAllMyBuckets"].map(str::to_owned).into();
        insta::assert_json_snapshot!(documents(&actions), @r#"
        [
          {
            "Version": "2012-10-17",
            "Statement": [
              {
                "Sid": "ReadBedrockAgentcore",
                "Effect": "Allow",
                "Action": [
                  "bedrock-agentcore:ListMemories"
                ],
                "Resource": [
                  "*"
                ]
              },
              {
                "Sid": "ReadS3",
                "Effect": "Allow",
                "Action": [
                  "s3:GetBucketPolicy",
                  "s3:ListAllMyBuckets"
                ],
                "Resource": [
                  "*"
                ]
              }
            ]
          }
        ]
        "#);
    }

    #[test]
    fn documents_stay_below_the_limit_and_lose_nothing() {
        let actions: BTreeSet<String> =
            (0..900).map(|n| format!("service{}:DescribeSomethingWithALongName{n:04}", n / 120)).collect();
        let documents = documents(&actions);
        assert!(documents.len() > 1);
        assert!(documents.iter().all(|document| document.length() <= MANAGED_POLICY_LIMIT));
        let kept: BTreeSet<String> = documents
            .iter()
            .flat_map(|document| &document.statement)
            .flat_map(|statement| statement.action.clone())
            .collect();
        assert_eq!(kept, actions);
    }
}
