//! The log on standard error: for people, or a line of JSON for each event, for programs that gather logs.

use clap::ValueEnum;
use serde_json::{Map, Value};
use std::fmt::Debug;
use std::io::{self, Write as _};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// A JSON object a line
    Json,
}

/// Starts the log on standard error: warnings, or more with each `-v`.
pub(crate) fn start(verbose: u8, format: LogFormat) {
    let level = match verbose {
        // The kernel logs an error whenever it looks for a table that is still to be made.
        0 => "warn,sightline::serve=info,aws_config=error,deltalake=error,buoyant_kernel=off",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_env("SIGHTLINE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => {
            let text = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(crate::print::is_watched());
            log.with(text.compact()).init();
        }
        LogFormat::Json => log.with(JsonLines).init(),
    }
}

/// Writes each event as a line: `time`, `level`, `target`, `message`, and the fields of the event and of what it happened in.
struct JsonLines;

/// Fields of a span or an event.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        // Milliseconds come so; what does not fit a number of JSON is a text.
        match i64::try_from(value) {
            Ok(small) => self.put(field, small),
            Err(_) => self.put(field, value.to_string()),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for JsonLines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        line.0.insert("time".to_owned(), crate::world::now().to_string().into());
        line.0.insert("level".to_owned(), event.metadata().level().as_str().to_lowercase().into());
        line.0.insert("target".to_owned(), event.metadata().target().into());
        for span in context.event_scope(event).into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
        }
        event.record(&mut line);
        let mut text = Value::Object(line.0).to_string();
        text.push('\n');
        // Nothing can be done when standard error is closed.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
