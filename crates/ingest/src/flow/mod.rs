//! Flow logs: header, records, the decision which end is the client, and the rollup by hour.

pub(crate) mod address;
pub(crate) mod columns;
pub(crate) mod decode;
pub(crate) mod ends;
pub(crate) mod field;
pub(crate) mod record;
pub(crate) mod rollup;
