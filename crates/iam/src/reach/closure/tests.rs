//! Held against the slow way: relax every edge until nothing changes.

use super::*;
use crate::direct::Answer;
use crate::formula::Formula;
use crate::reach::HopKind;
use crate::reach::residual::{ALWAYS, unknown};
use proptest::prelude::*;

fn answer(tri: Tri) -> Answer {
    if tri == Tri::Allow { ALWAYS } else { unknown("it may") }
}

fn slow(nodes: usize, arcs: &[(usize, usize, Tri)], own: &[(usize, Tri)]) -> Vec<Option<(u32, u32)>> {
    let cost = |tri: Tri| u32::from(tri == Tri::Conditional);
    let mut out = vec![None; nodes];
    for (node, tri) in own {
        let new = (cost(*tri), 0);
        out[*node] = Some(out[*node].map_or(new, |old: (u32, u32)| old.min(new)));
    }
    for _ in 0..=nodes {
        for (from, to, tri) in arcs.iter().filter(|(from, to, _)| from != to) {
            if let Some((conditions, hops)) = out[*to] {
                let new = (conditions + cost(*tri), hops + 1);
                out[*from] = Some(out[*from].map_or(new, |old: (u32, u32)| old.min(new)));
            }
        }
    }
    out
}

fn tri() -> impl Strategy<Value = Tri> {
    prop_oneof![Just(Tri::Allow), Just(Tri::Conditional)]
}

proptest! {
    #[test]
    fn fewest_conditions_then_fewest_hops(
        arcs in prop::collection::vec((0_usize..9, 0_usize..9, tri()), 0..30),
        own in prop::collection::vec(prop::collection::vec((0_usize..9, tri()), 0..4), 1..70),
    ) {
        let mut edges = Edges::new(9);
        // One answer for each pair, the better one, as the engine gives it.
        let mut best = std::collections::BTreeMap::new();
        for (from, to, tri) in &arcs {
            let entry = best.entry((*to, *from)).or_insert(*tri);
            *entry = (*entry).min(*tri);
        }
        for to in 0..9 {
            let from = best.iter().filter(|((own, _), _)| *own == to).map(|((_, from), tri)| (*from, answer(*tri)));
            edges.add(&HopKind::AssumeRole, to, from);
        }
        let arcs: Vec<_> = best.iter().map(|((to, from), tri)| (*from, *to, *tri)).collect();
        let closure = Closure::new(&edges, 9, &own);
        for (ask, own) in own.iter().enumerate() {
            for (node, expected) in slow(9, &arcs, own).into_iter().enumerate() {
                let cell = closure.cell(node, ask);
                prop_assert_eq!(cell.map(|cell| (cell.conditions, cell.hops)), expected);
                if let Some(cell) = cell.filter(|cell| cell.next != Cell::NONE) {
                    let group = &edges.to(cell.next as usize)[cell.group as usize];
                    let when = edges.when(group, node as u32);
                    let next = closure.cell(cell.next as usize, ask).unwrap();
                    prop_assert_eq!(next.hops + 1, cell.hops);
                    prop_assert_eq!(next.conditions + u32::from(when != Formula::True), cell.conditions);
                }
            }
        }
    }
}
