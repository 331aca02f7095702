//! Nothing lives here. Cargo unifies features over the crates that one command selects, so `cargo test -p x` and
//! `cargo test --workspace` would compile DataFusion twice. Every crate depends on this one, whose manifest names the union.
