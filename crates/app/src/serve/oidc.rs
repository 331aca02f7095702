//! Sign-in by a provider of OpenID Connect: the authorization code with PKCE, state and nonce. Whoever comes back with a verified ID token and a
//! role that is mapped gets a session: a token that ends soon, kept as all tokens are.

mod handover;
mod pass;
mod person;
mod provider;
mod refused;

pub(crate) use pass::Pass;
pub(crate) use person::Person;
pub(crate) use refused::Refused;

use crate::config::{Oidc, SecretFrom};
use crate::web::Web;
use crate::world;
use anyhow::Context as _;
use handover::Handover;
use jiff::{SignedDuration, Timestamp};
use provider::Provider;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

/// The cookie that a browser is known by while it signs in. It opens nothing by itself.
const COOKIE: &str = "sightline-sign-in";

/// Sign-ins at once that ask the provider; more wait.
const PLACES: usize = 8;

/// What the provider's answer says, as it stands behind the `?`.
pub(crate) struct Return<'r> {
    pub(crate) code: Option<&'r str>,
    pub(crate) state: Option<&'r str>,
    pub(crate) error: Option<&'r str>,
    /// the issuer (RFC 9207), where the provider says so
    pub(crate) issuer: Option<&'r str>,
}

/// The sign-in of a server.
pub(crate) struct SignIn {
    settings: Oidc,
    provider: Provider,
    key: pass::Key,
    handover: Handover,
    places: Semaphore,
}

impl SignIn {
    /// As the configuration has it. The provider is not asked before somebody signs in.
    ///
    /// # Errors
    /// The client's secret cannot be read.
    pub(crate) fn new(settings: Oidc) -> anyhow::Result<Self> {
        let secret = settings
            .secret
            .as_ref()
            .map(SecretFrom::read)
            .transpose()
            .context("sign-in by OpenID Connect cannot be set up")?;
        Ok(Self {
            provider: Provider::new(settings.clone(), secret, Web::new()?),
            settings,
            key: world::secret()?,
            handover: Handover::default(),
            places: Semaphore::new(PLACES),
        })
    }

    /// What people call the provider.
    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// How long a session lasts.
    pub(crate) fn session(&self) -> SignedDuration {
        self.settings.session
    }

    /// Where to go, and the pass to come back with.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) async fn begin(&self, entropy: [u8; 32], now: Timestamp) -> Result<(String, Pass), Refused> {
        let pass = Pass::new(entropy, now);
        let _place = self.places.acquire().await;
        Ok((self.provider.entrance(&pass, &self.key).await?, pass))
    }

    /// Who came back, by a code for the console. `entropy` is used up by it.
    ///
    /// # Errors
    /// [`Refused`].
    pub(crate) async fn end(
        &self,
        pass: Option<Pass>,
        back: Return<'_>,
        entropy: [u8; 32],
        now: Timestamp,
    ) -> Result<String, Refused> {
        let pass = pass.filter(|pass| !pass.is_over(now)).ok_or(Refused::Stale)?;
        let state = back.state.unwrap_or_default();
        // INVARIANT: first of all, so that nothing which another browser began is looked at.
        if !bool::from(pass.state(&self.key).as_bytes().ct_eq(state.as_bytes())) {
            return Err(Refused::Stale);
        }
        if back.issuer.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(Refused::Unverified("another provider answered".to_owned()));
        }
        let code = match (back.code, back.error) {
            (Some(code), None) => code.to_owned(),
            (_, Some("access_denied" | "login_required" | "consent_required" | "interaction_required")) => {
                return Err(Refused::Denied);
            }
            (_, Some(_)) => return Err(Refused::Unverified("the provider answered with an error".to_owned())),
            (None, None) => return Err(Refused::Unverified("the provider sent no code".to_owned())),
        };
        let claims = {
            let _place = self.places.acquire().await;
            self.provider.claims(code, &pass, &self.key).await?
        };
        let subject = claims.get("sub").and_then(serde_json::Value::as_str).unwrap_or_default();
        let name = person::name(&claims, subject);
        let role =
            person::role(&claims, &self.settings).ok_or_else(|| Refused::NoRole(format!("{name} ({subject})")))?;
        let person = Person { issuer: self.settings.issuer.clone(), subject: subject.to_owned(), name, role };
        Ok(self.handover.put(entropy, pass.hash(&self.key), person, now))
    }

    /// Who has this code, in this browser. It is used up.
    pub(crate) fn redeem(&self, code: &str, pass: Option<Pass>, now: Timestamp) -> Option<Person> {
        self.handover.take(code, &pass?.hash(&self.key), now)
    }

    /// The pass in a browser's cookies.
    pub(crate) fn pass_of(cookies: &str) -> Option<Pass> {
        let value = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
        Pass::of(value)
    }

    /// The cookie of a pass; one that ends at once where there is none.
    pub(crate) fn cookie(&self, pass: Option<&Pass>) -> String {
        let (value, age) = pass.map_or((String::new(), 0), |pass| (pass.text(), 600));
        let secure = if self.settings.redirect_url.starts_with("https://") { "; Secure" } else { "" };
        // `Lax`: it must come along when the provider sends people back.
        format!("{COOKIE}={value}; Path=/api/v1; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
    }
}
