//! Patterns and texts through the matcher and through a table of all prefixes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sightline_iam::condition::Family;
use sightline_iam::context::Context;
use sightline_iam::formula::Atom;
use sightline_iam::template::Template;

#[path = "../../crates/iam/tests/it/oracle.rs"]
mod oracle;

/// The table has a cell for each pair of characters.
const MOST: usize = 4_096;

fuzz_target!(|input: (&str, &str)| {
    let (pattern, text) = input;
    if pattern.len() + text.len() > MOST {
        return;
    }
    let Ok(template) = Template::parse(pattern, false) else { return };
    assert_eq!(Family::Like.matches(text, template.pieces()), oracle::like(pattern, text));
    assert_eq!(Family::Arn.matches(text, template.pieces()), oracle::arn(pattern, text));
    let atom = Atom::Resource { pattern: template, resource: text.into(), negated: false };
    assert_eq!(atom.holds(&Context::closed()), Some(oracle::resource(pattern, text)));
});
