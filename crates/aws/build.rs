//! Embeds the trimmed API models of `models/`.

fn main() {
    sightline_registry::texts("models", "json", "models");
}
