//! Columns that lakes of an older version do not have, and values that a query leaves out: NULL is read as the default.

use serde::{Deserialize, Deserializer};

/// The value, or its default for NULL.
///
/// # Errors
/// As those of the value.
pub fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(value: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}
