//! Lists page by page: sorted by a key that each row has alone, so that a page begins behind the last row of the one before, whatever
//! was written in between.

use super::problem::Problem;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Rows of a page where nothing is said.
const USUAL: usize = 100;

/// The most rows of a page.
pub(crate) const MOST: usize = 1_000;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// Rows of this page
    pub(crate) items: Vec<T>,
    /// The `cursor` of the next page; nothing on the last
    pub(crate) next: Option<String>,
    /// How many rows fit the filters, on all pages
    pub(crate) total: usize,
}

/// Which page, where nothing else is asked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

impl PageQuery {
    /// # Errors
    /// As [`Paging::new`].
    pub(crate) fn paging(&self) -> Result<Paging, Problem> {
        Paging::new(self.limit, self.cursor.as_deref())
    }
}

/// Which page is wanted.
#[derive(Debug)]
pub(crate) struct Paging {
    limit: usize,
    /// key of the last row that was seen
    after: Option<String>,
}

impl Paging {
    /// # Errors
    /// The limit is out of bounds, or no page ever had this cursor.
    pub(crate) fn new(limit: Option<usize>, cursor: Option<&str>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::bad(format!("`limit` is {limit}: it must be 1 to {MOST}")));
        }
        Ok(Self { limit, after: cursor.map(key_of).transpose()? })
    }
}

impl Paging {
    /// For a list that is read from a store row by row: the key of the last row that was seen, and how many rows to read, which is one
    /// more than are shown.
    pub(crate) fn of_store(&self) -> (Option<&str>, u32) {
        (self.after.as_deref(), u32::try_from(self.limit).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// The rows of the page, and the cursor of the next where there is one.
    pub(crate) fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let is_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| is_more);
        let next = last.map(|row| BASE64_URL_SAFE_NO_PAD.encode(key(row)));
        (rows, next)
    }
}

fn key_of(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| Problem::bad("`cursor` is none of ours: take it from `next` of the page before"))
}

/// Rows in the order of their keys.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    rows: Vec<(Box<str>, T)>,
}

impl<T> Rows<T> {
    /// Sorts. Rows of the same key keep their order, and get a number behind it.
    pub(crate) fn new(rows: Vec<T>, key: impl Fn(&T) -> String) -> Self {
        let mut rows: Vec<(Box<str>, T)> = rows.into_iter().map(|row| (key(&row).into_boxed_str(), row)).collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut before: (Box<str>, usize) = (Box::default(), 0);
        for (key, _) in &mut rows {
            if *key == before.0 {
                before.1 += 1;
                *key = format!("{key}\u{1}{:08}", before.1).into_boxed_str();
            } else {
                before = (key.clone(), 0);
            }
        }
        Self { rows }
    }

    /// All rows, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.rows.iter().map(|(_, row)| row)
    }

    /// The row at this place.
    pub(crate) fn at(&self, place: u32) -> Option<&T> {
        self.rows.get(usize::try_from(place).ok()?).map(|(_, row)| row)
    }

    /// A page of the rows that stand at these places, which are in order.
    pub(crate) fn page_of<U>(&self, paging: &Paging, places: &[u32], shown: impl Fn(&T) -> U) -> Page<U> {
        let at = |place: &u32| usize::try_from(*place).ok().and_then(|place| self.rows.get(place));
        let begin = match &paging.after {
            Some(after) => places.partition_point(|place| at(place).is_some_and(|(key, _)| **key <= **after)),
            None => 0,
        };
        let later = places.get(begin..).unwrap_or_default();
        let found: Vec<&(Box<str>, T)> = later.iter().take(paging.limit).filter_map(at).collect();
        let last = found.last().filter(|_| later.len() > found.len());
        Page {
            next: last.map(|(key, _)| BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes())),
            items: found.into_iter().map(|(_, row)| shown(row)).collect(),
            total: places.len(),
        }
    }

    /// The rows of a page that fit, as they are shown.
    pub(crate) fn page<U>(&self, paging: &Paging, fits: impl Fn(&T) -> bool, shown: impl Fn(&T) -> U) -> Page<U> {
        let begin = match &paging.after {
            Some(after) => self.rows.partition_point(|(key, _)| **key <= **after),
            None => 0,
        };
        let (earlier, later) = self.rows.split_at(begin.min(self.rows.len()));
        let mut total = earlier.iter().filter(|(_, row)| fits(row)).count();
        let (mut items, mut last, mut next) = (Vec::with_capacity(paging.limit.min(64)), None, None);
        for (key, row) in later.iter().filter(|(_, row)| fits(row)) {
            total += 1;
            if items.len() < paging.limit {
                items.push(shown(row));
                last = Some(key);
            } else if next.is_none() {
                next = last.map(|key| BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes()));
            }
        }
        Page { items, next, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pages(rows: &Rows<u8>, limit: usize) -> Vec<u8> {
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = rows.page(&Paging::new(Some(limit), cursor.as_deref()).unwrap(), |row| *row % 3 > 0, |row| *row);
            assert!(page.items.len() <= limit);
            seen.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return seen,
            }
        }
    }

    proptest! {
        /// Also where many rows have the same key.
        #[test]
        fn pages_hold_each_row_once(values: Vec<u8>, limit in 1_usize..9) {
            let rows = Rows::new(values.clone(), |value| format!("{:02}", value / 16));
            let mut seen = pages(&rows, limit);
            let mut wanted: Vec<u8> = values.into_iter().filter(|row| row % 3 > 0).collect();
            let places: Vec<u32> = (0_u32..).zip(rows.iter()).filter(|(_, row)| **row % 3 > 0).map(|(place, _)| place).collect();
            let mut cursor = None::<String>;
            for _ in 0..3 {
                let paging = Paging::new(Some(limit), cursor.as_deref()).unwrap();
                let (by_place, by_row) = (rows.page_of(&paging, &places, |row| *row), rows.page(&paging, |row| *row % 3 > 0, |row| *row));
                prop_assert_eq!((&by_place.items, &by_place.next, by_place.total), (&by_row.items, &by_row.next, by_row.total));
                cursor = by_place.next;
                if cursor.is_none() { break; }
            }
            prop_assert_eq!(rows.page(&Paging::new(None, None).unwrap(), |row| *row % 3 > 0, |_| ()).total, wanted.len());
            seen.sort_unstable();
            wanted.sort_unstable();
            prop_assert_eq!(seen, wanted);
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for cursor in ["%", "=", "_w"] {
            assert_eq!(Paging::new(None, Some(cursor)).unwrap_err().status, 400, "{cursor}");
        }
        assert!(Paging::new(Some(0), None).is_err() && Paging::new(Some(1_001), None).is_err());
    }
}
