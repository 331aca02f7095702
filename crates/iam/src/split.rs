//! Actions that do not fit one policy, parted by families of services: a policy keeps its name and what it is about when others
//! grow.

use crate::document::{MANAGED_POLICY_LIMIT, PolicyDocument, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// Families in the order of their policies, and the services of each; the last takes those that no other has.
const FAMILIES: &[(&str, &[&str])] = &[
    (
        "models",
        &[
            "aoss",
            "bedrock",
            "bedrock-agentcore",
            "bedrock-mantle",
            "comprehend",
            "comprehendmedical",
            "kendra",
            "lex",
            "personalize",
            "polly",
            "q",
            "qapps",
            "qbusiness",
            "rekognition",
            "s3vectors",
            "textract",
            "transcribe",
            "translate",
        ],
    ),
    ("sagemaker", &["sagemaker", "sagemaker-geospatial", "sagemaker-mlflow"]),
    (
        "identity",
        &[
            "access-analyzer",
            "account",
            "cognito-identity",
            "cognito-idp",
            "iam",
            "identitystore",
            "kms",
            "organizations",
            "rolesanywhere",
            "secretsmanager",
            "sso",
            "sts",
        ],
    ),
    ("data", &["dynamodb", "elasticfilesystem", "es", "glacier", "rds", "redshift", "s3", "s3express", "sns", "sqs"]),
    (
        "oversight",
        &[
            "budgets",
            "ce",
            "cloudtrail",
            "cloudwatch",
            "config",
            "events",
            "guardduty",
            "inspector2",
            "logs",
            "macie2",
            "securityhub",
            "ssm",
        ],
    ),
    ("workloads", &[]),
];

/// The actions of one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// its family, with a number from the second on: `models`, `models-2`
    pub name: String,
    /// sorted
    pub actions: Vec<String>,
}

/// Actions that would read more than configuration if they were allowed on everything, and what they are allowed on.
/// `apigateway:GET` is every read of API Gateway, the values of API keys among them.
const NARROW: &[(&str, &[&str])] = &[(
    "apigateway:GET",
    &[
        "arn:*:apigateway:*::/apis",
        "arn:*:apigateway:*::/apis/*/stages",
        "arn:*:apigateway:*::/restapis",
        "arn:*:apigateway:*::/restapis/*/stages",
    ],
)];

/// What an action is allowed on; nothing where that is every resource.
pub fn resources(action: &str) -> Option<&'static [&'static str]> {
    NARROW.iter().find(|(narrow, _)| *narrow == action).map(|(_, resources)| *resources)
}

impl Part {
    /// The policy.
    pub fn document(&self) -> PolicyDocument {
        PolicyDocument::new(self.statements())
    }

    /// Its statements: first the actions on all resources, then, one each, those on certain resources alone.
    pub fn statements(&self) -> Vec<Statement> {
        std::iter::once(self.wide()).filter(|wide| !wide.action.is_empty()).chain(self.narrow()).collect()
    }

    fn wide(&self) -> Statement {
        let actions = self.actions.iter().filter(|action| resources(action).is_none()).cloned().collect();
        Statement::allow(sid(&self.name), actions, vec!["*".to_owned()])
    }

    fn narrow(&self) -> impl Iterator<Item = Statement> {
        self.actions.iter().filter_map(|action| {
            let on = resources(action)?.iter().map(|&arn| arn.to_owned()).collect();
            Some(Statement::allow(sid(&action.replace(':', "-")), vec![action.clone()], on))
        })
    }
}

/// The actions in parts that each fit a managed policy. A service is split only if it does not fit at all.
pub fn parts(actions: &BTreeSet<String>) -> Vec<Part> {
    let mut families: BTreeMap<usize, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for action in actions {
        let service = service(action);
        families.entry(family(service)).or_default().entry(service).or_default().push(action.clone());
    }
    families
        .into_iter()
        .flat_map(|(at, services)| of_family(FAMILIES.get(at).map_or("", |(name, _)| name), services))
        .collect()
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

fn family(service: &str) -> usize {
    FAMILIES.iter().position(|(_, services)| services.contains(&service)).unwrap_or(FAMILIES.len() - 1)
}

fn of_family(name: &str, services: BTreeMap<&str, Vec<String>>) -> Vec<Part> {
    let room = room(name);
    let mut filled: Vec<Vec<String>> = vec![Vec::new()];
    for (_, actions) in services {
        let fits_alone = size(&actions) <= room;
        for chunk in if fits_alone { vec![actions] } else { actions.into_iter().map(|action| vec![action]).collect() } {
            match filled.last_mut() {
                Some(last) if size(last) + size(&chunk) <= room => last.extend(chunk),
                _ => filled.push(chunk),
            }
        }
    }
    let parts = filled.into_iter().filter(|actions| !actions.is_empty()).enumerate();
    parts
        .map(|(at, actions)| match at {
            0 => Part { name: name.to_owned(), actions },
            _ => Part { name: format!("{name}-{}", at + 1), actions },
        })
        .collect()
}

/// Characters that actions may take, each with its quotes and its comma.
fn room(name: &str) -> usize {
    let narrow = NARROW.iter().map(|(action, _)| *action);
    let own = narrow.filter(|action| FAMILIES.get(family(service(action))).is_some_and(|(of, _)| *of == name));
    let empty = Part { name: format!("{name}-99"), actions: own.map(str::to_owned).collect() };
    let document = PolicyDocument::new(std::iter::once(empty.wide()).chain(empty.narrow()).collect());
    MANAGED_POLICY_LIMIT - document.length() - "\"Action\":[],".len()
}

fn size(actions: &[String]) -> usize {
    actions.iter().map(|action| action.len() + 3).sum()
}

/// `models-2` as `InventoryModels2`: statement ids may hold letters and digits only.
fn sid(name: &str) -> String {
    let capitalised = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    std::iter::once("Inventory".to_owned()).chain(name.split('-').map(capitalised)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn families_keep_their_names_when_another_grows() {
        let few = ["s3:GetBucketPolicy", "ec2:DescribeVpcs", "bedrock:ListGuardrails"].map(str::to_owned).into();
        let names = |actions: &BTreeSet<String>| parts(actions).into_iter().map(|part| part.name).collect::<Vec<_>>();
        assert_eq!(names(&few), ["models", "data", "workloads"]);
        let mut many: BTreeSet<String> = few.clone();
        many.extend((0..200).map(|n| format!("bedrock:DescribeSomethingWithALongName{n:04}")));
        assert_eq!(names(&many), ["models", "models-2", "data", "workloads"]);
        assert_eq!(parts(&many).last(), parts(&few).last());
    }

    #[test]
    fn what_would_read_data_is_not_allowed_on_everything() {
        let actions = ["apigateway:GET", "ec2:DescribeVpcs"].map(str::to_owned).into();
        let statements: Vec<Statement> = parts(&actions).iter().flat_map(Part::statements).collect();
        let on_everything = statements.iter().filter(|one| one.resource == ["*"]).flat_map(|one| &one.action);
        assert_eq!(on_everything.collect::<Vec<_>>(), ["ec2:DescribeVpcs"]);
        let narrow = statements.iter().find(|one| one.action == ["apigateway:GET"]).unwrap();
        assert_eq!(narrow.sid.as_deref(), Some("InventoryApigatewayGET"));
        assert!(narrow.resource.iter().all(|arn| arn.contains("apis") && !arn.ends_with("/*")), "{narrow:?}");
    }

    #[test]
    fn every_service_has_one_family() {
        let all: Vec<&str> = FAMILIES.iter().flat_map(|(_, services)| *services).copied().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    proptest! {
        #[test]
        fn parts_fit_and_lose_nothing(
            actions in prop::collection::btree_set("(bedrock|sagemaker|s3|xx):[A-Z][a-z]{3,60}|apigateway:GET", 0..600),
        ) {
            let parts = parts(&actions);
            for part in &parts {
                prop_assert!(part.document().length() <= MANAGED_POLICY_LIMIT);
            }
            let kept: Vec<String> = parts.into_iter().flat_map(|part| part.actions).collect();
            prop_assert_eq!(kept.len(), actions.len());
            prop_assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), actions);
        }
    }
}
