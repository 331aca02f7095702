//! Lists the formats.

fn main() {
    sightline_registry::modules("src/format", "Format", "formats");
}
