//! The engine held against cases, laws and itself.
#![cfg(test)]

mod bounds;
mod cases;
mod differential;
mod documented;
mod generate;
mod laws;
mod oracle;
mod organization;
mod parsing;
mod patterns;
mod soundness;
