//! An S3 endpoint written by hand: wire for wire, so that it can also cut, reset, stall and lie.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request. Only GET is ever made.
#[derive(Debug)]
pub(super) struct Asked {
    /// the object's key; empty for the bucket itself
    pub(super) key: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    /// how often this was asked for before
    pub(super) turn: usize,
}

/// What comes back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// how many bytes the answer says that it has; `None` for as many as it has
    pub(super) announced: Option<usize>,
    pub(super) end: End,
}

/// How the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// in order
    Closed,
    /// with a reset
    Reset,
    /// not at all, as long as the other side waits
    Silent,
    /// with a pause in the middle of the body
    Pause,
}

impl Answer {
    pub(super) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), announced: None, end: End::Closed }
    }

    pub(super) fn refusal(status: u16, code: &str) -> Self {
        Self::of(status, format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
    }

    pub(super) fn ending(self, end: End) -> Self {
        Self { end, ..self }
    }
}

impl Asked {
    pub(super) fn is_list(&self) -> bool {
        self.query.contains_key("list-type")
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// What a healthy bucket answers is changed by this.
pub(super) type Twist = Arc<dyn Fn(&Asked, Answer) -> Answer + Send + Sync>;

/// A bucket named `logs` behind an address.
pub(super) struct Endpoint {
    address: SocketAddr,
    state: Arc<State>,
}

/// An object's content and ETag.
#[derive(Debug, Clone)]
pub(super) struct Object {
    content: Arc<Vec<u8>>,
    etag: String,
}

impl Object {
    pub(super) fn of(content: Vec<u8>) -> Self {
        let hash = content.iter().fold(14_695_981_039_346_656_037_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(1_099_511_628_211)
        });
        Self { content: Arc::new(content), etag: format!("{hash:016x}") }
    }
}

struct State {
    objects: Mutex<BTreeMap<String, Object>>,
    twist: Mutex<Twist>,
    turns: Mutex<BTreeMap<String, usize>>,
    served: AtomicUsize,
}

/// Keys of a page.
const PAGE: usize = 5;
pub(super) const DELIVERED: &str = "2026-11-22T03:05:00.000Z";

impl Endpoint {
    pub(super) fn start(objects: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let healthy: Twist = Arc::new(|_, answer| answer);
        let state = Arc::new(State {
            objects: Mutex::new(objects.into_iter().map(|(key, content)| (key, Object::of(content))).collect()),
            twist: Mutex::new(healthy),
            turns: Mutex::default(),
            served: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&serving);
                thread::spawn(move || state.serve(stream.unwrap()));
            }
        });
        Self { address, state }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on answers are changed by this, and turns are counted anew.
    pub(super) fn twist(&self, twist: impl Fn(&Asked, Answer) -> Answer + Send + Sync + 'static) {
        *self.state.twist.lock().unwrap() = Arc::new(twist);
        self.state.turns.lock().unwrap().clear();
        self.state.served.store(0, Ordering::Relaxed);
    }

    pub(super) fn heal(&self) {
        self.twist(|_, answer| answer);
    }

    pub(super) fn put(&self, key: &str, content: Vec<u8>) {
        self.state.objects.lock().unwrap().insert(key.to_owned(), Object::of(content));
    }

    /// Requests since the last change.
    pub(super) fn served(&self) -> usize {
        self.state.served.load(Ordering::Relaxed)
    }
}

impl State {
    /// One request a connection. It is looked at first and taken later: a socket that is closed with something unread in it is reset.
    fn serve(&self, mut stream: TcpStream) {
        let mut buffer = vec![0; 64 << 10];
        let length = loop {
            match stream.peek(&mut buffer) {
                Ok(length) if buffer[..length].windows(4).any(|end| end == b"\r\n\r\n") => break length,
                Ok(0) | Err(_) => return,
                Ok(_) => thread::sleep(Duration::from_millis(1)),
            }
        };
        let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let asked = self.asked(&request);
        let answer = self.answer(&asked);
        let twist = Arc::clone(&self.twist.lock().unwrap());
        let answer = twist(&asked, answer);
        self.served.fetch_add(1, Ordering::Relaxed);
        if answer.end != End::Reset {
            stream.read_exact(&mut buffer[..length]).unwrap();
        }
        // Who asked may be gone: it was killed.
        drop(send(&mut stream, &answer));
    }

    fn asked(&self, request: &str) -> Asked {
        let mut lines = request.lines();
        let target = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let headers = lines.filter_map(|line| line.split_once(": "));
        let mut turns = self.turns.lock().unwrap();
        let turn = turns.entry(target.clone()).or_default();
        *turn += 1;
        Asked {
            key: decoded(path.trim_start_matches('/').strip_prefix("logs").unwrap().trim_start_matches('/')),
            query: pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
            turn: *turn - 1,
        }
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let objects = self.objects.lock().unwrap();
        if asked.query.contains_key("location") {
            return Answer::of(200, "<LocationConstraint/>");
        }
        if asked.is_list() {
            let after = asked.query("continuation-token").or_else(|| asked.query("start-after")).unwrap_or_default();
            let prefix = asked.query("prefix").unwrap_or_default();
            let keys = objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
            let all: Vec<_> = keys.map(|(key, object)| (key.as_str(), object)).collect();
            let next = all.get(PAGE).and_then(|_| all.get(PAGE - 1)).map(|(key, _)| *key);
            return Answer::of(200, page(&all[..all.len().min(PAGE)], next));
        }
        let Some(Object { content, etag }) = objects.get(&asked.key) else {
            return Answer::refusal(404, "NoSuchKey");
        };
        let etag = format!("\"{etag}\"");
        if asked.headers.get("if-match").is_some_and(|wanted| *wanted != etag) {
            return Answer::refusal(412, "PreconditionFailed");
        }
        let mut answer = match asked.headers.get("range") {
            None => Answer::of(200, content.to_vec()),
            Some(range) => {
                let (from, to) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
                let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                let mut part = Answer::of(206, &content[from..=to]);
                part.headers.push(("content-range", format!("bytes {from}-{to}/{}", content.len())));
                part
            }
        };
        answer.headers.push(("etag", etag));
        answer
    }
}

/// A page of a listing.
pub(super) fn page(objects: &[(&str, &Object)], next: Option<&str>) -> String {
    let entry = |(key, object): &(&str, &Object)| {
        format!(
            "<Contents><Key>{key}</Key><LastModified>{DELIVERED}</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size></Contents>",
            object.etag,
            object.content.len()
        )
    };
    let entries: String = objects.iter().map(entry).collect();
    let token = next.map(|token| format!("<NextContinuationToken>{token}</NextContinuationToken>")).unwrap_or_default();
    format!("<ListBucketResult><IsTruncated>{}</IsTruncated>{token}{entries}</ListBucketResult>", next.is_some())
}

fn send(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let length = answer.announced.unwrap_or(answer.body.len());
    let mut head = format!("HTTP/1.1 {} X\r\ncontent-length: {length}\r\nconnection: close\r\n", answer.status);
    answer.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    let (first, second) = answer.body.split_at(answer.body.len() / 2);
    stream.write_all(first)?;
    stream.flush()?;
    match answer.end {
        // What was sent arrives before the reset.
        End::Reset => thread::sleep(Duration::from_millis(20)),
        // It ends when the other side goes.
        End::Silent => drop(stream.read(&mut [0])?),
        End::Pause => {
            thread::sleep(Duration::from_millis(1_500));
            stream.write_all(second)?;
        }
        End::Closed => stream.write_all(second)?,
    }
    Ok(())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let code = [rest.next().unwrap(), rest.next().unwrap()];
            u8::from_str_radix(std::str::from_utf8(&code).unwrap(), 16).unwrap()
        } else {
            byte
        });
    }
    String::from_utf8(bytes).unwrap()
}
