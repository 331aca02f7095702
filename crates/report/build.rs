//! Lists the formats.

fn main() {
    sightline_registry::modules("src/format", "Format", "formats");
    sightline_registry::modules("src/probe_format", "ProbeFormat", "probe_formats");
}
