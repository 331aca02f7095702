//! What the logs of each day tell, kept from discovery to discovery.
//!
//! ```text
//! log_object ─► objects ─► days, and a digest of each ─┬─ as it was ─► day_group of an earlier discovery
//!                                                      └─ another  ─► made from the logs of that day ─► day_group
//! ```
//!
//! Logs come late, and their clocks may be wrong; so a day is what the records say it is, and every object that has a record of
//! a day makes that day anew. INVARIANT: what is kept of a day comes from logs alone, or its digest tells the scans that it was joined
//! with, too. What else the inventory may change is judged anew by every discovery.

mod inventory;
mod kind;
mod objects;
mod packed;
mod store;

pub(crate) use inventory::inventory;
pub use inventory::{Inputs, inputs};
pub(crate) use kind::Kind;
pub(crate) use store::{Day, Store};
