//! Reading JSON as far as it has the expected shape. What has another, a number in place of text or a text in place of an object, reads as
//! nothing or in its spelling, and a name that stands twice counts as it stands last: so nobody hides a record by writing it oddly, and only
//! what is no JSON at all is a reject. Text is borrowed from the record where it has no escapes; what is not asked for is passed over.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// Text; numbers and flags in their spelling; empty for all else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The first `MOST` elements of an array; none where it is no array.
#[derive(Debug, Clone)]
pub(crate) struct Items<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> Default for Items<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MOST: usize> Deref for Items<T, MOST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<const MOST: usize> Items<Text<'_>, MOST> {
    /// The first element; empty where there is none.
    pub(crate) fn text(&self) -> &str {
        self.first().map_or("", Deref::deref)
    }
}

/// Declares an object with the members that are read of it. Each member's type reads whatever stands there.
macro_rules! lenient {
    ($(#[$about:meta])* $name:ident<$life:lifetime> { $($field:ident: $kind:ty = $($key:literal)|+),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Default)]
        pub(crate) struct $name<$life> {
            $(pub(crate) $field: $kind),+
        }

        impl<$life> serde::de::Deserialize<$life> for $name<$life> {
            fn deserialize<D: serde::de::Deserializer<$life>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members<$life>(std::marker::PhantomData<&$life ()>);
                impl<$life> serde::de::Visitor<$life> for Members<$life> {
                    type Value = $name<$life>;
                    $crate::lenient::nothing!($life);

                    fn visit_map<A: serde::de::MapAccess<$life>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut read = $name::default();
                        while let Some(name) = map.next_key::<$crate::lenient::Text<$life>>()? {
                            match &*name {
                                $($($key)|+ => read.$field = map.next_value()?,)+
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(read)
                    }

                    fn visit_seq<A: serde::de::SeqAccess<$life>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                        Ok(Self::Value::default())
                    }
                }
                deserializer.deserialize_any(Members(std::marker::PhantomData))
            }
        }
    };
}

/// The methods of a visitor for values that are neither object nor array: they read as nothing.
macro_rules! nothing {
    ($life:lifetime) => {
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("any JSON")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

pub(crate) use {lenient, nothing};

struct OfText;

impl<'de> Visitor<'de> for OfText {
    type Value = Text<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(if flag { "true" } else { "false" })))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfText)
    }
}

struct OfItems<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for OfItems<T, MOST> {
    type Value = Items<T, MOST>;
    nothing!('de);

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < MOST
            && let Some(item) = seq.next_element()?
        {
            items.push(item);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Items(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Items::default())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Items<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfItems(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    lenient! {
        /// An object within an object.
        Sample<'a> {
            name: Text<'a> = "name" | "title",
            tags: Items<Text<'a>, 2> = "tags",
            inner: Inner<'a> = "inner",
        }
    }

    lenient! {
        Inner<'a> { value: Text<'a> = "value" }
    }

    fn read(text: &str) -> String {
        let sample: Sample<'_> = serde_json::from_str(text).unwrap();
        let tags: Vec<&str> = sample.tags.iter().map(Deref::deref).collect();
        format!("{} [{}] {}", &*sample.name, tags.join(" "), &*sample.inner.value)
    }

    #[test]
    fn the_expected_shape() {
        assert_eq!(
            read(r#"{"other":{"name":[]},"title":"t\u0041","tags":["a",1,"c"],"inner":{"value":"v"}}"#),
            "tA [a 1] v"
        );
    }

    #[test]
    fn any_other_shape() {
        assert_eq!(read(r#"{"name":1.5,"name":-3,"tags":{"a":1},"inner":[{"value":"v"}]}"#), "-3 [] ");
        assert_eq!(read(r#"{"name":{"a":[1]},"tags":[{},[],null],"inner":{"value":true}}"#), " [ ] true");
        assert_eq!(read(r#"{"name":["a"],"tags":"x","inner":"y"}"#), " [] ");
        for other in ["[]", "1", "-1", "1.5", "null", "true", "\"x\""] {
            assert_eq!(read(other), " [] ");
        }
        assert!(serde_json::from_str::<Sample<'_>>("{").is_err());
    }
}
