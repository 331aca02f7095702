//! Asks a scheduler how it is: it answers HTTP on the port that it takes plans on.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// How long a scheduler may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The port of a scheduler where none is named.
const PORT: u16 = 50050;
/// What is read of an answer, in bytes.
const MOST: u64 = 4096;

/// The URL of a scheduler, from what a person writes: `http://host:50050`, `df://host:50050` or `host:50050`.
pub(super) fn scheduler(text: &str) -> Result<Url, String> {
    const FORM: &str = "is no address of a scheduler; write `http://host:50050`";
    let rest = match text.split_once("://") {
        Some(("http" | "df", rest)) => rest,
        Some(("https", _)) => {
            return Err("has `https`, which schedulers do not speak; write `http://host:50050`".into());
        }
        Some(_) => return Err(FORM.into()),
        None => text,
    };
    let mut url = Url::parse(&format!("http://{rest}")).map_err(|_| FORM.to_owned())?;
    let is_plain = url.path() == "/" && url.query().is_none() && url.username().is_empty() && url.password().is_none();
    if !is_plain || !url.has_host() {
        return Err(FORM.into());
    }
    if url.port().is_none() {
        url.set_port(Some(PORT)).map_err(|()| FORM.to_owned())?;
    }
    Ok(url)
}

/// Whether the scheduler has an executor. Why not, otherwise.
pub(super) async fn ready(scheduler: &Url) -> Result<(), String> {
    match get(scheduler, "/readyz").await? {
        (200, _) => Ok(()),
        (503, _) => {
            Err(format!("has no executor; start one: `sightline cluster executor --scheduler {}`", shown(scheduler)))
        }
        (status, _) => Err(format!("answers with status {status}: is it a scheduler of sightline?")),
    }
}

/// Whether there is a scheduler. Why not, otherwise.
pub(super) async fn alive(scheduler: &Url) -> Result<(), String> {
    match get(scheduler, "/healthz").await? {
        (200, body) if body.ends_with("ok") => Ok(()),
        (status, _) => Err(format!("answers with status {status}: is it a scheduler of sightline?")),
    }
}

fn shown(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

async fn get(scheduler: &Url, path: &str) -> Result<(u16, String), String> {
    let late = |_| format!("does not answer within {} seconds", PATIENCE.as_secs());
    match timeout(PATIENCE, exchange(scheduler, path)).await.map_err(late)? {
        Ok(answer) => parse(&answer).ok_or_else(|| "answers something that is not HTTP".to_owned()),
        Err(error) => {
            Err(format!("does not answer: {error}; start it (`sightline cluster scheduler`), or leave `--cluster` out"))
        }
    }
}

async fn exchange(scheduler: &Url, path: &str) -> std::io::Result<String> {
    let host = scheduler.host_str().unwrap_or_default();
    let address = (host.trim_matches(['[', ']']), scheduler.port_or_known_default().unwrap_or(PORT));
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Status and body.
fn parse(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut words = head.split(' ');
    if !words.next()?.starts_with("HTTP/1.") {
        return None;
    }
    Some((words.next()?.parse().ok()?, body.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_schedulers_in_several_ways() {
        for text in ["host:50050", "http://host:50050", "http://host:50050/", "df://host:50050", "host", "http://host"]
        {
            assert_eq!(scheduler(text).map(|url| url.to_string()), Ok("http://host:50050/".to_owned()), "{text}");
        }
        assert_eq!(scheduler("[::1]:7").map(|url| url.to_string()), Ok("http://[::1]:7/".to_owned()));
        for text in ["", "https://host:1", "ftp://host", "http://host/path", "http://me:secret@host", "a b"] {
            assert!(scheduler(text).is_err(), "{text}");
        }
    }

    #[test]
    fn answers_are_told_from_noise() {
        assert_eq!(parse("HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\nno\n"), Some((503, "no".to_owned())));
        for noise in ["", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 x\r\n\r\n", "HTTP/1.1 200 OK\r\n"] {
            assert_eq!(parse(noise), None, "{noise}");
        }
    }
}
