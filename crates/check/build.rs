//! Embeds the checks and the queries that they share.

fn main() {
    sightline_registry::texts("checks", "md", "checks");
    sightline_registry::texts("checks/shared", "sql", "shared");
}
