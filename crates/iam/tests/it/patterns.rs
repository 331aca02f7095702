//! The matcher against a table.

use crate::generate::config;
use crate::oracle;
use proptest::prelude::*;
use sightline_iam::condition::Family;
use sightline_iam::context::Context;
use sightline_iam::formula::Atom;
use sightline_iam::policy::action_matches;
use sightline_iam::template::Template;

/// Letters few enough that texts and patterns meet; some beyond ASCII, some with odd capitals.
fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab*?:]{0,12}", 2 => "arn:a(:[ab*?]{0,3}){0,5}", 1 => "[aAéÉßẞİıK*]{0,6}", 1 => "(\\*a){0,40}b?", 1 => "[a*]{60,140}"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab:]{0,14}", 2 => "arn:a(:[ab]{0,3}){3,6}", 1 => "[aAéÉßẞİıK]{0,6}", 1 => "a{0,130}b?"]
}

fn resource_matches(pattern: &str, text: &str) -> bool {
    let atom =
        Atom::Resource { pattern: Template::parse(pattern, false).unwrap(), resource: text.into(), negated: false };
    atom.holds(&Context::closed()).unwrap()
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn patterns_of_text(pattern in pattern(), text in text()) {
        let pieces = Template::parse(&pattern, false).unwrap();
        prop_assert_eq!(Family::Like.matches(&text, pieces.pieces()), oracle::like(&pattern, &text));
        prop_assert_eq!(Family::Text.matches(&text, pieces.pieces()), pattern == text);
    }

    #[test]
    fn patterns_of_resources(pattern in pattern(), text in text()) {
        prop_assert_eq!(resource_matches(&pattern, &text), oracle::resource(&pattern, &text));
    }

    #[test]
    fn patterns_of_arns(pattern in pattern(), text in text()) {
        let pieces = Template::parse(&pattern, false).unwrap();
        prop_assert_eq!(Family::Arn.matches(&text, pieces.pieces()), oracle::arn(&pattern, &text));
    }

    #[test]
    fn patterns_of_actions(pattern in "[abAB*?]{0,8}", text in "[abAB]{0,10}") {
        let expected = oracle::like(&pattern.to_lowercase(), &text.to_lowercase());
        prop_assert_eq!(action_matches(&format!("Svc:{pattern}"), &format!("svc:{text}")), expected);
    }

    /// Whatever letters are equal in any case, each equals itself, and equality goes both ways.
    #[test]
    fn case_is_a_relation_of_two(one in any::<char>(), other in any::<char>()) {
        let equal = |a: char, b: char| {
            Family::TextFolded.matches(&b.to_string(), Template::parse(&a.to_string(), false).unwrap().pieces())
        };
        prop_assert!(equal(one, one));
        prop_assert_eq!(equal(one, other), equal(other, one));
        for near in one.to_lowercase().chain(one.to_uppercase()) {
            prop_assert_eq!(equal(one, near), equal(near, one));
        }
    }

    /// What a wildcard took, it takes again; a pattern takes itself with its wildcards filled.
    #[test]
    fn a_filled_pattern_is_taken(parts in prop::collection::vec(("[ab/]{0,4}", "[abc/:]{0,5}"), 0..6)) {
        let pattern: String = parts.iter().map(|(own, _)| format!("{own}*")).collect();
        let text: String = parts.iter().map(|(own, filled)| format!("{own}{filled}")).collect();
        let resource = |part: &str| format!("arn:aws:s3:::{part}");
        prop_assert!(resource_matches(&resource(&pattern), &resource(&text)));
        let like = Template::parse(&pattern, true).unwrap();
        prop_assert!(Family::Like.matches(&text, like.pieces()));
    }
}
