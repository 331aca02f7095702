//! Embeds the checks, the detections, and the queries that they share.

fn main() {
    sightline_registry::texts("checks", "md", "checks");
    sightline_registry::texts("checks/shared", "sql", "shared");
    sightline_registry::texts("detections", "md", "detections");
    sightline_registry::texts("detections/shared", "sql", "detections_shared");
}
