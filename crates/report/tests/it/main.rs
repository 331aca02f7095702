//! The formats as their readers see them.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod asff;
mod csv;
mod cyclonedx;
mod garak;
mod html;
mod json;
mod markdown;
mod ocsf;
mod ocsf_sample;
mod output;
mod probe_formats;
mod probe_sample;
mod promptfoo;
mod python;
mod sample;
