//! Who gets to what: all asks at once, a bit each.
//!
//! A cell is a node and an ask. It is settled once, with the fewest conditions on its way and, among those, the fewest hops:
//! a breadth-first search from whoever may itself, against the edges, in tiers of one condition more each. A node's bits go
//! over an edge once for each tier and level at which some are new, and over none that can bring nothing more ([`live`]): cycles
//! cost nothing.

mod live;

use super::edges::Edges;
use crate::solve::Tri;
use live::{Live, Over};

/// How a node gets to an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// Conditions on the way; [`Cell::NONE`] where there is no way.
    pub(super) conditions: u32,
    /// Hops.
    pub(super) hops: u32,
    /// The next node, and which of the groups of edges to it; [`Cell::NONE`] where the node may itself.
    pub(super) next: u32,
    pub(super) group: u32,
}

impl Cell {
    pub(super) const NONE: u32 = u32::MAX;
    const UNREACHED: Self = Self { conditions: Self::NONE, hops: 0, next: Self::NONE, group: Self::NONE };
}

/// Every cell.
#[derive(Debug)]
pub(super) struct Closure {
    asks: usize,
    cells: Vec<Cell>,
}

impl Closure {
    /// How `node` gets to `ask`.
    pub(super) fn cell(&self, node: usize, ask: usize) -> Option<&Cell> {
        self.cells.get(node.checked_mul(self.asks)? + ask).filter(|cell| cell.conditions != Cell::NONE)
    }

    /// `own`: for every ask the nodes that may themselves.
    pub(super) fn new(edges: &Edges, nodes: usize, own: &[Vec<(usize, Tri)>]) -> Self {
        let mut search = Search::new(edges, nodes, own);
        let mut before: Vec<Frontier> = Vec::new();
        for tier in 0_u32.. {
            let levels = search.tier(tier, &before, own);
            let is_last = tier > 0 && levels.iter().all(Frontier::is_empty);
            before = levels;
            if is_last {
                break;
            }
        }
        Self { asks: own.len(), cells: search.cells }
    }
}

/// Nodes with bits that are new at a level.
#[derive(Debug, Default)]
struct Frontier {
    nodes: Vec<usize>,
    bits: Vec<u64>,
}

impl Frontier {
    fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn iter(&self, words: usize) -> impl Iterator<Item = (usize, &[u64])> {
        self.nodes.iter().copied().zip(self.bits.chunks(words))
    }
}

struct Search {
    live: Live,
    asks: usize,
    words: usize,
    settled: Vec<u64>,
    cells: Vec<Cell>,
    /// By node, its place in the frontier that is being made, and one; 0: it is not in it.
    places: Vec<usize>,
}

impl Search {
    fn new(edges: &Edges, nodes: usize, own: &[Vec<(usize, Tri)>]) -> Self {
        let asks = own.len();
        let words = asks.div_ceil(64).max(1);
        Self {
            live: Live::new(edges, nodes, own, words),
            asks,
            words,
            settled: vec![0; nodes * words],
            cells: vec![Cell::UNREACHED; nodes * asks],
            places: vec![0; nodes],
        }
    }

    /// Settles what takes `tier` conditions, level by level; `before`: the levels of one condition less.
    fn tier(&mut self, tier: u32, before: &[Frontier], own: &[Vec<(usize, Tri)>]) -> Vec<Frontier> {
        let mut levels: Vec<Frontier> = Vec::new();
        loop {
            let level = levels.len();
            let mut here = Frontier::default();
            if level == 0 {
                self.seed(tier, own, &mut here);
            }
            let last = level.checked_sub(1);
            if let Some(last) = last.and_then(|last| levels.get(last)) {
                self.spread(last, Over::Always, (tier, level), &mut here);
            }
            if let Some(last) = last.and_then(|last| before.get(last)) {
                self.spread(last, Over::Depends, (tier, level), &mut here);
            }
            for node in &here.nodes {
                if let Some(place) = self.places.get_mut(*node) {
                    *place = 0;
                }
            }
            let is_last = here.is_empty() && level > before.len();
            levels.push(here);
            if is_last {
                return levels;
            }
        }
    }

    /// Those that may themselves.
    fn seed(&mut self, tier: u32, own: &[Vec<(usize, Tri)>], here: &mut Frontier) {
        let wanted = match tier {
            0 => Tri::Allow,
            1 => Tri::Conditional,
            _ => return,
        };
        let cell = Cell { conditions: tier, hops: 0, next: Cell::NONE, group: Cell::NONE };
        let mut bits = vec![0; self.words];
        for (ask, nodes) in own.iter().enumerate() {
            let Some(word) = bits.get_mut(ask / 64) else { continue };
            *word = 1 << (ask % 64);
            for (node, _) in nodes.iter().filter(|(_, tri)| *tri == wanted) {
                self.settle(*node, &bits, cell, here);
            }
            if let Some(word) = bits.get_mut(ask / 64) {
                *word = 0;
            }
        }
    }

    fn spread(&mut self, last: &Frontier, over: Over, (tier, level): (u32, usize), here: &mut Frontier) {
        let hops = u32::try_from(level).unwrap_or(u32::MAX);
        for (node, bits) in last.iter(self.words) {
            let Ok(next) = u32::try_from(node) else { continue };
            for (group, at) in (0..self.live.groups(node)).zip(0_u32..) {
                let cell = Cell { conditions: tier, hops, next, group: at };
                let mut list = self.live.take(node, group, over);
                list.retain(|from| {
                    usize::try_from(*from).is_ok_and(|from| {
                        self.settle(from, bits, cell, here);
                        !self.has_all_of(from, node)
                    })
                });
                self.live.put(node, group, over, list);
            }
        }
    }

    /// Whether a node has all that another will ever have.
    fn has_all_of(&self, node: usize, other: usize) -> bool {
        let own = self.settled.get(node * self.words..).unwrap_or_default();
        self.live.of(other).iter().zip(own).all(|(ever, settled)| ever & !settled == 0)
    }

    /// Settles those of `bits` that are not.
    fn settle(&mut self, node: usize, bits: &[u64], cell: Cell, here: &mut Frontier) {
        let start = node * self.words;
        let Some(settled) = self.settled.get_mut(start..start + self.words) else { return };
        if bits.iter().zip(settled.iter()).all(|(bits, settled)| bits & !settled == 0) {
            return;
        }
        let Some(place) = self.places.get_mut(node) else { return };
        if *place == 0 {
            here.nodes.push(node);
            here.bits.resize(here.bits.len() + self.words, 0);
            *place = here.nodes.len();
        }
        let out = here.bits.get_mut((*place - 1) * self.words..).unwrap_or_default();
        for (word, ((bits, settled), out)) in bits.iter().zip(settled).zip(out).enumerate() {
            let mut new = bits & !*settled;
            *settled |= new;
            *out |= new;
            while new != 0 {
                let ask = word * 64 + new.trailing_zeros() as usize;
                if let Some(own) = self.cells.get_mut(node * self.asks + ask) {
                    *own = cell;
                }
                new &= new - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
