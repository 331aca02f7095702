//! What is asked of the provider: who it is, where people go, and who came back.

use super::pass::{Key, Pass};
use super::refused::Refused;
use crate::config::Oidc;
use crate::web::{Web, WebError};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken,
    CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse as _,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long what the provider says of itself is taken for true.
const KNOWN_FOR: Duration = Duration::from_secs(300);

/// How long at least, also where a key is missing in it.
const ASKED_EVERY: Duration = Duration::from_secs(10);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A provider, and this server as it knows it.
pub(super) struct Provider {
    settings: Oidc,
    secret: Option<ClientSecret>,
    web: Web,
    known: Mutex<Option<(Instant, Arc<CoreProviderMetadata>)>>,
}

/// Why what a provider sent was not taken.
enum Unfit {
    /// With keys that are not known: they may be new
    Key(String),
    Other(String),
}

impl Provider {
    pub(super) fn new(settings: Oidc, secret: Option<String>, web: Web) -> Self {
        Self { settings, secret: secret.map(ClientSecret::new), web, known: Mutex::default() }
    }

    /// Where people go to sign in.
    pub(super) async fn entrance(&self, pass: &Pass, key: &Key) -> Result<String, Refused> {
        let client = self.client(&*self.known(KNOWN_FOR).await?)?;
        let (state, nonce) = (CsrfToken::new(pass.state(key)), Nonce::new(pass.nonce(key)));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(pass.verifier(key)));
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, _, _) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        Ok(url.to_string())
    }

    /// The claims of who came back with this code: its ID token is the provider's, for this server, of this sign-in, and not over.
    pub(super) async fn claims(&self, code: String, pass: &Pass, key: &Key) -> Result<Map<String, Value>, Refused> {
        let client = self.client(&*self.known(KNOWN_FOR).await?)?;
        let http = self.http();
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| Refused::Unverified(format!("the provider has no token endpoint: {error}")))?
            .set_pkce_verifier(PkceCodeVerifier::new(pass.verifier(key)))
            .request_async(&http)
            .await
            .map_err(not_exchanged)?;
        let token = answer.id_token().ok_or_else(|| Refused::Unverified("the provider sent no ID token".to_owned()))?;
        let nonce = Nonce::new(pass.nonce(key));
        match verified(&client, token, &nonce) {
            Ok(()) => {}
            // The provider may have new keys.
            Err(Unfit::Key(_)) => {
                let client = self.client(&*self.known(ASKED_EVERY).await?)?;
                verified(&client, token, &nonce)
                    .map_err(|(Unfit::Key(why) | Unfit::Other(why))| Refused::Unverified(why))?;
            }
            Err(Unfit::Other(why)) => return Err(Refused::Unverified(why)),
        }
        payload(token).ok_or_else(|| Refused::Unverified("the ID token has no claims".to_owned()))
    }

    /// What the provider says of itself; asked anew where that is older.
    async fn known(&self, at_most: Duration) -> Result<Arc<CoreProviderMetadata>, Refused> {
        // One asks, the others wait for the answer.
        let mut known = self.known.lock().await;
        if let Some((_, said)) = known.as_ref().filter(|(at, _)| at.elapsed() < at_most) {
            return Ok(Arc::clone(said));
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone())
            .map_err(|error| Refused::Unverified(format!("the issuer is no URL: {error}")))?;
        let http = self.http();
        let said = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(not_discovered)?;
        let said = Arc::new(said);
        *known = Some((Instant::now(), Arc::clone(&said)));
        Ok(said)
    }

    fn client(&self, known: &CoreProviderMetadata) -> Result<Client, Refused> {
        let redirect = RedirectUrl::new(self.settings.redirect_url.clone())
            .map_err(|error| Refused::Unverified(format!("the redirect URL is none: {error}")))?;
        let client_id = ClientId::new(self.settings.client_id.clone());
        let mut client = CoreClient::from_provider_metadata(known.clone(), client_id, self.secret.clone())
            .set_redirect_uri(redirect);
        let methods = known.token_endpoint_auth_methods_supported().map(Vec::as_slice).unwrap_or_default();
        let takes = |method| methods.contains(&method);
        if takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic) {
            client = client.set_auth_type(AuthType::RequestBody);
        }
        Ok(client)
    }

    /// How requests are sent. It borrows nothing, or who waits for an answer could not move between threads.
    fn http(&self) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, WebError>> + Send + Sync + use<> {
        let web = self.web.clone();
        move |request| {
            let web = web.clone();
            Box::pin(async move { Ok(web.send(request).await?.map(|body| body.to_vec())) })
        }
    }
}

fn verified(client: &Client, token: &CoreIdToken, nonce: &Nonce) -> Result<(), Unfit> {
    use CoreJwsSigningAlgorithm as Alg;
    // Signed with the provider's own key. A provider may list `none` among what it supports: it is never taken.
    let signed = [
        Alg::RsaSsaPkcs1V15Sha256,
        Alg::RsaSsaPkcs1V15Sha384,
        Alg::RsaSsaPkcs1V15Sha512,
        Alg::RsaSsaPssSha256,
        Alg::RsaSsaPssSha384,
        Alg::RsaSsaPssSha512,
        Alg::EcdsaP256Sha256,
        Alg::EcdsaP384Sha384,
        Alg::EdDsa,
    ];
    let verifier = client.id_token_verifier().set_allowed_algs(signed);
    match token.claims(&verifier, nonce) {
        Ok(_) => Ok(()),
        Err(ClaimsVerificationError::SignatureVerification(error)) => {
            Err(Unfit::Key(format!("the ID token is not signed by the provider: {error}")))
        }
        Err(error) => Err(Unfit::Other(format!("the ID token does not hold: {error}"))),
    }
}

/// The claims as they stand in a token that was verified: roles may be in any of them.
fn payload(token: &CoreIdToken) -> Option<Map<String, Value>> {
    let text = token.to_string();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Never with what the provider sent: there may be tokens in it.
fn not_exchanged(
    error: RequestTokenError<WebError, openidconnect::StandardErrorResponse<CoreErrorResponseType>>,
) -> Refused {
    match error {
        RequestTokenError::ServerResponse(said) if *said.error() == CoreErrorResponseType::InvalidGrant => {
            Refused::Stale
        }
        RequestTokenError::ServerResponse(said) => {
            Refused::Unverified(format!("the provider does not take the code: {}", said.error().as_ref()))
        }
        RequestTokenError::Request(error) => Refused::Unreachable(error.to_string()),
        RequestTokenError::Parse(..) => Refused::Unverified("the provider's answer to the code is no JSON".to_owned()),
        RequestTokenError::Other(why) => Refused::Unverified(why),
    }
}

fn not_discovered(error: DiscoveryError<WebError>) -> Refused {
    match error {
        DiscoveryError::Request(error) => Refused::Unreachable(error.to_string()),
        DiscoveryError::Response(status, _, _) => {
            Refused::Unreachable(format!("the provider answers with status {status} to what it should say of itself"))
        }
        other => Refused::Unverified(format!("what the provider says of itself does not hold: {other}")),
    }
}
