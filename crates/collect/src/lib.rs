//! Reads the account into the lake: inventory tables and log objects.
//!
//! [`catalogue`] says what is read, [`scan`] reads it, [`permissions`] says what must be allowed for it. Collectors that no
//! declaration fits are in [`special`].

pub mod catalogue;
mod error;
pub mod kubernetes;
pub mod logs;
pub mod permissions;
pub mod scan;
pub mod special;

pub use error::CollectError;
