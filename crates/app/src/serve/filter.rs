//! Filters of lists: the names and words are those of the command line's flags.

use super::problem::Problem;
use std::fmt::Display;
use std::str::FromStr;

/// Words with commas between them, each of a list.
#[derive(Debug)]
pub(crate) struct Words<T>(pub(crate) Vec<T>);

impl<T: FromStr<Err: Display>> FromStr for Words<T> {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let parse = |word: String| word.parse().map_err(|error: T::Err| Problem::bad(error.to_string()));
        Ok(Self(words(Some(text)).into_iter().map(parse).collect::<Result<_, _>>()?))
    }
}

/// What stands between commas.
pub(crate) fn words(text: Option<&str>) -> Vec<String> {
    let all = text.unwrap_or_default().split(',').map(str::trim);
    all.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
