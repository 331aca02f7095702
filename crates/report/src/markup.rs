//! Text in Markdown.

use sightline_model::untrusted::{for_terminal, shortened};

/// Characters of one text.
const LONGEST: usize = 300;

/// Text that is no markup: every character that could begin some is a character reference.
pub(crate) fn plain(untrusted: &str) -> String {
    let safe = for_terminal(&shortened(untrusted, LONGEST));
    safe.chars().fold(String::new(), |mut text, c| {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '&' | '@' | ':' => {
                text.push_str(&format!("&#{};", u32::from(c)));
            }
            c => text.push(c),
        }
        text
    })
}
