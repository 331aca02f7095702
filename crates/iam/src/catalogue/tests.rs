use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn names(pattern: &str) -> Vec<String> {
    catalogue().expand(pattern).map(Action::full_name).collect()
}

#[test]
fn every_line_of_the_tables_is_read_and_they_are_in_order() {
    let catalogue = catalogue();
    let lines = |text: &str| text.lines().count() - 1;
    assert_eq!(catalogue.services.len(), lines(include_str!("../../data/services.tsv")));
    assert_eq!(catalogue.actions.len(), lines(include_str!("../../data/actions.tsv")));
    assert_eq!(catalogue.resources.len(), lines(include_str!("../../data/resources.tsv")));
    assert_eq!(catalogue.keys.exact.len() + catalogue.keys.templates.len(), lines(include_str!("../../data/keys.tsv")));

    let less = |left: (&str, &str), right: (&str, &str)| {
        name::folded(left.0, right.0).then(name::folded(left.1, right.1)) == Ordering::Less
    };
    assert!(catalogue.services.windows(2).all(|two| less((two[0].prefix, ""), (two[1].prefix, ""))));
    assert!(catalogue.actions.windows(2).all(|two| less((two[0].service, two[0].name), (two[1].service, two[1].name))));
    assert!(
        catalogue.resources.windows(2).all(|two| less((two[0].service, two[0].name), (two[1].service, two[1].name)))
    );
    assert!(catalogue.keys.exact.windows(2).all(|two| less((two[0].0, ""), (two[1].0, ""))));
}

#[test]
fn a_service_has_as_many_actions_as_its_line_says() {
    for service in catalogue().services() {
        assert_eq!(catalogue().actions_of(service.prefix).len(), service.actions.unwrap_or(0), "{}", service.prefix);
    }
    assert!(catalogue().knows("Bedrock") && !catalogue().knows("quicksight") && !catalogue().knows("nonsense"));
}

#[test]
fn actions_are_found_in_any_case_and_say_what_they_are_for() {
    let invoke = catalogue().action("BEDROCK:invokemodel").unwrap();
    assert_eq!((invoke.full_name().as_str(), invoke.level), ("bedrock:InvokeModel", Level::Read));
    assert!(!invoke.wildcard_only());
    assert_eq!(invoke.resources().filter(|resource| resource.required).count(), 12);
    let keys: Vec<String> = invoke.keys().collect();
    assert!(
        keys.contains(&"bedrock:GuardrailIdentifier".to_owned())
            && keys.contains(&"aws:RequestTag/${TagKey}".to_owned()),
        "{keys:?}"
    );
    assert!(catalogue().action("bedrock:ListFoundationModels").unwrap().wildcard_only());
    assert_eq!(catalogue().action("iam:PutRolePolicy").unwrap().level, Level::Permissions);
    assert_eq!(catalogue().action("iam:TagRole").unwrap().level, Level::Tagging);
    for missing in ["bedrock:Converse", "bedrock", "", ":", "nonsense:InvokeModel"] {
        assert!(catalogue().action(missing).is_none(), "{missing}");
    }
}

#[test]
fn every_resource_type_of_an_action_is_known() {
    for action in &catalogue().actions {
        for resource in action.resources() {
            assert!(
                catalogue().resource_type(action.service, resource.name).is_some(),
                "{}: {}",
                action.full_name(),
                resource.name
            );
        }
    }
    let profile = catalogue().resource_type("bedrock", "inference-profile").unwrap();
    assert_eq!(profile.arn, "arn:${Partition}:bedrock:${Region}:${Account}:inference-profile/${ResourceId}");
}

#[test]
fn every_key_of_an_action_and_a_resource_has_a_type() {
    let of_actions = catalogue().actions.iter().flat_map(Action::keys);
    let keys: BTreeSet<String> = of_actions.chain(catalogue().resources.iter().flat_map(ResourceType::keys)).collect();
    let untyped: Vec<&String> = keys.iter().filter(|key| catalogue().key_type(key).is_none()).collect();
    assert!(untyped.is_empty(), "{untyped:?}");
}

#[test]
fn services_that_support_resource_control_policies_are_services() {
    let supporting: Vec<&str> =
        catalogue().services().iter().filter(|service| service.supports_rcp).map(|service| service.prefix).collect();
    assert_eq!(supporting.len(), 62);
    for yes in ["s3", "STS", "kms", "sqs", "secretsmanager", "dynamodb", "ecr", "logs", "aoss"] {
        assert!(catalogue().supports_rcp(yes), "{yes}");
    }
    for no in ["bedrock", "bedrock-agentcore", "bedrock-mantle", "sagemaker", "iam", "nonsense"] {
        assert!(!catalogue().supports_rcp(no), "{no}");
    }
}

#[test]
fn keys_have_types_templates_too() {
    let kind = |key: &str| catalogue().key_type(key).map(|found| (found.multivalued, found.kind));
    assert_eq!(kind("aws:PrincipalArn"), Some((false, KeyKind::Arn)));
    assert_eq!(kind("AWS:SOURCEIP"), Some((false, KeyKind::Ip)));
    assert_eq!(kind("aws:MultiFactorAuthPresent"), Some((false, KeyKind::Bool)));
    assert_eq!(kind("aws:MultiFactorAuthAge"), Some((false, KeyKind::Numeric)));
    assert_eq!(kind("aws:CurrentTime"), Some((false, KeyKind::Date)));
    assert_eq!(kind("aws:TagKeys"), Some((true, KeyKind::String)));
    assert_eq!(kind("aws:PrincipalOrgPaths"), Some((true, KeyKind::String)));
    assert_eq!(kind("aws:principaltag/Team/Sub"), Some((false, KeyKind::String)));
    assert_eq!(kind("s3:ExistingObjectTag/class"), Some((false, KeyKind::String)));
    assert_eq!(kind("kms:EncryptionContext:app"), Some((false, KeyKind::String)));
    assert_eq!(kind("bedrock:GuardrailIdentifier"), Some((false, KeyKind::Arn)));
    assert_eq!(kind("dynamodb:LeadingKeys"), Some((true, KeyKind::String)));
    assert_eq!(kind("identitystore:UserId"), Some((false, KeyKind::String)));
    for unknown in ["aws:PrincipalTag/", "aws:PrincipalTag", "aws:Nonsense", "", "nonsense"] {
        assert_eq!(kind(unknown), None, "{unknown}");
    }
}

#[test]
fn patterns_expand_to_the_actions_they_take() {
    assert_eq!(names("*").len(), catalogue().actions.len());
    assert_eq!(names("*:*").len(), catalogue().actions.len());
    assert_eq!(names("bedrock:*").len(), catalogue().actions_of("bedrock").len());
    assert_eq!(names("Bedrock:invoke?odel*"), ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]);
    assert_eq!(names("sts:*WithSAML"), ["sts:AssumeRoleWithSAML"]);
    assert_eq!(names("s3:GetObject"), ["s3:GetObject"]);
    for none in ["s3*:GetObject", "bedrock", "", ":*", "bedrock:", "?:*", "quicksight:*"] {
        assert!(names(none).is_empty(), "{none}");
    }
}

#[test]
fn a_pattern_made_to_explode_takes_no_time() {
    let pattern = Pattern::new(&"*a".repeat(2_000));
    assert!(!pattern.takes(&"a".repeat(1_999)));
    assert!(pattern.takes(&"a".repeat(2_000)));
}

/// The rule as it is written down.
fn takes(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            takes(rest, text) || text.split_first().is_some_and(|(_, after)| takes(pattern, after))
        }
        (Some((b'?', rest)), Some((_, after))) => takes(rest, after),
        (Some((own, rest)), Some((byte, after))) => own.eq_ignore_ascii_case(byte) && takes(rest, after),
        _ => false,
    }
}

proptest! {
    #[test]
    fn patterns_follow_the_rule(pattern in "[abA*?]{0,8}", text in "[abB]{0,8}") {
        prop_assert_eq!(Pattern::new(&pattern).takes(&text), takes(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn whatever_a_log_says_actions_are_of_services_and_bounded(source in "(s3|lambda|glacier|.{0,9})(.amazonaws.com)?", name in ".{0,160}|\\w{0,160}") {
        for action in actions_of_event(&source, &name) {
            let (service, rest) = action.split_once(':').unwrap();
            prop_assert!(catalogue().service(service).is_some() && rest.len() <= 128 && rest.is_ascii(), "{}", action);
        }
    }

    #[test]
    fn an_event_with_the_name_of_its_action_gives_that_action(at in 0..catalogue().actions.len()) {
        let action = &catalogue().actions[at];
        let found = actions_of_event(&format!("{}.amazonaws.com", action.service), action.name);
        prop_assert!(found.contains(&action.full_name()), "{:?} of {}", found, action.full_name());
    }
}

#[test]
fn every_ai_action_exists_and_is_listed_once() {
    let mut seen = BTreeSet::new();
    for listed in ai_actions() {
        let known = catalogue().action(&listed.name).unwrap_or_else(|| panic!("{} does not exist", listed.name));
        assert_eq!(known.full_name(), listed.name, "spelt as AWS does");
        assert!(seen.insert(&listed.name), "{} twice", listed.name);
        assert!(!listed.why.ends_with('.') && listed.why.len() > 10, "{}", listed.name);
        assert!(listed.events().count() > 0);
    }
}

#[test]
fn events_are_allowed_by_actions() {
    let cases = [
        ("bedrock", "InvokeModel", "bedrock:InvokeModel"),
        ("bedrock", "Converse", "bedrock:InvokeModel"),
        ("bedrock", "ConverseStream", "bedrock:InvokeModelWithResponseStream"),
        ("bedrock", "InvokeModelWithBidirectionalStream", "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream"),
        ("bedrock-runtime", "InvokeModel", "bedrock:InvokeModel"),
        ("bedrock", "RetrieveAndGenerateStream", "bedrock:RetrieveAndGenerate"),
        ("bedrock-agentcore", "InvokeMcp", "bedrock-agentcore:InvokeGateway"),
        ("bedrock-mantle", "CreateInference", "bedrock-mantle:CreateInference"),
        ("s3", "HeadObject", "s3:GetObject"),
        ("s3", "GetBucketCors", "s3:GetBucketCORS"),
        ("s3", "ListObjects", "s3:ListBucket"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3", "CopyObject", "s3:GetObject s3:PutObject"),
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("lambda", "Invoke20150331", "lambda:InvokeFunction"),
        ("lambda", "GetFunction20150331v2", "lambda:GetFunction"),
        ("lambda", "TagResource20170331v2", "lambda:TagResource"),
        ("monitoring", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
        ("cloudcontrolapi", "CreateResource", "cloudformation:CreateResource"),
        ("cloudfront", "CreateDistribution2020_05_31", "cloudfront:CreateDistribution"),
        ("kms", "ReEncrypt", "kms:ReEncryptFrom kms:ReEncryptTo"),
        ("sqs", "SendMessageBatch", "sqs:SendMessage"),
        ("ssm", "OpenControlChannel", "ssmmessages:OpenControlChannel"),
        ("sts", "AssumeRole", "sts:AssumeRole"),
        ("quicksight", "CreateDashboard", "quicksight:CreateDashboard"),
        // no action, or none that can be known
        ("signin", "ConsoleLogin", ""),
        ("apigateway", "CreateRestApi", ""),
        ("bedrock", "NoSuchThing", ""),
        ("nonsense", "GetObject", ""),
        ("quicksight", "Create Dashboard\u{1b}[31m", ""),
        ("quicksight", "", ""),
    ];
    for (source, event, expected) in cases {
        let found = actions_of_event(&format!("{source}.amazonaws.com"), event);
        assert_eq!(found.join(" "), expected, "{source} {event}");
        assert_eq!(action_of_event(&format!("{source}.amazonaws.com.cn"), event), found.into_iter().next());
    }
}

#[test]
fn what_logs_can_show() {
    let cases = [
        (
            Logged::Management,
            "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream bedrock:CreateAgent bedrock:CreateModelInvocationJob \
            sts:AssumeRole iam:CreateRole kms:Decrypt kms:ReEncryptFrom s3:ListAllMyBuckets s3:PutBucketPolicy s3:GetEncryptionConfiguration lambda:UpdateFunctionCode \
            sagemaker:CreateEndpoint bedrock-agentcore:CreateAgentRuntime bedrock-mantle:CreateProject dynamodb:CreateTable sqs:CreateQueue \
            ssm:GetParameter secretsmanager:GetSecretValue bedrock:GetAgent aws-external-anthropic:CreateWorkspace",
        ),
        (
            Logged::Data,
            "bedrock:InvokeAgent bedrock:InvokeFlow bedrock:Retrieve bedrock:RetrieveAndGenerate bedrock:ApplyGuardrail bedrock:GetAsyncInvoke \
            bedrock-agentcore:InvokeAgentRuntime bedrock-agentcore:InvokeGateway bedrock-mantle:CreateInference sagemaker:InvokeEndpoint s3:GetObject \
            s3:ListBucketVersions s3:ListBucket s3:PutObject lambda:InvokeFunction dynamodb:GetItem dynamodb:PartiQLSelect sqs:SendMessage sns:Publish \
            qbusiness:ChatSync s3vectors:QueryVectors aws-external-anthropic:CreateInference",
        ),
        (Logged::Never, "iam:PassRole bedrock:CallWithBearerToken sts:TagSession eks:AccessKubernetesApi"),
        (
            Logged::Unsettled,
            "bedrock:CountTokens q:SendMessage lambda:InvokeFunctionUrl s3:GetObjectVersion quicksight:CreateDashboard bedrock:Converse nonsense",
        ),
    ];
    for (expected, actions) in cases {
        for action in actions.split_whitespace() {
            assert_eq!(logged(action), expected, "{action}");
            assert_eq!(is_data_event(action), expected == Logged::Data, "{action}");
        }
    }
}

#[derive(serde::Deserialize)]
struct Written {
    source: Vec<WrittenSource>,
    names: Vec<WrittenNames>,
    logged: Vec<WrittenRule>,
}

#[derive(serde::Deserialize)]
struct WrittenSource {
    page: String,
    prefixes: BTreeMap<String, String>,
}

#[derive(serde::Deserialize)]
struct WrittenNames {
    page: String,
    events: BTreeMap<String, Vec<String>>,
}

#[derive(serde::Deserialize)]
struct WrittenRule {
    page: String,
    actions: Vec<String>,
}

#[test]
fn what_is_written_by_hand_fits_the_tables() {
    let written: Written = toml::from_str(include_str!("../../data/cloudtrail-names.toml")).unwrap();
    let pages = written.source.iter().map(|group| &group.page).chain(written.names.iter().map(|group| &group.page));
    for page in pages.chain(written.logged.iter().map(|group| &group.page)) {
        assert!(page.starts_with("https://docs.aws.amazon.com/") && page.ends_with(".html"), "{page}");
    }
    for (source, prefix) in written.source.iter().flat_map(|group| &group.prefixes) {
        assert!(source != prefix && (prefix.is_empty() || catalogue().service(prefix).is_some()), "{source}");
    }
    for (event, actions) in written.names.iter().flat_map(|group| &group.events) {
        for action in actions {
            assert_eq!(catalogue().action(action).map(Action::full_name).as_ref(), Some(action), "{event}");
        }
        let needless = actions.len() == 1 && actions[0].eq_ignore_ascii_case(event);
        assert!(!needless, "{event} needs no line");
    }
    let mut earlier: BTreeSet<String> = BTreeSet::new();
    for pattern in written.logged.iter().flat_map(|group| &group.actions) {
        let glob = Pattern::new(pattern);
        let taken: Vec<String> =
            catalogue().actions.iter().map(Action::full_name).filter(|action| glob.takes(action)).collect();
        let fresh = taken.into_iter().filter(|action| earlier.insert(action.clone())).count();
        assert!(fresh > 0, "{pattern} decides nothing");
    }
}

/// The package that the tables are made of, where the developer has it.
#[expect(clippy::disallowed_methods, reason = "where the package lies is the environment's to say")]
fn package() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("SIGHTLINE_IAM_DATA")?).join("data");
    folder.is_dir().then_some(folder)
}

#[test]
fn the_tables_have_what_the_package_has() {
    let Some(package) = package() else {
        println!("skipped: SIGHTLINE_IAM_DATA names no folder with the package of tools/iam/generate.sh");
        return;
    };
    let read =
        |path: &Path| -> serde_json::Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let services = read(&package.join("services.json"));
    assert_eq!(services.as_array().unwrap().len(), catalogue().services().len());
    for service in catalogue().services().iter().filter(|service| service.actions.is_some()) {
        let file = format!("{}.json", service.prefix);
        for (kind, count) in [
            ("actions", catalogue().actions_of(service.prefix).len()),
            ("resourceTypes", of_service(&catalogue().resources, service.prefix, |resource| resource.service).len()),
        ] {
            assert_eq!(
                read(&package.join(kind).join(&file)).as_object().unwrap().len(),
                count,
                "{kind} of {}",
                service.prefix
            );
        }
        for (key, fact) in read(&package.join("conditionKeys").join(&file)).as_object().unwrap() {
            assert!(catalogue().key_type(key).is_some(), "{key} of {}: {fact}", service.prefix);
        }
    }
}
