//! Puts signals together: those of one actor that follow each other, and those of users that it made.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::detect::origin::Origins;
use crate::detect::signal::Row;

/// Hours between two signals of one case.
const GAP_HOURS: i64 = 6;

/// What one detection saw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    /// the detection's place in the list
    pub(crate) detection: usize,
    pub(crate) row: Row,
}

/// Signals that belong together, in order of time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// who is behind the first of them
    pub(crate) actor: String,
    pub(crate) signals: Vec<Seen>,
}

impl Group {
    fn first_seen(&self) -> Option<Timestamp> {
        self.signals.iter().map(|seen| seen.row.first_seen).min()
    }

    fn last_seen(&self) -> Option<Timestamp> {
        self.signals.iter().map(|seen| seen.row.last_seen).max()
    }

    /// Whether it is near the moment.
    fn covers(&self, at: Timestamp) -> bool {
        let (Some(first), Some(last)) = (self.first_seen(), self.last_seen()) else { return false };
        near(at, first) && near(last, at)
    }

    fn sort(&mut self) {
        self.signals.sort_by(|a, b| order(a).cmp(&order(b)));
    }
}

/// The groups, by time and actor. The order of the signals does not matter.
pub(crate) fn groups(signals: Vec<Seen>, origins: &Origins) -> Vec<Group> {
    let mut of_actor: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for seen in signals {
        of_actor.entry(origins.actor(&seen.row)).or_default().push(seen);
    }
    let mut groups: Vec<Group> = of_actor.into_iter().flat_map(|(actor, signals)| of_time(&actor, signals)).collect();
    join_made(&mut groups, origins);
    for group in &mut groups {
        group.sort();
    }
    groups.sort_by(|a, b| (a.first_seen(), &a.actor).cmp(&(b.first_seen(), &b.actor)));
    groups
}

fn of_time(actor: &str, mut signals: Vec<Seen>) -> Vec<Group> {
    signals.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut groups: Vec<Group> = Vec::new();
    let mut end: Option<Timestamp> = None;
    for seen in signals {
        let (first, last) = (seen.row.first_seen, seen.row.last_seen);
        match groups.last_mut().filter(|_| end.is_some_and(|end| near(end, first))) {
            Some(group) => group.signals.push(seen),
            None => {
                groups.push(Group { actor: actor.to_owned(), signals: vec![seen] });
                end = None;
            }
        }
        end = end.max(Some(last));
    }
    groups
}

/// Moves the groups of users that somebody made to the group in which they were made.
fn join_made(groups: &mut Vec<Group>, origins: &Origins) {
    for made in &origins.made {
        let maker = |group: &Group| {
            let is_maker = |seen: &Seen| seen.row.identity == made.maker || group.actor == made.maker;
            group.signals.iter().any(is_maker) && group.covers(made.at)
        };
        let Some(into) = groups.iter().position(maker) else { continue };
        let is_of =
            |group: &Group| made.is_of(&group.actor) && group.first_seen().is_some_and(|first| made.reaches(first));
        let (theirs, mut kept): (Vec<_>, Vec<_>) =
            std::mem::take(groups).into_iter().enumerate().partition(|(index, group)| *index != into && is_of(group));
        let moved: Vec<Seen> = theirs.into_iter().flat_map(|(_, group)| group.signals).collect();
        if let Some((_, group)) = kept.iter_mut().find(|(index, _)| *index == into) {
            group.signals.extend(moved);
        }
        *groups = kept.into_iter().map(|(_, group)| group).collect();
    }
}

/// Whether the second follows the first soon enough, or stands before it.
fn near(first: Timestamp, second: Timestamp) -> bool {
    second.duration_since(first) <= SignedDuration::from_hours(GAP_HOURS)
}

fn order(seen: &Seen) -> (Timestamp, Timestamp, usize, &str, &str) {
    let row = &seen.row;
    (row.first_seen, row.last_seen, seen.detection, &row.identity, &row.reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sightline_model::{Evidence, RunId};

    use super::*;
    use crate::detect::detections;
    use crate::detect::origin::Made;
    use crate::detect::story::Story;

    const DAY: i64 = 1_795_219_200;

    fn user(name: &str) -> String {
        format!("arn:aws:iam::123456789012:user/{name}")
    }

    /// A signal of one minute, so many minutes after the day's beginning.
    fn seen(who: &str, minute: i64, detection: usize, key: &str) -> Seen {
        let at = Timestamp::from_second(DAY + 60 * minute).unwrap();
        let place = Evidence { object: "trail".to_owned(), line: 1, event_id: format!("{who}-{minute}-{detection}") };
        let row = Row {
            identity: user(who),
            account_id: "123456789012".to_owned(),
            first_seen: at,
            last_seen: at.checked_add(SignedDuration::from_secs(60)).unwrap(),
            events: 1,
            succeeded: 1,
            reason: format!("{detection} at {minute}"),
            weight: None,
            regions: vec!["us-east-1".to_owned()],
            models: Vec::new(),
            source_ips: Vec::new(),
            access_key_ids: vec![key.to_owned()],
            places: vec![place],
        };
        Seen { detection, row }
    }

    fn ids(groups: &[Group]) -> Vec<String> {
        let detections = detections().unwrap();
        let run = RunId::from("run".to_owned());
        let case = |group| Story { group, detections: &detections }.case(&run, &BTreeMap::new()).unwrap().case_id;
        groups.iter().map(case).collect()
    }

    fn any_signals() -> impl Strategy<Value = Vec<Seen>> {
        let one = (0..3_usize, 0..3_000_i64, 0..5_usize)
            .prop_map(|(who, minute, detection)| seen(["a", "b", "c"][who], minute, detection, ""));
        prop::collection::vec(one, 1..20)
    }

    proptest! {
        #[test]
        fn the_order_of_signals_does_not_matter(
            (signals, shuffled) in any_signals().prop_flat_map(|signals| (Just(signals.clone()), Just(signals).prop_shuffle())),
        ) {
            let origins = Origins::default();
            prop_assert_eq!(groups(signals, &origins), groups(shuffled, &origins));
        }

        #[test]
        fn nothing_is_lost_and_no_group_has_a_gap(signals in any_signals()) {
            let grouped = groups(signals.clone(), &Origins::default());
            prop_assert_eq!(grouped.iter().map(|group| group.signals.len()).sum::<usize>(), signals.len());
            for group in &grouped {
                let mut end = group.first_seen().unwrap();
                for seen in &group.signals {
                    prop_assert!(seen.row.identity == group.actor && near(end, seen.row.first_seen));
                    end = end.max(seen.row.last_seen);
                }
            }
        }

        #[test]
        fn what_comes_later_does_not_change_the_id(signals in any_signals(), after in 1..300_i64) {
            let alone: Vec<Seen> = signals.into_iter().map(|seen| Seen { row: Row { identity: user("a"), ..seen.row }, ..seen }).collect();
            let before = groups(alone.clone(), &Origins::default());
            let last = before.last().unwrap();
            let minute = (last.last_seen().unwrap().as_second() - DAY) / 60 + after;
            let more = [alone, vec![seen("a", minute, 0, "")]].concat();
            let grown = groups(more, &Origins::default());
            prop_assert_eq!(ids(&before), ids(&grown));
        }
    }

    #[test]
    fn an_earlier_event_gives_another_id() {
        let late = groups(vec![seen("a", 100, 0, "")], &Origins::default());
        let early = groups(vec![seen("a", 100, 0, ""), seen("a", 50, 0, "")], &Origins::default());
        assert_eq!((late.len(), early.len()), (1, 1));
        assert_ne!(ids(&late), ids(&early));
    }

    #[test]
    fn sessions_count_as_those_who_took_them() {
        let mut origins = Origins::default();
        origins.taken.insert("K2".to_owned(), (user("b"), "K1".to_owned()));
        origins.taken.insert("K1".to_owned(), (user("a"), "K0".to_owned()));
        let grouped = groups(vec![seen("a", 0, 0, "K0"), seen("b", 5, 1, "K1"), seen("role", 9, 2, "K2")], &origins);
        assert_eq!(grouped.len(), 1);
        assert_eq!((grouped[0].actor.clone(), grouped[0].signals.len()), (user("a"), 3));
    }

    #[test]
    fn what_a_made_user_does_is_its_makers_for_a_week() {
        let made = |minute: i64| Made {
            maker: user("a"),
            account_id: "123456789012".to_owned(),
            name: "new".to_owned(),
            at: Timestamp::from_second(DAY + 60 * minute).unwrap(),
        };
        let origins = Origins { made: vec![made(10)], ..Origins::default() };
        let day = 24 * 60;
        let soon = groups(vec![seen("a", 10, 0, ""), seen("new", 2 * day, 1, "")], &origins);
        assert_eq!((soon.len(), soon[0].actor.clone()), (1, user("a")));
        assert_eq!(groups(vec![seen("a", 10, 0, ""), seen("new", 8 * day, 1, "")], &origins).len(), 2);
        assert_eq!(groups(vec![seen("a", 10, 0, ""), seen("new", 0, 1, "")], &origins).len(), 2);
        assert_eq!(groups(vec![seen("c", 10, 0, ""), seen("new", day, 1, "")], &origins).len(), 2);
    }
}
