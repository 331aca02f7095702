//! The resources: one file each, with its routes, what they take and what they answer.

mod access;
mod applications;
mod audit;
mod blind_spots;
mod cases;
mod checks;
mod coverage;
mod edge_path;
mod edges;
mod events;
mod findings;
mod graph;
mod health;
mod identities;
mod jobs;
mod mcp;
mod member_list;
mod models;
mod mutes;
mod news;
mod notifications;
mod overview;
mod prerequisites;
mod probe_packs;
mod probe_plans;
mod probe_runs;
mod query;
mod scans;
mod schedules;
mod server;
mod settings;
mod sign_in;
mod tables;
mod tokens;
mod workloads;

use super::state::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes of each resource.
pub(super) fn all() -> Vec<OpenApiRouter<App>> {
    vec![
        health::routes(),
        server::routes(),
        sign_in::routes(),
        mcp::routes(),
        overview::routes(),
        news::routes(),
        findings::routes(),
        mutes::routes(),
        checks::routes(),
        edges::routes(),
        edge_path::routes(),
        graph::routes(),
        models::routes(),
        workloads::routes(),
        identities::routes(),
        applications::routes(),
        access::routes(),
        cases::routes(),
        coverage::routes(),
        blind_spots::routes(),
        scans::routes(),
        tables::routes(),
        query::routes(),
        probe_packs::routes(),
        probe_plans::routes(),
        probe_runs::routes(),
        prerequisites::routes(),
        jobs::routes(),
        schedules::routes(),
        events::routes(),
        tokens::routes(),
        audit::routes(),
        settings::routes(),
        notifications::routes(),
    ]
}
