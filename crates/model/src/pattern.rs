//! Patterns in which `*` is any text.

/// Whether a text is what the pattern says. It takes no longer than the pattern times the text, whatever stands in both.
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_are_any_text() {
        for (pattern, text, expected) in [
            ("aws_iam_*", "aws_iam_role", true),
            ("aws_iam_*", "aws_vpc", false),
            ("*_role", "aws_iam_role", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("bedrock", "bedrock-agent", false),
            ("cis-7.0:2.*", "cis-7.0:2.12", true),
            ("arn:*:iam::aws:policy/*", "arn:aws-cn:iam::aws:policy/x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
