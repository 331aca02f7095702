//! Text that came from an account or a log: names, tags, error messages, prompts. Whoever wrote it may mean harm, so
//! it is made safe at the place where it is shown. HTML is escaped by the template engine, not here.

/// Text for a terminal: control characters (escape sequences among them) and the Unicode characters that reorder
/// or hide text are replaced by `�`, so that a resource's name cannot repaint the screen.
pub fn for_terminal(text: &str) -> String {
    text.chars().map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c }).collect()
}

/// Text for a cell of a CSV file: a leading `= + - @`, tab or carriage return makes a spreadsheet evaluate the cell, so
/// such a cell gets a leading apostrophe (OWASP, "CSV Injection").
pub fn for_spreadsheet(text: &str) -> String {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if dangerous { format!("'{text}") } else { text.to_owned() }
}

/// At most `limit` characters, with `…` in place of what was cut.
pub fn shortened(text: &str, limit: usize) -> String {
    // So few bytes are no more characters: most texts, told without counting.
    if text.len() <= limit {
        return text.to_owned();
    }
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Whether the text may stand in a command, in JSON and in Terraform without changing what they mean: every character is harmless to
/// all three, and it cannot be taken for an option.
pub fn is_safe_to_paste(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:@+=,".contains(c))
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(for_terminal("a\u{1b}[2Jb\u{202e}c\n"), "a�[2Jb�c�");
    }

    #[test]
    fn only_harmless_text_is_pasted() {
        assert!(is_safe_to_paste("arn:aws:iam::123456789012:role/service-role/Invoker"));
        for text in ["a; rm -rf /", "$(id)", "`id`", "a b", "--profile", "'", "\"", "${x}", "a\n", ""] {
            assert!(!is_safe_to_paste(text), "{text:?}");
        }
    }

    #[test]
    fn formulas_are_defused() {
        assert_eq!(for_spreadsheet("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(for_spreadsheet("plain"), "plain");
    }

    proptest! {
        #[test]
        fn terminal_text_has_no_control_characters(text in "\\PC*|.*") {
            prop_assert!(!for_terminal(&text).chars().any(char::is_control));
        }

        #[test]
        fn shortened_text_is_bounded(text in ".*", limit in 0usize..50) {
            prop_assert!(shortened(&text, limit).chars().count() <= limit + 1);
        }
    }
}
