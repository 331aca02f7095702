//! Lenient access to a part of a record that the cursor has passed over once: real logs have numbers where text is documented, text where
//! flags are, and nothing where objects are.

use super::cursor::{Cursor, Step};
use super::text::{Span, Text};
use std::borrow::Cow;

/// A value, or nothing. It is sound JSON: faults were found when it was passed over.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node<'r> {
    cursor: Option<Cursor<'r>>,
    json: &'r str,
}

impl<'r> Node<'r> {
    /// The value that the cursor stands before; the cursor passes over it.
    pub(crate) fn passed(cursor: &mut Cursor<'r>) -> Step<Self> {
        cursor.peek();
        let start = *cursor;
        cursor.skip()?;
        Some(Self { cursor: Some(start), json: start.until(cursor) })
    }

    /// Its JSON, as it stands; empty for nothing.
    pub(crate) fn json(self) -> &'r str {
        self.json
    }

    /// A cursor before it.
    pub(crate) fn cursor(self) -> Option<Cursor<'r>> {
        self.cursor
    }

    /// The member of this name, the last where there are several; nothing where this is no object or has none.
    pub(crate) fn at(self, name: &str) -> Self {
        let mut found = Self::default();
        self.members(|member, value| {
            if member.whole() == name {
                found = value;
            }
        });
        found
    }

    /// Gives each element to `each`; none where this is no array.
    pub(crate) fn elements(self, mut each: impl FnMut(Self)) {
        self.walk(|cursor| cursor.array(|cursor| Self::passed(cursor).map(&mut each)));
    }

    /// Gives each member to `each`; none where this is no object.
    pub(crate) fn members(self, mut each: impl FnMut(Text<'r>, Self)) {
        self.walk(|cursor| {
            cursor.object(|cursor, name| Self::passed(cursor).map(|value| each(name.of(cursor.record()), value)))
        });
    }

    /// Walks over it with a cursor; not at all where this is nothing.
    #[inline]
    pub(crate) fn walk(self, walk: impl FnOnce(&mut Cursor<'r>) -> Step) {
        if let Some(mut cursor) = self.cursor {
            // It was passed over before: no step fails.
            let _sound = walk(&mut cursor);
        }
    }

    /// Text, or a number or flag in its spelling; empty for all else.
    pub(crate) fn text(self) -> Text<'r> {
        self.cursor.map(|cursor| self.span().of(cursor.record())).unwrap_or_default()
    }

    /// Where that stands in the record.
    pub(crate) fn span(self) -> Span {
        self.cursor.and_then(|mut cursor| cursor.text()).unwrap_or_default()
    }

    /// Likewise without outer blanks, of at most 2,048 characters.
    pub(crate) fn kept(self) -> Cow<'r, str> {
        self.text().kept()
    }
}
