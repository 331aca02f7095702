//! Places for the nodes of the map: layers from left to right, in each layer groups one below the other, nodes near those that they are
//! joined with. The same nodes and edges always get the same places, so that pictures of two days can be compared.

use std::collections::BTreeMap;

/// Between two layers.
const LAYER: f64 = 400.0;
/// Between two nodes of a layer.
const NODE: f64 = 24.0;
/// Between two groups of a layer.
const GROUP: f64 = 48.0;
/// Nodes below one another; a layer of more has several columns.
const COLUMN: usize = 250;
/// Between two columns of a layer.
const COLUMN_WIDTH: f64 = 60.0;
/// How often layers are sorted by their neighbours.
const SWEEPS: usize = 4;

/// A node as far as its place depends on it.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    /// from left to right
    pub(crate) layer: usize,
    /// nodes of one group stand together: the account
    pub(crate) group: String,
    /// breaks ties
    pub(crate) name: String,
}

/// The place of each node, in the order of `spots`. Edges are pairs of places in `spots`; those that name none are passed by.
pub(crate) fn places(spots: &[Spot], edges: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, spot) in spots.iter().enumerate() {
        layers.entry(spot.layer).or_default().push(at);
    }
    let neighbours = neighbours(spots.len(), edges);
    let mut heights = vec![0.0; spots.len()];
    for layer in layers.values_mut() {
        layer.sort_by(|a, b| names(spots, *a).cmp(&names(spots, *b)));
        lower(spots, layer, &mut heights);
    }
    for _ in 0..SWEEPS {
        for layer in layers.values_mut() {
            sort_by_neighbours(spots, layer, &neighbours, &heights);
            lower(spots, layer, &mut heights);
        }
    }
    let mut places = vec![(0.0, 0.0); spots.len()];
    let mut left = 0.0;
    for layer in layers.values() {
        let columns = layer.len().div_ceil(COLUMN).max(1);
        let rows = layer.len().div_ceil(columns).max(1);
        for (column, nodes) in layer.chunks(rows).enumerate() {
            let mut stood = vec![0.0; spots.len()];
            let height = lower(spots, nodes, &mut stood);
            for node in nodes {
                if let (Some(place), Some(y)) = (places.get_mut(*node), stood.get(*node)) {
                    *place = (left + column as f64 * COLUMN_WIDTH, y - height / 2.0);
                }
            }
        }
        left += LAYER + (columns - 1) as f64 * COLUMN_WIDTH;
    }
    places
}

fn names(spots: &[Spot], at: usize) -> Option<(&str, &str)> {
    spots.get(at).map(|spot| (spot.group.as_str(), spot.name.as_str()))
}

fn neighbours(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new(); nodes];
    for (from, to) in edges.iter().filter(|(from, to)| from.max(to) < &nodes) {
        for (one, other) in [(from, to), (to, from)] {
            if let Some(of) = all.get_mut(*one) {
                of.push(*other);
            }
        }
    }
    all
}

/// Puts the nodes one below the other; how high they are together.
fn lower(spots: &[Spot], nodes: &[usize], heights: &mut [f64]) -> f64 {
    let mut y = 0.0;
    let mut group = None;
    for node in nodes {
        let own = spots.get(*node).map(|spot| spot.group.as_str());
        if group.is_some() && group != Some(own) {
            y += GROUP;
        }
        group = Some(own);
        if let Some(height) = heights.get_mut(*node) {
            *height = y;
        }
        y += NODE;
    }
    y
}

/// Groups by where their nodes' neighbours stand in the middle, nodes of a group likewise.
fn sort_by_neighbours(spots: &[Spot], layer: &mut [usize], neighbours: &[Vec<usize>], heights: &[f64]) {
    let middle = |node: usize| {
        let of = neighbours.get(node).map(Vec::as_slice).unwrap_or_default();
        let sum: f64 = of.iter().filter_map(|other| heights.get(*other)).sum();
        // Who has no neighbour stays.
        if of.is_empty() { heights.get(node).copied().unwrap_or_default() } else { sum / of.len() as f64 }
    };
    let middles: BTreeMap<usize, f64> = layer.iter().map(|node| (*node, middle(*node))).collect();
    let mut of_groups: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (node, middle) in &middles {
        if let Some(spot) = spots.get(*node) {
            let sum = of_groups.entry(spot.group.as_str()).or_default();
            *sum = (sum.0 + middle, sum.1 + 1.0);
        }
    }
    let group_middle = |node: usize| {
        let group = spots.get(node).map(|spot| spot.group.as_str()).unwrap_or_default();
        of_groups.get(group).map_or(0.0, |(sum, count)| sum / count)
    };
    layer.sort_by(|a, b| {
        let own = |node: &usize| middles.get(node).copied().unwrap_or_default();
        let (group_a, group_b) = (names(spots, *a).map(|(group, _)| group), names(spots, *b).map(|(group, _)| group));
        group_middle(*a)
            .total_cmp(&group_middle(*b))
            .then_with(|| group_a.cmp(&group_b))
            .then_with(|| own(a).total_cmp(&own(b)))
            .then_with(|| names(spots, *a).cmp(&names(spots, *b)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn spots(shape: &[(usize, u8)]) -> Vec<Spot> {
        let spot = |(at, (layer, group)): (usize, &(usize, u8))| Spot {
            layer: layer % 4,
            group: format!("g{}", group % 3),
            name: format!("n{at:05}"),
        };
        shape.iter().enumerate().map(spot).collect()
    }

    proptest! {
        #[test]
        fn each_node_has_a_place_of_its_own_and_keeps_it(shape: Vec<(usize, u8)>, pairs in prop::collection::vec((0_usize..60, 0_usize..60), 0..80)) {
            let spots = spots(&shape);
            let found = places(&spots, &pairs);
            prop_assert_eq!(found.len(), spots.len());
            let apart: BTreeSet<(i64, i64)> = found.iter().map(|(x, y)| (*x as i64, *y as i64)).collect();
            prop_assert_eq!(apart.len(), spots.len());
            prop_assert_eq!(found, places(&spots, &pairs));
        }
    }

    #[test]
    fn neighbours_stand_beside_each_other() {
        // Names are turned round: by name alone, all edges would cross.
        let spot = |layer, name: &str| Spot { layer, group: String::new(), name: name.to_owned() };
        let all = [spot(0, "a"), spot(0, "b"), spot(0, "c"), spot(1, "z"), spot(1, "y"), spot(1, "x")];
        let found = places(&all, &[(0, 3), (1, 4), (2, 5)]);
        for (from, to) in [(0, 3), (1, 4), (2, 5)] {
            assert!((found[from].1 - found[to].1).abs() < 1.0, "{found:?}");
        }
    }
}
