//! Models that answer as a script says, down to the bytes on the wire: silences, cuts and flipped bytes are what no mock of HTTP can do.

pub(crate) mod frame;
pub(crate) mod surface;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    /// by name in small letters
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What goes onto the wire, in this order.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    Silence(Duration),
    /// the connection is closed, whatever was promised
    Cut,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// bytes of the body that are announced; nothing when it comes in chunks
    pub(crate) announced: Option<usize>,
    pub(crate) pieces: Vec<Piece>,
}

impl Reply {
    /// A body whose length is known.
    pub(crate) fn whole(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let headers = vec![("content-type", content_type.to_owned())];
        Self { status, headers, announced: Some(body.len()), pieces: vec![Piece::Bytes(body)] }
    }

    /// A body that comes piece by piece.
    pub(crate) fn stream(pieces: Vec<Piece>) -> Self {
        let headers = vec![("content-type", "application/vnd.amazon.eventstream".to_owned())];
        Self { status: 200, headers, announced: None, pieces }
    }

    pub(crate) fn refusal(status: u16, code: &str) -> Self {
        let reply = Self::whole(status, "application/json", r#"{"message":"no"}"#);
        Self { headers: [reply.headers, vec![("x-amzn-errortype", code.to_owned())]].concat(), ..reply }
    }
}

type Model = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    running: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Server {
    pub(crate) async fn start(model: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (model, asked): (Arc<Model>, Arc<Mutex<Vec<Asked>>>) = (Arc::new(model), Arc::default());
        let heard = asked.clone();
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, model.clone(), heard.clone()));
            }
        });
        Self { url, asked, running }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, model: Arc<Model>, heard: Arc<Mutex<Vec<Asked>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let asked = read(&mut stream).await?;
    heard.lock().unwrap().push(asked.clone());
    let reply = model(&asked);
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", reply.status);
    reply.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    match reply.announced {
        Some(length) => head.push_str(&format!("content-length: {length}\r\n\r\n")),
        None => head.push_str("transfer-encoding: chunked\r\n\r\n"),
    }
    stream.write_all(head.as_bytes()).await.ok()?;
    for piece in reply.pieces {
        match piece {
            Piece::Cut => return stream.shutdown().await.ok(),
            Piece::Silence(time) => tokio::time::sleep(time).await,
            Piece::Bytes(bytes) if reply.announced.is_some() => stream.write_all(&bytes).await.ok()?,
            Piece::Bytes(bytes) if bytes.is_empty() => {}
            Piece::Bytes(bytes) => {
                let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), &bytes, b"\r\n"].concat();
                stream.write_all(&chunk).await.ok()?;
            }
        }
        stream.flush().await.ok()?;
    }
    if reply.announced.is_none() {
        stream.write_all(b"0\r\n\r\n").await.ok()?;
    }
    stream.shutdown().await.ok()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked { path, headers, body: String::from_utf8(body).ok()? })
}
