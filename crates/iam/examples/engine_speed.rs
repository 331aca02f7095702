//! How fast the engine answers, by hand: `cargo run -p sightline-iam --example engine_speed -- FILE`, an organization as
//! `--org` reads it, with the questions that it asks; without a file, 10,000 principals and 200 models. With `--check` a sample
//! of the answers is compared with the interpreter's.
#![expect(clippy::print_stdout, reason = "a program for people")]

use sightline_iam::direct::{Direct, Interpreter};
use sightline_iam::engine::Engine;
use sightline_iam::organization::{Organization, Question};
use sightline_iam::solve::Tri;
use std::fmt::Write as _;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = match args.iter().find(|arg| !arg.starts_with("--")) {
        Some(file) => std::fs::read(file)?,
        None => generated(10_000, 200).into_bytes(),
    };
    println!("{:>9.1} MB of text, {}", text.len() as f64 / 1e6, memory());
    let start = Instant::now();
    let (organization, mut questions) = Organization::read(&text)?;
    println!("{:>9.3} s  read, {}", start.elapsed().as_secs_f64(), memory());
    drop(text);
    if args.iter().any(|arg| arg == "--roles") {
        let roles = organization.principals.iter().filter(|principal| principal.arn.contains(":role/"));
        questions = roles.map(|role| Question::new("sts:AssumeRole", &role.arn, &role.account)).collect();
    }
    let start = Instant::now();
    let engine = Engine::new(&organization);
    println!("{:>9.3} s  compiled, {}", start.elapsed().as_secs_f64(), memory());
    let start = Instant::now();
    let answers = engine.answer(&questions);
    println!("{:>9.3} s  answered, {}", start.elapsed().as_secs_f64(), memory());
    let count = |tri| answers.iter().flatten().filter(|(_, answer)| answer.tri == tri).count();
    let (allow, conditional) = (count(Tri::Allow), count(Tri::Conditional));
    println!(
        "{} principals, {} questions: {allow} allowed, {conditional} conditional",
        organization.principals.len(),
        questions.len()
    );
    if args.iter().any(|arg| arg == "--check") {
        check(&organization, &questions, &answers);
    }
    Ok(())
}

fn check(organization: &Organization, questions: &[Question], answers: &[Vec<(usize, sightline_iam::direct::Answer)>]) {
    let interpreter = Interpreter { organization };
    let (mut pairs, mut wrong) = (0, 0);
    for (question, answers) in questions.iter().zip(answers).step_by(questions.len().div_ceil(20).max(1)) {
        for principal in (0..organization.principals.len()).step_by(organization.principals.len().div_ceil(200).max(1))
        {
            let right = interpreter.one(principal, question).filter(|answer| answer.tri != Tri::Deny);
            let fast = answers.iter().find(|(place, _)| *place == principal).map(|(_, answer)| answer);
            pairs += 1;
            wrong += usize::from(fast != right.as_ref());
        }
    }
    println!("{pairs} pairs compared with the interpreter, {wrong} differ");
}

/// Principals with some policies of their own and some that many have, in accounts under two levels of control policies.
fn generated(principals: usize, models: usize) -> String {
    let mut all = String::new();
    for at in 0..principals {
        let account = 100_000_000_000_u64 + (at % 20) as u64;
        let own = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["bedrock:InvokeModel*","s3:Get*"],"Resource":["arn:aws:bedrock:*::foundation-model/m{}*","arn:aws:s3:::b-{at}/*"]}},{{"Effect":"Deny","Action":"bedrock:*","Resource":"*","Condition":{{"StringNotEquals":{{"aws:PrincipalTag/team":["t{}","t1"]}}}}}}]}}"#,
            at % 10,
            at % 7
        );
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(
            all,
            r#"{comma}{{"arn":"arn:aws:iam::{account}:role/r{at}","account":"{account}","kind":"role","managed":["shared-{}","shared-{}","shared-{}","shared-{}"],"inline":[{own}],"tags":{{"team":"t{}"}},"trust":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"arn:aws:iam::{account}:root"}}}}]}}}}"#,
            at % 40,
            at % 30,
            at % 20,
            at % 11,
            at % 9
        );
    }
    let accounts: Vec<String> = (0..20).map(|at| format!(r#""{}""#, 100_000_000_000_u64 + at)).collect();
    let attachments: Vec<String> =
        accounts.iter().map(|account| format!(r#"{account}:[["root","root"],["ou","ou"]]"#)).collect();
    let shared: Vec<String> = (0..40)
        .map(|at| {
            format!(
                r#""shared-{at}":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["bedrock:Invoke*","sts:AssumeRole"],"Resource":["arn:aws:bedrock:us-*::foundation-model/m{at}-*","arn:aws:iam::*:role/r{at}*"]}}]}}"#
            )
        })
        .collect();
    let asked: Vec<String> = (0..models)
        .map(|at| {
            let region = if at % 2 == 0 { "us-east-1" } else { "eu-west-1" };
            format!(r#"{{"action":"bedrock:InvokeModel","resource":"arn:aws:bedrock:{region}::foundation-model/m{}-{at}"}}"#, at % 50)
        })
        .collect();
    format!(
        r#"{{"org_id":"o-1","accounts":[{}],"scps":{{"root":[{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*"}}}}],"ou":[{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny","Action":"bedrock:*","Resource":"*","Condition":{{"StringNotLike":{{"aws:RequestedRegion":"us-*"}},"ArnNotLike":{{"aws:PrincipalArn":"arn:aws:iam::*:role/r1*"}}}}}}]}}]}},"scp_attachments":{{{}}},"managed_policies":{{{}}},"principals":[{all}],"expected":[{}]}}"#,
        accounts.join(","),
        attachments.join(","),
        shared.join(","),
        asked.join(",")
    )
}

/// Resident memory, now and at most so far.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse::<f64>().ok());
        line.map_or_else(|| "?".to_owned(), |kilobytes| format!("{:.0}", kilobytes / 1024.0))
    };
    format!("{} MB, at most {} MB", of("VmRSS:"), of("VmHWM:"))
}
