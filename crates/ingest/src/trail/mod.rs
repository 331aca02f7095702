//! CloudTrail: records cut out of the stream, each walked once and written as a row from borrowed text.
//!
//! ```text
//! bytes ─► split (records; scan, mask: where strings and records end) ─► cursor (sound JSON, text) ─► event ─► call (row)
//! ```

pub(crate) mod call;
pub(crate) mod cursor;
pub(crate) mod decode;
pub(crate) mod event;
pub(crate) mod identity;
pub(crate) mod json;
pub(crate) mod mask;
pub(crate) mod node;
pub(crate) mod parameters;
pub(crate) mod place;
pub(crate) mod scan;
pub(crate) mod session;
pub(crate) mod split;
pub(crate) mod target;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod withheld;
