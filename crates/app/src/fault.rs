//! A file of the user's that is at fault, with the place in it.

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, NamedSource, SourceCode as _, SourceSpan};
use sightline_model::untrusted::{for_terminal, shortened};
use std::ops::Range;
use std::path::Path;

/// The longest message, in characters.
const LONGEST: usize = 500;

/// What is wrong in the file, where, and what to write instead.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the {what} `{}` is wrong: {message}", file.name())]
pub(crate) struct FileFault {
    what: &'static str,
    message: String,
    #[source_code]
    file: NamedSource<String>,
    #[label("here")]
    span: Option<SourceSpan>,
    #[help]
    help: Option<String>,
}

impl FileFault {
    /// `what` is the kind of file, such as `configuration`.
    pub(crate) fn new(
        what: &'static str,
        path: &Path,
        text: &str,
        span: Option<Range<usize>>,
        message: &str,
        help: Option<String>,
    ) -> Box<Self> {
        Box::new(Self {
            what,
            message: shortened(message, LONGEST),
            file: NamedSource::new(path.display().to_string(), text.to_owned()),
            span: span.map(SourceSpan::from),
            help,
        })
    }

    /// The line that it is about, from 1.
    pub(crate) fn line(&self) -> Option<usize> {
        let read = self.file.read_span(&self.span?, 0, 0).ok()?;
        Some(read.line() + 1)
    }

    /// What to write instead, where that is known.
    pub(crate) fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The error with the lines of the file that it is about.
    pub(crate) fn shown(&self) -> String {
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(200);
        let mut out = String::new();
        if handler.with_links(false).render_report(&mut out, self).is_err() {
            return for_terminal(&self.to_string());
        }
        // The handler's own mark of an error; ours is before it.
        let out = out.trim_start().trim_start_matches('×').trim_start();
        out.lines().map(for_terminal).collect::<Vec<_>>().join("\n")
    }
}
