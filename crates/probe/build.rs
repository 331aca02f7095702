//! Embeds the packs.

fn main() {
    sightline_registry::texts("packs", "toml", "packs");
}
