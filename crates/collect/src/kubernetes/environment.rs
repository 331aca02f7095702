//! What is kept of a container's environment and command line: names, and the values that say which model or which AWS identity is
//! used. All other values may be secrets, and are not even looked at.

use serde_json::Value;
use sightline_model::untrusted::shortened;
use std::collections::BTreeSet;
use url::Url;

/// Longest value that is kept, in characters.
const VALUE: usize = 300;

/// Words of an argument list that are looked at, and words that are kept.
const WORDS: usize = 1_000;
const KEPT: usize = 100;

/// Variables whose values are kept as they are.
const PLAIN: &[&str] = &[
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/// Ends of names of variables that hold an address; what such an address says of a user or in its query is left out.
const ADDRESSES: &[&str] = &["_BASE_URL", "_API_BASE", "_ENDPOINT", "_ENDPOINT_URL", "_API_URL", "OLLAMA_HOST"];
const ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL";

/// Ends of names of variables that name a model.
const MODELS: &[&str] = &["MODEL", "MODEL_ID", "MODEL_NAME", "MODEL_ARN", "MODELS", "HF_REPO", "MODEL_REPO"];

/// Parts of names whose values are never kept, whatever else the name says.
const SECRETS: &[&str] = &["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH"];

/// Flags whose value is kept.
const FLAGS: &[&str] = &[
    "--alias",
    "--dtype",
    "--hf-repo",
    "--host",
    "--max-model-len",
    "--model",
    "--model-dir",
    "--model-id",
    "--model-name",
    "--model-path",
    "--model-repository",
    "--model-store",
    "--models",
    "--model_dir",
    "--model_id",
    "--model_name",
    "--model_path",
    "--port",
    "--quantization",
    "--served-model-name",
    "--task",
    "--tensor-parallel-size",
    "-hf",
    "-m",
];

/// Words that are kept wherever they stand: programs that serve models, and their commands.
const COMMANDS: &[&str] = &[
    "bentoml",
    "launch",
    "llama-server",
    "lmdeploy",
    "ollama",
    "pull",
    "python",
    "python3",
    "ray",
    "run",
    "serve",
    "sglang",
    "start",
    "text-generation-launcher",
    "torchserve",
    "tritonserver",
    "vllm",
    "worker",
    "xinference",
];

/// What is kept of a variable's value.
pub(crate) fn value(name: &str, value: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    if PLAIN.contains(&upper.as_str()) {
        return Some(shortened(value, VALUE));
    }
    if SECRETS.iter().any(|secret| upper.contains(secret)) {
        return None;
    }
    if upper.starts_with(ENDPOINT_VARIABLE) || ADDRESSES.iter().any(|end| upper.ends_with(end)) {
        return address(value);
    }
    let is_model = MODELS
        .iter()
        .any(|end| upper.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_')));
    if is_model { model(value) } else { None }
}

/// An address without its user and its query.
fn address(value: &str) -> Option<String> {
    let mut url = Url::parse(value).ok().filter(Url::has_host)?;
    // Only addresses that can have none refuse to lose it.
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    // Some addresses have their secret in the path.
    if url.path().split('/').any(|part| part.len() > 24) {
        url.set_path("");
    }
    Some(shortened(url.as_str(), VALUE))
}

/// A text that may be the name, the path or the ARN of a model. A place in S3 is one, a URL with a user is none.
fn model(value: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:/, []".contains(c);
    let fits = !value.is_empty() && value.len() <= VALUE && value.chars().all(plain);
    (fits && !is_key(value)).then(|| value.to_owned())
}

/// Whether a text looks like a key that somebody put where a model's name belongs.
fn is_key(value: &str) -> bool {
    let known = ["sk-", "hf_", "ghp_", "AKIA", "ASIA", "eyJ"].iter().any(|start| value.starts_with(start));
    let long = value.len() >= 32 && value.chars().all(|c| c.is_ascii_alphanumeric());
    known || long
}

/// What is kept of a command line: the program, names of flags, values of those flags that say what is served.
/// Texts with spaces are shell scripts and are looked at word by word. The image's own program goes before what has no `command`.
pub(crate) fn arguments<'a>(
    command: impl Iterator<Item = &'a str>,
    arguments: impl Iterator<Item = &'a str>,
) -> Vec<Value> {
    let mut command = command.peekable();
    let has_program = command.peek().is_some();
    let words = command.chain(arguments);
    let words = words.flat_map(|word| word.split(|c: char| c.is_whitespace() || "'\"`;|&()".contains(c)));
    let mut kept: Vec<String> = Vec::new();
    let mut before = "";
    for (place, word) in words.filter(|word| !word.is_empty()).take(WORDS).enumerate() {
        kept.extend(argument(place == 0 && has_program, before, word));
        before = word;
    }
    let mut seen = BTreeSet::new();
    // A flag may stand twice; its second value is a value of its own.
    kept.into_iter().filter(|word| seen.insert(word.clone())).take(KEPT).map(Value::from).collect()
}

fn argument(is_program: bool, before: &str, word: &str) -> Option<String> {
    if let Some((flag, given)) = word.split_once('=').filter(|_| word.starts_with('-')) {
        let flag = flag_name(flag)?;
        let kept = FLAGS.contains(&flag.as_str()).then(|| model(given)).flatten();
        return Some(kept.map_or_else(|| flag.clone(), |given| format!("{flag}={given}")));
    }
    if word.starts_with('-') {
        return flag_name(word);
    }
    if FLAGS.contains(&before) || ["serve", "run", "pull"].contains(&before) {
        return model(word);
    }
    let name = word.rsplit('/').next().unwrap_or(word);
    let program = is_program || COMMANDS.contains(&word) || ["-m", "python", "python3", "exec"].contains(&before);
    if program { model(name) } else { None }
}

/// A flag as it is written, if it is one.
fn flag_name(word: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (word.len() <= 60 && word.chars().all(plain) && !is_key(word.trim_start_matches('-'))).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_that_are_no_secrets() {
        for (name, given, expected) in [
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/x", Some("arn:aws:iam::123456789012:role/x")),
            ("OPENAI_BASE_URL", "https://me:secret@gateway.local/v1?key=secret#x", Some("https://gateway.local/v1")),
            ("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/", Some("https://x.openai.azure.com/")),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://vpce-1.example", Some("https://vpce-1.example/")),
            (
                "HOOK_BASE_URL",
                "https://hooks.local/services/T0000000000/abcdefghijklmnopqrstuvwxyz",
                Some("https://hooks.local/"),
            ),
            ("HF_MODEL_ID", "meta-llama/Llama-3.1-8B", Some("meta-llama/Llama-3.1-8B")),
            ("MODEL", "s3://models/mine", Some("s3://models/mine")),
            ("MODEL", "hf_abcdefghijklmnop", None),
            ("MODEL_API_KEY", "anything", None),
            ("REMODEL", "x", None),
            ("OPENAI_API_KEY", "sk-secret", None),
            ("HF_TOKEN", "hf_secret", None),
            ("AWS_SECRET_ACCESS_KEY", "secret", None),
            ("AUTH_ENDPOINT", "https://x", None),
            ("DATABASE_URL", "postgres://me:secret@db/x", None),
            ("MODEL_ENDPOINT", "no url with a secret in it", None),
            ("GREETING", "hello", None),
        ] {
            assert_eq!(value(name, given).as_deref(), expected, "{name}={given}");
        }
    }

    #[test]
    fn command_lines_without_their_secrets() {
        let kept = |words: &[&str]| -> Vec<String> {
            arguments(words.iter().copied().take(1), words.iter().copied().skip(1))
                .iter()
                .map(|word| word.as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            kept(&[
                "vllm",
                "serve",
                "meta-llama/Llama-3.1-8B",
                "--api-key",
                "sk-secret",
                "--port=8000",
                "--api-key=secret"
            ]),
            ["vllm", "serve", "meta-llama/Llama-3.1-8B", "--api-key", "--port=8000"]
        );
        assert_eq!(
            kept(&[
                "/bin/sh",
                "-c",
                "export HF_TOKEN=hf_secret; python3 -m vllm.entrypoints.openai.api_server --model 'org/name' --seed 1"
            ]),
            ["sh", "-c", "python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "org/name", "--seed"]
        );
        assert_eq!(kept(&["--password", "hunter2", "hunter3"]), ["--password"]);
        assert!(arguments(std::iter::empty(), ["hunter2"].into_iter()).is_empty());
    }

    proptest! {
        #[test]
        fn no_words_but_known_ones_are_kept(secret in "[a-zA-Z0-9]{8,40}", flag in "--[a-z]{3,12}") {
            prop_assume!(!FLAGS.contains(&flag.as_str()) && !flag.contains(&secret) && !"sidecar".contains(&secret));
            let said = format!("{:?}", arguments(["sidecar"].into_iter(), [secret.as_str(), &flag, &secret, "--model", "m"].into_iter()));
            prop_assert!(!said.contains(&secret), "{}", said);
        }

        #[test]
        fn anything_is_bounded(words in proptest::collection::vec(".{0,400}", 0..40), name in ".{0,40}") {
            let kept = arguments(std::iter::empty(), words.iter().map(String::as_str));
            prop_assert!(kept.len() <= KEPT);
            prop_assert!(kept.iter().all(|word| word.as_str().unwrap().len() <= VALUE + 70));
            for word in &words {
                prop_assert!(value(&name, word).is_none_or(|kept| kept.chars().count() <= VALUE + 1));
            }
        }
    }
}
