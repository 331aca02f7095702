//! Lists the table declarations and the special collectors.

fn main() {
    sightline_registry::texts("tables", "toml", "tables");
    sightline_registry::modules("src/special", "Special", "specials");
}
