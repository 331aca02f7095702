//! Standard output is the result, standard error is everything else.

use crate::fault::FileFault;
use sightline_model::untrusted::{for_terminal, shortened};
use std::io::{self, IsTerminal as _, Write};

/// The longest error that is shown, in characters.
const LONGEST_ERROR: usize = 2_000;

/// A line of the result.
///
/// # Errors
/// Standard output cannot be written, for example because its reader has gone.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")
}

/// A value of the result as JSON.
///
/// # Errors
/// As [`line`].
pub(crate) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    // Standard output alone would write every line by itself.
    let mut out = lines();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// Standard output for many lines, written when it is full or goes out of scope: flush it to learn of errors.
pub(crate) fn lines() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// A remark beside the result on something that may be wrong, with names that others wrote in it.
pub(crate) fn warning(text: &str) {
    note(&format!("warning: {}", for_terminal(&shortened(text, LONGEST_ERROR))));
}

/// A remark beside the result.
pub(crate) fn note(text: &str) {
    // Nothing can be done when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error and its causes, each once. One in a user's file with the lines that it is about.
pub(crate) fn error(error: &anyhow::Error) {
    if let Some(fault) = error.downcast_ref::<FileFault>() {
        note(&format!("error: {}", fault.shown()));
        return;
    }
    let mut told = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !told.contains(&text) {
            if !told.is_empty() {
                told.push_str(": ");
            }
            told.push_str(&text);
        }
    }
    note(&format!("error: {}", for_terminal(&shortened(&told, LONGEST_ERROR)).replace('\u{FFFD}', " ")));
}

/// Whether the error is that the reader of standard output has gone (`sightline … | head`): no error of ours.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        let csv = cause.downcast_ref::<csv::Error>().and_then(|error| match error.kind() {
            csv::ErrorKind::Io(error) => Some(error.kind()),
            _ => None,
        });
        io.or(json).or(csv) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// Whether a person is watching standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal() && !crate::world::has_variable("CI")
}
