//! `[serve]`: what `sightline serve` is told beside its flags. It is read when the server starts.

use super::file::Fault;
use crate::serve::auth::Role;
use anyhow::Context as _;
use http::Uri;
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The path of the redirect URL, which the provider must know.
const CALLBACK: &str = "/api/v1/oidc/callback";

/// The longest name, in characters, and the most roles that are mapped.
const LONGEST: usize = 300;
const MOST_ROLES: usize = 500;

/// The largest file of a secret, in bytes.
const LONGEST_SECRET: u64 = 16 << 10;

/// How long a session may be.
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);
const USUAL: SignedDuration = SignedDuration::from_hours(8);
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(24);

/// What the server is told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Serve {
    /// Collector of OpenTelemetry that gets traces and metrics, as `http://host:4318`
    pub(crate) otlp: Option<String>,
    /// Sign-in by a provider of OpenID Connect
    pub(crate) oidc: Option<Oidc>,
}

/// Sign-in by a provider of OpenID Connect.
#[derive(Debug, Clone)]
pub(crate) struct Oidc {
    /// What people call the provider
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) secret: Option<SecretFrom>,
    /// Beside `openid`
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_url: String,
    /// The claim that tells roles
    pub(crate) claim: String,
    /// Role by value of the claim
    pub(crate) roles: BTreeMap<String, Role>,
    /// How long a session lasts
    pub(crate) session: SignedDuration,
}

/// Where a secret is. It never stands in the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretFrom {
    /// A variable of the environment
    Variable(String),
    /// A file, as seen from the configuration's folder
    File(PathBuf),
}

impl SecretFrom {
    /// Where it is, in words.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Variable(name) => format!("the variable `{name}`"),
            Self::File(path) => format!("the file `{}`", path.display()),
        }
    }

    /// The secret itself, without blanks around it.
    ///
    /// # Errors
    /// The variable is not set, or the file cannot be read, is empty or is no secret by its size.
    pub(crate) fn read(&self) -> anyhow::Result<String> {
        let place = self.place();
        let text = match self {
            Self::Variable(name) => crate::world::variable(name).with_context(|| format!("{place} is not set"))?,
            Self::File(path) => {
                let mut text = String::new();
                let file = std::fs::File::open(path).with_context(|| format!("cannot read {place}"))?;
                file.take(LONGEST_SECRET + 1)
                    .read_to_string(&mut text)
                    .with_context(|| format!("cannot read {place}"))?;
                // Half a secret is none.
                anyhow::ensure!(text.len() as u64 <= LONGEST_SECRET, "{place} is larger than {LONGEST_SECRET} bytes");
                text
            }
        };
        anyhow::ensure!(!text.trim().is_empty(), "{place} is empty");
        Ok(text.trim().to_owned())
    }
}

/// As it is written in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    otlp: Option<Spanned<String>>,
    oidc: Option<WrittenOidc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOidc {
    name: Option<Spanned<String>>,
    issuer: Spanned<String>,
    client_id: Spanned<String>,
    client_secret_env: Option<Spanned<String>>,
    client_secret_file: Option<Spanned<PathBuf>>,
    #[serde(default)]
    scopes: Vec<Spanned<String>>,
    redirect_url: Spanned<String>,
    claim: Spanned<String>,
    roles: Spanned<BTreeMap<String, Role>>,
    session: Option<Spanned<String>>,
}

impl Written {
    /// What it means; files are seen from this folder.
    pub(super) fn read(self, folder: &Path) -> Result<Serve, Fault> {
        Ok(Serve {
            otlp: self.otlp.map(collector).transpose()?,
            oidc: self.oidc.map(|oidc| oidc.read(folder)).transpose()?,
        })
    }
}

impl WrittenOidc {
    fn read(self, folder: &Path) -> Result<Oidc, Fault> {
        let issuer = private(&self.issuer)?;
        let host = host_of(&issuer).unwrap_or_default();
        let redirect_url = private(&self.redirect_url)?;
        if redirect_url.parse::<Uri>().ok().is_none_or(|uri| uri.path() != CALLBACK || uri.query().is_some()) {
            let help = format!("give the server's own address and `{CALLBACK}`, as the provider knows it");
            return Err(fault(&self.redirect_url, "nobody answers there", &help));
        }
        let secret = match (self.client_secret_env, self.client_secret_file) {
            (Some(_), Some(file)) => {
                return Err(fault(&file, "the secret is in one place", "leave one of the two out"));
            }
            (Some(name), None) => Some(SecretFrom::Variable(said(&name)?)),
            (None, Some(file)) => Some(SecretFrom::File(folder.join(file.into_inner()))),
            (None, None) => None,
        };
        if self.roles.get_ref().is_empty() || self.roles.get_ref().len() > MOST_ROLES {
            let help = "write `\"value of the claim\" = \"viewer\"`, `\"operator\"` or `\"admin\"`, one line each";
            return Err(fault(&self.roles, "nobody could sign in: no role is mapped, or far too many", help));
        }
        Ok(Oidc {
            name: self.name.as_ref().map(said).transpose()?.unwrap_or(host),
            client_id: said(&self.client_id)?,
            secret,
            scopes: self.scopes.iter().map(said).collect::<Result<_, _>>()?,
            claim: said(&self.claim)?,
            session: self.session.as_ref().map(length).transpose()?.unwrap_or(USUAL),
            roles: self.roles.into_inner(),
            issuer,
            redirect_url,
        })
    }
}

fn collector(text: Spanned<String>) -> Result<String, Fault> {
    let uri: Option<Uri> = text.get_ref().parse().ok();
    if uri.as_ref().is_none_or(|uri| !matches!(uri.scheme_str(), Some("http" | "https")) || uri.query().is_some()) {
        return Err(fault(&text, "this is no address of a collector", "give one such as `http://127.0.0.1:4318`"));
    }
    Ok(text.into_inner())
}

/// An URL whose answers nobody on the way can change: HTTPS, or on this machine.
pub(super) fn private(text: &Spanned<String>) -> Result<String, Fault> {
    let uri: Option<Uri> = text.get_ref().parse().ok();
    let is_private = uri.as_ref().is_some_and(|uri| match uri.scheme_str() {
        Some("https") => uri.host().is_some(),
        Some("http") => uri.host().is_some_and(is_here),
        _ => false,
    });
    if !is_private {
        return Err(fault(
            text,
            "this is no URL that can be trusted",
            "it begins with `https://`; `http://` is for this machine alone",
        ));
    }
    Ok(text.get_ref().clone())
}

fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn host_of(url: &str) -> Option<String> {
    Some(url.parse::<Uri>().ok()?.host()?.to_owned())
}

fn said(text: &Spanned<String>) -> Result<String, Fault> {
    let said = text.get_ref();
    let fits = !said.trim().is_empty() && said.chars().count() <= LONGEST && !said.chars().any(char::is_control);
    if fits {
        Ok(said.clone())
    } else {
        Err(fault(text, "this says nothing, or too much", "write 1 to 300 characters"))
    }
}

fn length(text: &Spanned<String>) -> Result<SignedDuration, Fault> {
    let length: Option<SignedDuration> = text.get_ref().parse().ok();
    length
        .filter(|length| (SHORTEST..=LONGEST_SESSION).contains(length))
        .ok_or_else(|| fault(text, "this is no length of a session", "give 5 minutes (`5m`) to a day (`24h`)"))
}

fn fault<T>(of: &Spanned<T>, message: &str, help: &str) -> Fault {
    Fault { span: of.span(), message: message.to_owned(), help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::fault::FileFault;

    const WHOLE: &str = "[serve]\notlp = \"http://127.0.0.1:4318\"\n[serve.oidc]\nissuer = \"https://login.example\"\nclient_id = \"sightline\"\n\
        client_secret_env = \"SECRET\"\nscopes = [\"groups\"]\nredirect_url = \"https://sight.example/api/v1/oidc/callback\"\nclaim = \"groups\"\n\
        session = \"1h\"\n[serve.oidc.roles]\n\"sec\" = \"operator\"\n";

    fn read(text: &str) -> Result<Serve, String> {
        let config = Config::of_text(Path::new("conf/sightline.toml"), text.to_owned());
        let shown = |error: anyhow::Error| error.downcast_ref::<FileFault>().map_or_else(String::new, FileFault::shown);
        config.map(|config| config.serve).map_err(shown)
    }

    #[test]
    fn everything_that_can_be_said() {
        let serve = read(WHOLE).unwrap();
        let oidc = serve.oidc.unwrap();
        assert_eq!((oidc.name.as_str(), oidc.session), ("login.example", SignedDuration::from_hours(1)));
        assert_eq!(oidc.secret, Some(SecretFrom::Variable("SECRET".to_owned())));
        assert_eq!(oidc.roles.get("sec"), Some(&Role::Operator));
        assert_eq!(serve.otlp.as_deref(), Some("http://127.0.0.1:4318"));
        let file = read(&WHOLE.replace("_env = \"SECRET\"", "_file = \"secret\"")).unwrap().oidc.unwrap();
        assert_eq!(file.secret, Some(SecretFrom::File("conf/secret".into())), "files are seen from the file");
        assert!(read("").unwrap().oidc.is_none());
    }

    #[test]
    fn what_cannot_be_safe_is_refused() {
        for (from, to, says) in [
            ("https://login.example", "http://login.example", "begins with `https://`"),
            ("https://login.example", "login.example", "begins with `https://`"),
            ("https://sight.example/api", "http://sight.example/api", "begins with `https://`"),
            ("/api/v1/oidc/callback", "/callback", "/api/v1/oidc/callback"),
            ("\"1h\"", "\"30d\"", "5 minutes"),
            ("\"1h\"", "\"soon\"", "5 minutes"),
            ("\"operator\"", "\"root\"", "unknown variant `root`"),
            ("\"sec\" = \"operator\"\n", "", "no role is mapped"),
            ("client_secret_env = \"SECRET\"", "client_secret = \"s3cret\"", "unknown field `client_secret`"),
            ("claim = \"groups\"", "claim = \"\"", "says nothing"),
            ("http://127.0.0.1:4318", "127.0.0.1:4318", "no address of a collector"),
        ] {
            assert!(WHOLE.contains(from), "{from}");
            let error = read(&WHOLE.replace(from, to)).unwrap_err();
            assert!(error.contains(says), "{to}: {error}");
        }
        let local = WHOLE
            .replace("https://login.example", "http://127.0.0.1:9")
            .replace("https://sight.example", "http://localhost:8480");
        assert!(read(&local).is_ok(), "on this machine nobody is on the way");
    }
}
