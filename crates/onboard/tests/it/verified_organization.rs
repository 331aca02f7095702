//! The organization's other accounts. moto has the organization and really deploys the stack set into its accounts; it lets everybody
//! assume every role, existing or not, so that STS is answered here, by the trust policies of the roles that moto has.

use crate::emulator::Moto;
use crate::{ACCOUNT, checked, plain};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, Emulated};
use sightline_onboard::{Context, Given, State, Verdict, find};
use std::collections::BTreeMap;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

struct Estate {
    moto: Moto,
    given: Given,
    /// the unit's id, its accounts, and a closed one
    unit: String,
    accounts: Vec<String>,
    closed: String,
}

fn text(answer: &Value, pointer: &str) -> String {
    answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

fn estate() -> Option<Estate> {
    let moto = Moto::start()?;
    moto.aws("organizations create-organization --feature-set ALL");
    let root = text(&moto.aws("organizations list-roots"), "/Roots/0/Id");
    let made = moto.aws(&format!("organizations create-organizational-unit --parent-id {root} --name workloads"));
    let unit = text(&made, "/OrganizationalUnit/Id");
    let [shop, bank, closed] = ["shop", "bank", "closed"].map(|name| member(&moto, &root, &unit, name));
    moto.run(&format!("aws organizations close-account --account-id {closed}"));
    let given = Given { organizational_units: vec![root], ..plain() };
    Some(Estate { moto, given, unit, accounts: vec![shop, bank], closed })
}

/// An account below the unit.
fn member(moto: &Moto, root: &str, unit: &str, name: &str) -> String {
    let words = format!("organizations create-account --account-name {name} --email {name}@example.com");
    let id = text(&moto.aws(&words), "/CreateAccountStatus/AccountId");
    let from = format!("--source-parent-id {root} --destination-parent-id {unit}");
    moto.run(&format!("aws organizations move-account --account-id {id} {from}"));
    id
}

impl Estate {
    /// Runs commands with another account's credentials.
    fn inside(&self, account: &str, script: &str) -> String {
        let words = format!("sts assume-role --role-arn arn:aws:iam::{account}:role/any --role-session-name test");
        let answer = self.moto.aws(&words);
        let key = |name: &str| text(&answer, &format!("/Credentials/{name}"));
        let (id, secret, token) = (key("AccessKeyId"), key("SecretAccessKey"), key("SessionToken"));
        let head = format!("export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} AWS_SESSION_TOKEN={token}");
        self.moto.run(&format!("{head}\n{script}"))
    }

    /// The external id that the role of an account asks for, if there is a role.
    fn external_id(&self, account: &str) -> Option<String> {
        let roles: Value = serde_json::from_str(&self.inside(account, "aws iam list-roles")).unwrap();
        let roles = roles["Roles"].as_array().unwrap().iter();
        let role = roles.clone().find(|role| role["RoleName"] == "sightline-scanner")?;
        let asked = "/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals/sts:ExternalId/0";
        Some(text(role, asked))
    }

    async fn verify(&self) -> Vec<Verdict> {
        let ids = self.accounts.iter().filter_map(|id| Some((id.clone(), self.external_id(id)?))).collect();
        let sts = MockServer::start().await;
        Mock::given(any()).respond_with(Sts(ids)).mount(&sts).await;
        verify(self.moto.connect(KEY, &[("STS", &sts.uri())]), &self.given).await
    }

    /// Runs the rendered commands but the one that moto has not.
    fn apply(&self, script: &str) {
        let steps: Vec<&str> = script.split("\n\n").collect();
        let has = |step: &&&str| !step.contains("cloudformation activate-organizations-access");
        let known: Vec<&str> = steps.iter().filter(has).copied().collect();
        assert_eq!(known.len() + 1, steps.len());
        self.moto.run(&known.join("\n\n"));
    }
}

/// A form's fields, of which ours hold no blanks.
fn form(body: &[u8]) -> BTreeMap<String, String> {
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let fields = std::str::from_utf8(body).unwrap().split('&').filter_map(|field| field.split_once('='));
    fields.map(|(name, value)| (plain(name), plain(value))).collect()
}

/// Lets in who gives the external id of the account's role.
struct Sts(BTreeMap<String, String>);

impl Respond for Sts {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let form = form(&request.body);
        let account = form["RoleArn"].split(':').nth(4).unwrap();
        if self.0.get(account).is_some_and(|id| Some(id) == form.get("ExternalId")) {
            let credentials = "<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>";
            let who = format!(
                "<Arn>arn:aws:sts::{account}:assumed-role/sightline-scanner/x</Arn><AssumedRoleId>A:x</AssumedRoleId>"
            );
            return ResponseTemplate::new(200).set_body_string(format!(
                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>{credentials}</Credentials><AssumedRoleUser>{who}</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
            ));
        }
        ResponseTemplate::new(403).set_body_string(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>",
        )
    }
}

async fn verify(aws: Aws, given: &Given) -> Vec<Verdict> {
    let context = Context { aws, parameters: checked(given.clone()), now: Timestamp::UNIX_EPOCH, pods: None };
    find("organization").unwrap().verify(&context).await
}

fn not_ok(verdicts: &[Verdict]) -> Vec<&Verdict> {
    verdicts.iter().filter(|verdict| verdict.status != State::Ok).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_is_named() {
    let Some(mut estate) = estate() else { return };
    let [shop, bank] = &estate.accounts[..] else { panic!() };
    let shop = shop.clone();

    let verdicts = estate.verify().await;
    let wrong: Vec<&str> = not_ok(&verdicts).iter().map(|v| v.target.as_str()).collect();
    let mut named = [format!("account {shop} (shop)"), format!("account {bank} (bank)")];
    named.sort();
    assert_eq!(wrong, named, "{verdicts:#?}");
    assert!(verdicts.iter().any(|v| v.target.contains(&estate.closed) && v.reason.ends_with("it is suspended")));

    estate.apply(&not_ok(&verdicts)[0].fix);
    let verdicts = estate.verify().await;
    assert!(not_ok(&verdicts).is_empty(), "{verdicts:#?}");

    // A member that joined and has no role: the emulator does not deploy by itself.
    let late = member(&estate.moto, &estate.given.organizational_units[0], &estate.unit, "late");
    estate.accounts.push(late.clone());
    let [_, bank, _] = &estate.accounts[..] else { panic!() };
    let verdicts = estate.verify().await;
    let [missing] = not_ok(&verdicts)[..] else { panic!("{verdicts:#?}") };
    assert_eq!((missing.status, missing.target.clone()), (State::Wrong, format!("account {late} (late)")));
    assert!(missing.fix.contains(&late) && !missing.fix.contains(bank.as_str()), "{}", missing.fix);
    estate.moto.run(&missing.fix);
    let verdicts = estate.verify().await;
    assert!(not_ok(&verdicts).is_empty(), "{verdicts:#?}");

    // A member whose role asks for another external id.
    let other = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Condition": {"StringEquals": {"sts:ExternalId": ["something-else"]}}}]});
    estate.inside(
        &shop,
        &format!("aws iam update-assume-role-policy --role-name sightline-scanner --policy-document '{other}'"),
    );
    let verdicts = estate.verify().await;
    let [other] = not_ok(&verdicts)[..] else { panic!("{verdicts:#?}") };
    assert!(other.target.contains(&shop) && other.reason.contains("another external id"), "{other:#?}");
    let by_hand = other.fix.lines().filter_map(|line| line.strip_prefix("#   "));
    let command: Vec<&str> = by_hand.collect();
    estate.inside(&shop, &command.join("\n"));
    let verdicts = estate.verify().await;
    assert!(not_ok(&verdicts).is_empty(), "{verdicts:#?}");

    // A unit alone, and one that is not there.
    let given = Given { organizational_units: vec![estate.unit.clone()], ..estate.given.clone() };
    let verdicts = verify(estate.moto.connect(KEY, &[]), &given).await;
    assert_eq!(verdicts.len(), 4, "{verdicts:#?}");
    let given = Given { organizational_units: vec!["ou-ab12-34567890".into()], ..given };
    let verdicts = verify(estate.moto.connect(KEY, &[]), &given).await;
    assert_eq!((verdicts.len(), verdicts[0].status), (1, State::Wrong), "{verdicts:#?}");
}

/// Organizations as it answers these calls: by operation, a status and a body.
struct Organizations(BTreeMap<&'static str, (u16, Value)>);

impl Respond for Organizations {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let target = request.headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (status, body) = self.0[target.rsplit('.').next().unwrap()].clone();
        ResponseTemplate::new(status).set_body_json(body)
    }
}

async fn asked(given: &Given, answers: impl IntoIterator<Item = (&'static str, u16, Value)>) -> Vec<Verdict> {
    let server = MockServer::start().await;
    let answers = answers.into_iter().map(|(operation, status, body)| (operation, (status, body))).collect();
    Mock::given(any()).respond_with(Organizations(answers)).mount(&server).await;
    let emulated = Emulated {
        endpoint: server.uri(),
        access_key_id: KEY.into(),
        region: "us-east-1".into(),
        ..Emulated::default()
    };
    verify(Aws::emulated(emulated), given).await
}

#[tokio::test]
async fn an_account_alone() {
    let alone = || (400, json!({"__type": "AWSOrganizationsNotInUseException", "Message": "not in use"}));
    let denied = || (400, json!({"__type": "AccessDeniedException", "Message": "no"}));
    let nobody = Given { organizational_units: vec![], ..plain() };
    let one = async |given: &Given, operation, (status, body)| {
        let verdicts = asked(given, [(operation, status, body)]).await;
        let [verdict] = &verdicts[..] else { panic!("{verdicts:#?}") };
        (verdict.status, verdict.reason.clone())
    };
    let (status, reason) = one(&nobody, "ListAccounts", alone()).await;
    assert_eq!(status, State::Ok);
    assert!(reason.starts_with("nothing to do"), "{reason}");
    assert_eq!(one(&nobody, "ListAccounts", denied()).await.0, State::Ok);
    assert_eq!(
        one(&nobody, "ListAccounts", (400, json!({"__type": "InvalidInputException"}))).await.0,
        State::CannotTell
    );
    assert_eq!(one(&plain(), "ListAccountsForParent", alone()).await.0, State::Wrong);
    let given = Given { delegated_administrator: Some(ACCOUNT.into()), ..nobody };
    let (status, reason) = one(&given, "ListAccounts", denied()).await;
    assert_eq!(status, State::CannotTell);
    assert!(reason.contains("`organizations:ListAccounts`"), "{reason}");
}

#[tokio::test]
async fn the_scanners_account_may_list() {
    let given = Given { delegated_administrator: Some("210987654321".into()), ..plain() };
    let listing = || {
        [("ListAccountsForParent", 200, json!({"Accounts": []})), ("ListOrganizationalUnitsForParent", 200, json!({}))]
    };
    let answers = |status, body: Value| listing().into_iter().chain([("DescribeResourcePolicy", status, body)]);
    let none = json!({"__type": "ResourcePolicyNotFoundException"});
    let verdicts = asked(&given, answers(400, none)).await;
    let [missing] = not_ok(&verdicts)[..] else { panic!("{verdicts:#?}") };
    assert_eq!(missing.status, State::Missing);
    assert!(missing.fix.starts_with("aws organizations put-resource-policy"), "{}", missing.fix);

    let words = shlex::split(&missing.fix.replace("\\\n", " ")).unwrap();
    let policy = |content: &str| json!({"ResourcePolicy": {"Content": content}});
    let verdicts = asked(&given, answers(200, policy(words.last().unwrap()))).await;
    assert!(not_ok(&verdicts).is_empty(), "{verdicts:#?}");

    let other = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Kept", "Effect": "Deny", "Principal": "*", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}"#;
    let verdicts = asked(&given, answers(200, policy(other))).await;
    let [missing] = not_ok(&verdicts)[..] else { panic!("{verdicts:#?}") };
    assert!(missing.fix.contains("Kept") && missing.fix.contains("ScannerListsAccounts"), "{}", missing.fix);

    // The account itself: that it was answered is the proof.
    let itself = Given { delegated_administrator: Some(ACCOUNT.into()), ..given };
    let verdicts = asked(&itself, listing()).await;
    assert!(
        not_ok(&verdicts).is_empty() && verdicts[0].reason == "it may list the organization's accounts",
        "{verdicts:#?}"
    );
}
