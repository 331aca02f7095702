//! Writes the registry of log sources.

fn main() {
    sightline_registry::modules("src/source", "Source", "source");
}
