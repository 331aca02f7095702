//! How ids of controls are written down in few words.

/// `SageMaker.{8..25}` as all that it stands for.
pub(super) fn expanded(text: &str) -> Vec<String> {
    let range = || {
        let (head, rest) = text.split_once('{')?;
        let (range, tail) = rest.split_once('}')?;
        let (first, last) = range.split_once("..")?;
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        Some((first..=last).map(|number| format!("{head}{number}{tail}")).collect())
    };
    range().unwrap_or_else(|| vec![text.to_owned()])
}

/// Whether an id looks as the pattern says, where `#` is a digit.
pub(super) fn fits(id: &str, pattern: &str) -> bool {
    id.chars().count() == pattern.chars().count()
        && id.chars().zip(pattern.chars()).all(|(c, of)| if of == '#' { c.is_ascii_digit() } else { c == of })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_patterns() {
        assert_eq!(expanded("A.{9..10}"), ["A.9", "A.10"]);
        assert_eq!(expanded("LLM10"), ["LLM10"]);
        assert!(fits("AML.T0051", "AML.T####") && !fits("AML.T005x", "AML.T####") && !fits("AML.T00512", "AML.T####"));
    }
}
