//! An HTTPS request with a notice as JSON, signed as Standard Webhooks are: <https://www.standardwebhooks.com>. The receiver makes the same
//! code of what it got, and compares; the time in it tells what was sent again by somebody else.

use super::channel::{Post, Refused, taken, unready};
use super::hmac::hmac;
use crate::config::{Address, SecretFrom};
use crate::web::Web;
use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{Request, header};

/// What stands before a key that is written in base64.
const PREFIX: &str = "whsec_";

/// The shortest key, in bytes.
const SHORTEST: usize = 16;

pub(super) async fn send(web: &Web, url: &Address, secret: &SecretFrom, post: &Post<'_>) -> Result<(), Refused> {
    let request = request(url, secret, post).map_err(unready)?;
    let answer = web.send(request).await.map_err(|error| Refused::Later(error.to_string()))?;
    taken(&answer)
}

fn request(url: &Address, secret: &SecretFrom, post: &Post<'_>) -> anyhow::Result<Request<Vec<u8>>> {
    let url = match url {
        Address::Said(url) => url.clone(),
        Address::Kept(from) => trusted(from)?,
    };
    let body = serde_json::to_vec(post.notice)?;
    let (id, at) = (post.id, post.at.as_second());
    let signature = signature(&key(secret)?, id, at, &body);
    let request = Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("sightline/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature);
    Ok(request.body(body)?)
}

/// A URL that is kept outside of the configuration: checked when it is read, and never repeated.
pub(super) fn trusted(from: &SecretFrom) -> anyhow::Result<String> {
    let url = from.read()?;
    let uri: Option<http::Uri> = url.parse().ok();
    let is_here = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let is_private = uri.as_ref().is_some_and(|uri| match uri.scheme_str() {
        Some("https") => uri.host().is_some(),
        Some("http") => uri.host().is_some_and(is_here),
        _ => false,
    });
    ensure!(is_private, "{} holds no URL that begins with `https://`", from.place());
    Ok(url)
}

fn key(secret: &SecretFrom) -> anyhow::Result<Vec<u8>> {
    let text = secret.read()?;
    let key = match text.strip_prefix(PREFIX) {
        Some(coded) => BASE64_STANDARD
            .decode(coded)
            .ok()
            .with_context(|| format!("{} is no base64 behind `{PREFIX}`", secret.place()))?,
        None => text.into_bytes(),
    };
    ensure!(key.len() >= SHORTEST, "the key in {} is shorter than {SHORTEST} bytes", secret.place());
    Ok(key)
}

/// `v1,` and the code of id, time and body.
fn signature(key: &[u8], id: &str, at: i64, body: &[u8]) -> String {
    let mut message = format!("{id}.{at}.").into_bytes();
    message.extend_from_slice(body);
    format!("v1,{}", BASE64_STANDARD.encode(hmac(key, &message)))
}

#[cfg(test)]
mod tests {
    use super::signature;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    /// The example of the specification's own libraries.
    #[test]
    fn a_known_signature() {
        let key = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let made = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
