//! The edges that may still bring something.
//!
//! An edge is dropped once whom it leads from has everything that whom it leads to will ever have: without, a ring of roles that
//! everybody may enter would send every bit over every edge.

use crate::reach::edges::Edges;
use crate::solve::Tri;
use std::collections::VecDeque;

/// By target and group: whom edges lead from.
pub(super) struct Live {
    lists: Vec<Vec<List>>,
    /// By node: all that it will ever have, if anything leads to it.
    ever: Vec<u64>,
    words: usize,
}

/// The edges of one group.
#[derive(Default)]
struct List {
    always: Vec<u32>,
    depends: Vec<u32>,
}

/// Which edges bits go over.
#[derive(Clone, Copy)]
pub(super) enum Over {
    /// Those without conditions.
    Always,
    /// Those with.
    Depends,
}

impl Live {
    pub(super) fn new(edges: &Edges, nodes: usize, own: &[Vec<(usize, Tri)>], words: usize) -> Self {
        let lists = (0..nodes).map(|node| {
            let groups = edges.to(node).iter();
            groups.map(|group| List {
                always: group.always.clone(),
                depends: group.depends.iter().map(|(from, _)| *from).collect(),
            })
        });
        let mut live = Self { lists: lists.map(Iterator::collect).collect(), ever: vec![0; nodes * words], words };
        live.foresee(own);
        live
    }

    /// Works out what every node that others lead to will have.
    fn foresee(&mut self, own: &[Vec<(usize, Tri)>]) {
        for (ask, nodes) in own.iter().enumerate() {
            for (node, _) in nodes {
                if let Some(word) = self.ever.get_mut(node * self.words + ask / 64) {
                    *word |= 1 << (ask % 64);
                }
            }
        }
        let through: Vec<Vec<usize>> = self.lists.iter().map(|lists| self.through(lists)).collect();
        // In turn: what waits longest has gained most.
        let mut waiting: VecDeque<usize> = (0..self.lists.len()).collect();
        let mut waits = vec![true; self.lists.len()];
        while let Some(node) = waiting.pop_front() {
            set(&mut waits, node, false);
            let bits = self.of(node).to_vec();
            for from in through.get(node).into_iter().flatten() {
                if self.gain(*from, &bits) && waits.get(*from) == Some(&false) {
                    set(&mut waits, *from, true);
                    waiting.push_back(*from);
                }
            }
        }
    }

    /// Whom edges lead from that something leads to.
    fn through(&self, lists: &[List]) -> Vec<usize> {
        let from = lists.iter().flat_map(|list| list.always.iter().chain(&list.depends));
        let from = from.filter_map(|from| usize::try_from(*from).ok());
        from.filter(|from| self.lists.get(*from).is_some_and(|lists| !lists.is_empty())).collect()
    }

    fn gain(&mut self, node: usize, bits: &[u64]) -> bool {
        let start = node * self.words;
        let own = self.ever.get_mut(start..start + self.words).unwrap_or_default();
        own.iter_mut().zip(bits).fold(false, |gained, (own, bits)| {
            let new = bits & !*own;
            *own |= new;
            gained || new != 0
        })
    }

    /// All that a node will ever have.
    pub(super) fn of(&self, node: usize) -> &[u64] {
        self.ever.get(node * self.words..(node + 1) * self.words).unwrap_or_default()
    }

    /// How many groups of edges lead to the node.
    pub(super) fn groups(&self, node: usize) -> usize {
        self.lists.get(node).map_or(0, Vec::len)
    }

    /// Takes a list out, to be put back without what is done with.
    pub(super) fn take(&mut self, node: usize, group: usize, over: Over) -> Vec<u32> {
        self.list(node, group, over).map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn put(&mut self, node: usize, group: usize, over: Over, list: Vec<u32>) {
        if let Some(place) = self.list(node, group, over) {
            *place = list;
        }
    }

    fn list(&mut self, node: usize, group: usize, over: Over) -> Option<&mut Vec<u32>> {
        let list = self.lists.get_mut(node)?.get_mut(group)?;
        Some(match over {
            Over::Always => &mut list.always,
            Over::Depends => &mut list.depends,
        })
    }
}

fn set(flags: &mut [bool], at: usize, value: bool) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = value;
    }
}
