//! How fast one action of one account and region may go: learned from what the service says, for this action alone.
//!
//! The official adaptive limiter spaces out the attempts of calls; beside it each action has a window of calls that may be under way,
//! halved when the service asks for patience and widened by one when a window's worth of calls went through (additive increase,
//! multiplicative decrease); it starts small and widens with each call until the service first does. So few calls run into their last attempt, and few wait where they would be counted as slow.

use crate::patience::{LimitKey, partition};
use aws_smithy_runtime::client::retries::RetryPartition;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls of one action that may be under way before it is known how the service takes them.
const START: usize = 4;

/// Calls of one action under way where nothing speaks against it.
const WIDEST: usize = 64;

/// How often a call that was throttled to its last attempt begins anew although nothing of its action came through meanwhile. Each
/// time takes some seconds.
const PATIENT: u32 = 8;

/// How often it begins anew at all.
const ENDLESS: u32 = 100;

/// After so many calls in a row that gave up, an action is taken to be closed, and few calls try it again.
const CLOSED: u32 = 3;

/// How many actions are remembered that never were throttled.
const REMEMBERED: usize = 2_048;

/// The actions of one connection, which is one account.
#[derive(Debug, Default)]
pub(crate) struct Paces(Mutex<HashMap<LimitKey, Arc<Pace>>>);

impl Paces {
    pub(crate) fn of(&self, key: &LimitKey, now: SystemTime) -> Arc<Pace> {
        let mut paces = lock(&self.0);
        if let Some(pace) = paces.get(key) {
            return pace.clone();
        }
        // INVARIANT: what was learned of a throttled action is kept, and what is under way; all else is as good as new.
        if paces.len() >= REMEMBERED {
            paces.retain(|_, pace| Arc::strong_count(pace) > 1 || pace.was_slowed());
        }
        let pace = Arc::new(Pace::new(partition(key, now)));
        paces.insert(key.clone(), pace.clone());
        pace
    }
}

/// One action's pace.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The official limiter and retry quota.
    pub(crate) partition: RetryPartition,
    places: Arc<Semaphore>,
    window: Mutex<Window>,
    answered: AtomicU64,
    gave_up: AtomicU32,
    /// Calls that were not made since the action was taken to be closed.
    passed_over: AtomicU32,
}

#[derive(Debug)]
struct Window {
    /// calls that may be under way
    width: usize,
    /// places that there are, more than `width` until those under way have ended
    places: usize,
    /// calls that went through since the window was last changed
    through: usize,
    /// counts the decreases, so that calls of one window decrease it once
    generation: u64,
}

/// A call's place in the window.
#[derive(Debug)]
pub(crate) struct Turn {
    pace: Arc<Pace>,
    place: Option<OwnedSemaphorePermit>,
    generation: u64,
}

/// How the service has answered a call so far, to decide whether it begins anew.
#[derive(Debug, Default)]
pub(crate) struct Insisting {
    answered: u64,
    rounds: u32,
    in_vain: u32,
}

impl Pace {
    fn new(partition: RetryPartition) -> Self {
        let window = Window { width: START, places: START, through: 0, generation: 0 };
        let (answered, gave_up, passed_over) = Default::default();
        Self {
            partition,
            places: Arc::new(Semaphore::new(START)),
            window: Mutex::new(window),
            answered,
            gave_up,
            passed_over,
        }
    }

    /// Waits until one more call may be under way.
    pub(crate) async fn turn(self: &Arc<Self>) -> Turn {
        // The semaphore is never closed.
        let place = self.places.clone().acquire_owned().await.ok();
        Turn { pace: self.clone(), place, generation: lock(&self.window).generation }
    }

    /// Whether the service has refused this action so long that a call would only wait in vain. Calls at growing distances are let
    /// through to find out.
    pub(crate) fn is_closed(&self) -> bool {
        self.gave_up.load(Ordering::Relaxed) >= CLOSED
            && !(self.passed_over.fetch_add(1, Ordering::Relaxed) + 1).is_power_of_two()
    }

    /// Whether a call that was throttled to its last attempt is to begin anew: others of its action came through, or some did before.
    pub(crate) fn goes_on(&self, so_far: &mut Insisting) -> bool {
        let answered = self.answered.load(Ordering::Relaxed);
        so_far.rounds += 1;
        so_far.in_vain = if answered > so_far.answered && so_far.rounds > 1 { 0 } else { so_far.in_vain + 1 };
        so_far.answered = answered;
        let goes_on = answered > 0 && so_far.in_vain <= PATIENT && so_far.rounds <= ENDLESS;
        if !goes_on {
            self.gave_up.fetch_add(1, Ordering::Relaxed);
        }
        goes_on
    }

    fn was_slowed(&self) -> bool {
        lock(&self.window).generation > 0
    }

    #[cfg(test)]
    fn width(&self) -> usize {
        lock(&self.window).width
    }
}

impl Turn {
    /// The call has ended.
    pub(crate) fn end(mut self, answered: bool, throttled: bool) {
        if answered {
            self.pace.answered.fetch_add(1, Ordering::Relaxed);
            self.pace.gave_up.store(0, Ordering::Relaxed);
            self.pace.passed_over.store(0, Ordering::Relaxed);
        }
        let mut window = lock(&self.pace.window);
        if throttled {
            window.narrow(self.generation);
        } else {
            window.widen();
        }
        window.fit(&self.pace.places, self.place.take());
    }
}

/// A call that was dropped midway leaves the window as it was.
impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            lock(&self.pace.window).fit(&self.pace.places, Some(place));
        }
    }
}

impl Window {
    fn narrow(&mut self, generation: u64) {
        if generation == self.generation {
            self.generation += 1;
            self.width = (self.width / 2).max(1);
            self.through = 0;
        }
    }

    fn widen(&mut self) {
        self.through += 1;
        let starting = self.generation == 0;
        if (starting || self.through >= self.width) && self.width < WIDEST {
            self.width += 1;
            self.through = 0;
        }
    }

    /// Gives a place back, or takes it away where there are too many.
    fn fit(&mut self, semaphore: &Arc<Semaphore>, place: Option<OwnedSemaphorePermit>) {
        if self.places > self.width
            && let Some(place) = place
        {
            place.forget();
            self.places -= 1;
        }
        if self.places > self.width {
            self.places -= semaphore.forget_permits(self.places - self.width);
        } else if self.places < self.width {
            semaphore.add_permits(self.width - self.places);
            self.places = self.width;
        }
    }
}

/// A poisoned lock still guards whole values: each change is a few assignments.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn pace() -> Arc<Pace> {
        Paces::default().of(&("us-east-1".to_owned(), "iam", "ListRoles"), SystemTime::UNIX_EPOCH)
    }

    fn turns(pace: &Arc<Pace>) -> Vec<Turn> {
        std::iter::from_fn(|| pace.turn().now_or_never()).collect()
    }

    #[test]
    fn a_window_widens_at_first_with_each_call() {
        let pace = pace();
        assert_eq!(turns(&pace).len(), START);
        for _ in 0..WIDEST {
            pace.turn().now_or_never().unwrap().end(true, false);
        }
        assert_eq!(pace.width(), WIDEST);
    }

    #[test]
    fn a_window_is_halved_once_for_all_its_calls() {
        let pace = pace();
        for _ in 0..WIDEST {
            pace.turn().now_or_never().unwrap().end(true, false);
        }
        let all = turns(&pace);
        assert_eq!(all.len(), WIDEST);
        for turn in all {
            turn.end(false, true);
        }
        assert_eq!(pace.width(), WIDEST / 2);
        let next = turns(&pace);
        assert_eq!(next.len(), WIDEST / 2, "only as many are let in again");
        drop(next);
        assert_eq!(turns(&pace).len(), WIDEST / 2, "dropped calls change nothing");
    }

    #[test]
    fn it_never_closes_and_widens_again() {
        let pace = pace();
        for _ in 0..20 {
            pace.turn().now_or_never().unwrap().end(false, true);
        }
        assert_eq!(pace.width(), 1);
        for _ in 0..6 {
            pace.turn().now_or_never().unwrap().end(true, false);
        }
        assert_eq!(pace.width(), 4, "one, two, three calls went through");
        assert_eq!(turns(&pace).len(), 4);
    }

    #[test]
    fn it_insists_while_anything_comes_through() {
        let pace = pace();
        assert!(!pace.goes_on(&mut Insisting::default()), "nothing ever came through");
        pace.turn().now_or_never().unwrap().end(true, false);
        let mut so_far = Insisting::default();
        for _ in 0..50 {
            assert!(pace.goes_on(&mut so_far));
            pace.turn().now_or_never().unwrap().end(true, false);
        }
        let alone = (0..).take_while(|_| pace.goes_on(&mut so_far)).count();
        assert!((5..20).contains(&alone), "{alone}");
    }

    #[test]
    fn a_closed_action_is_tried_now_and_then() {
        let pace = pace();
        for _ in 0..CLOSED {
            assert!(!pace.is_closed());
            assert!(!pace.goes_on(&mut Insisting::default()));
        }
        let tried = (0..1_000).filter(|_| !pace.is_closed()).count();
        assert_eq!(tried, 10);
        pace.turn().now_or_never().unwrap().end(true, false);
        assert!(!pace.is_closed());
    }
}
