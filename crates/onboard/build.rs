//! Lists the prerequisites: one file of `src/prerequisite` each.

fn main() {
    sightline_registry::modules("src/prerequisite", "Prerequisite", "prerequisites");
}
