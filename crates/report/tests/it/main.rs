//! The formats as their readers see them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod csv;
mod cyclonedx;
mod html;
mod json;
mod output;
mod sample;
