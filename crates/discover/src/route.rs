//! The network as the inventory has it, and the way of traffic through it: which route tables send it where, what inspects
//! it, and where it leaves.
//!
//! # What a walk is
//! [`Network::walk`] starts in the subnets of a workload ([`place`]) and follows, table by table, the most specific route to a
//! [`Target`]. Where a table sends parts of the target to several places, or a transit gateway may enter a network in several
//! subnets, the walk has several [`Way`]s. A way that passes an inspecting endpoint is walked back too: a firewall that sees
//! requests and not their answers inspects nothing that matters.
//!
//! # What is not known
//! Each table that a way consults must have been read whole in the account that owns the resource; where it was not, the way
//! ends there and says which table it was. Nothing is concluded from a row that is missing.
//!
//! Sources: <https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works-route-tables.html> (priority),
//! <https://docs.aws.amazon.com/vpc/latest/userguide/gwlb-route.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>.

mod back;
mod called;
mod hop;
mod judge;
mod lookup;
mod network;
mod place;
mod read;
mod row;
mod service;
mod table;
mod transit;
mod walk;

pub use hop::{End, Hop, HopKind, Way};
pub use judge::{Inspection, Verdict};
pub use network::Network;
pub use place::Place;
pub use service::{Access, Exit};
pub use walk::{Family, Target, Walk};
