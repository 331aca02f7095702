//! What resources are to each other, and the path of data through them: data → training or knowledge base → model →
//! endpoint → caller.
//!
//! Tables declare which of their columns name rows of other tables. [`relations`] finds those rows: it reads the inventory
//! twice, first the names, then what they name, and holds only these. A name that no row has is kept as dangling, for the
//! resource is there, though no scan saw it. [`lineage`] follows the relations from one resource; who calls a model, as the
//! logs show it, and who may, as policies say, stand at the end.
//!
//! What could not be read is told at the resource that it would have led from: an empty branch is never a guess.

mod callers;
mod find;
mod graph;
mod index;
mod name;
mod related;
mod unseen;

pub use find::{Found, find};
pub use graph::{Call, Lineage, Link, LinkKind, Node, Unseen, Wanted, lineage};
pub use related::{TableRelations, relations};
