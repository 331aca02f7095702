//! What is told of one who can.

use super::hop::{Hop, residual_words};
use crate::formula::Formula;
use crate::solve::Tri;

/// A principal that is not denied an ask, and the way by which: among those with the fewest conditions the shortest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its place in the organization.
    pub principal: usize,
    /// Allow or Conditional.
    pub tri: Tri,
    /// What all of the way depends on: [`Hop::when`] of every hop, and [`Access::last`]. These are several requests, of which
    /// each may bring other keys: nothing follows from two parts that rule each other out. Only `last` where there is no hop.
    pub allowed: Formula,
    /// What the asked request itself depends on, made by the last on the way.
    pub last: Formula,
    /// How many others the way leads through; 0: the principal may itself.
    pub hops: u32,
    /// The way.
    pub witness: Vec<Hop>,
    /// The parts of the ask that are conditional to the last on the way.
    pub failing: Vec<Failing>,
}

/// A part of an ask that is not simply allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// The part's label.
    pub label: String,
    /// Conditional or Deny.
    pub tri: Tri,
}

/// A workload whose role is not denied an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadAccess {
    /// Its place in the organization.
    pub workload: usize,
    /// Its role's answer; none where the role was not read, which may then do anything.
    pub access: Option<Access>,
}

/// Somebody without an account who can have a workload do what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Who, in words.
    pub who: String,
    /// The workload's place in the organization.
    pub workload: usize,
    /// Allow or Conditional.
    pub tri: Tri,
    /// See [`Access::allowed`].
    pub allowed: Formula,
    /// At least 1, which is the workload.
    pub hops: u32,
    /// The way, from the workload on.
    pub witness: Vec<Hop>,
}

impl Access {
    /// The way and what it depends on, in words; empty where the principal may itself whatever it brings.
    pub fn words(&self) -> String {
        let hops = self.witness.iter().map(Hop::words);
        hops.chain(residual_words(&self.last)).collect::<Vec<_>>().join(", then ")
    }
}

impl WorkloadAccess {
    /// The role's answer; Conditional where the role was not read.
    pub fn tri(&self) -> Tri {
        self.access.as_ref().map_or(Tri::Conditional, |access| access.tri)
    }

    /// Hops from the role on.
    pub fn hops(&self) -> u32 {
        self.access.as_ref().map_or(0, |access| access.hops)
    }
}
