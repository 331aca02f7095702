//! Bodies that lie beside a log's objects. Bedrock writes prompts and completions over 100 KB, and binary ones, into objects of their
//! own; a source asks for one when it needs it, and the driver, which does the I/O, answers.

/// What came of asking for a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sidecar {
    /// its bytes, as stored
    Found(Vec<u8>),
    /// there is none
    Missing,
    /// reading it is not allowed
    Denied,
    /// it is larger than the driver's bound
    TooLarge,
    /// it could not be read, and why
    Unread(String),
    /// nobody asks for bodies here
    NotAsked,
}

/// Fetches bodies. Called from the thread that decodes.
pub trait Sidecars: Sync {
    /// The body at `s3://bucket/key` or beside the object in its folder.
    fn fetch(&self, uri: &str) -> Sidecar;
}

/// Fetches none.
#[derive(Debug, Clone, Copy)]
pub struct NoSidecars;

impl Sidecars for NoSidecars {
    fn fetch(&self, _uri: &str) -> Sidecar {
        Sidecar::NotAsked
    }
}
