//! What the inventory does not have: accounts and regions that no scan saw, tables that could not be read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_model::Sight;

use super::Ground;
use super::row::{About, Spots, Told, plane, telemetry};
use crate::DiscoverError;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Member {
    account_id: String,
    title: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Unread {
    account_id: String,
    region: String,
    table_name: String,
    gap: String,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let scanned: BTreeSet<&str> = ground.coverage.accounts().collect();
    for account in ground.places.accounts().into_iter().filter(|account| !scanned.contains(account)) {
        let lost = "which workloads, roles and networks are behind this account's logs";
        unseen(spots, account, "", lost, "no scan of the account; its logs were read", "sightline scan");
    }
    let members: Vec<Member> = query!("blind_spot/member").rows(ground.session).await?;
    for member in members.iter().filter(|member| !scanned.contains(member.account_id.as_str())) {
        let lost = format!("everything in account {} that its own inventory and logs tell", member.title);
        unseen(spots, &member.account_id, "", &lost, "a member of the organization that no scan saw", "organization");
    }
    for (place, known) in ground.places.all().filter(|(place, _)| scanned.contains(place.0.as_str())) {
        if !known.is_scanned {
            let lost = "workloads, models and networks of a region that no scan asked";
            let fix = format!("sightline scan --region {}", place.1);
            unseen(spots, &place.0, &place.1, lost, "the region is enabled or has logs, and was not scanned", &fix);
        }
    }
    tables(ground, spots).await
}

fn unseen(spots: &mut Spots, account: &str, region: &str, lost: &str, reason: &str, fix: &str) {
    let about = About { account, region, plane: plane::NETWORK, telemetry: telemetry::INVENTORY, subject: "" };
    let told = Told { lost: lost.to_owned(), reason: reason.to_owned(), fix: fix.to_owned(), ..Told::default() };
    spots.add(about, Sight::Blind, told);
}

async fn tables(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let unread: Vec<Unread> = query!("blind_spot/unread").rows(ground.session).await?;
    let mut by_place: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for row in &unread {
        by_place.entry((&row.account_id, &row.region)).or_default().push(format!("{} ({})", row.table_name, row.gap));
    }
    for ((account, region), tables) in by_place {
        let told = Told {
            lost: "what these tables have of workloads, models, identities and networks".to_owned(),
            reason: format!("could not be read: {}", tables.join(", ")),
            fix: "scanner-identity".to_owned(),
            ..Told::default()
        };
        let about =
            About { account, region, plane: plane::NETWORK, telemetry: telemetry::INVENTORY, subject: "tables" };
        spots.add(about, Sight::Unknown, told);
    }
    Ok(())
}
