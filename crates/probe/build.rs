//! Embeds the packs and lists the transforms.

fn main() {
    sightline_registry::modules("src/transform", "Transform", "transforms");
    sightline_registry::texts("packs", "toml", "packs");
}
