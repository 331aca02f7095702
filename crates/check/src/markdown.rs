//! The little Markdown that a check's file is made of: headings and fenced blocks, each with its line.

/// A run of text or a fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// line where it begins, from 1; of a block, the line behind its fence
    pub line: usize,
    /// the fence's language; `None` for prose
    pub language: Option<&'a str>,
    /// without the fences, without blank lines around prose
    pub text: &'a str,
}

/// A heading with what stands below it, up to the next heading of its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    /// empty for what stands before the first heading
    pub title: &'a str,
    /// of the heading, from 1
    pub line: usize,
    /// what stands below
    pub text: &'a str,
    /// line of the text's beginning
    pub text_line: usize,
}

/// Splits a text at headings that begin with `marker` (such as `## `), leaving fenced blocks alone.
pub(crate) fn sections<'a>(text: &'a str, first_line: usize, marker: &str) -> Vec<Section<'a>> {
    let mut found = vec![Section { title: "", line: first_line, text: "", text_line: first_line }];
    let (mut start, mut fenced) = (0, false);
    for (offset, line, number) in lines(text, first_line) {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if let Some(title) = line.strip_prefix(marker).filter(|_| !fenced) {
            close(&mut found, text, start, offset);
            start = offset + line.len();
            found.push(Section { title: title.trim(), line: number, text: "", text_line: number });
        }
    }
    close(&mut found, text, start, text.len());
    found
}

fn close<'a>(found: &mut [Section<'a>], text: &'a str, start: usize, end: usize) {
    if let Some(last) = found.last_mut() {
        last.text = text.get(start..end).unwrap_or_default();
    }
}

/// Splits a section into prose and fenced blocks. A fence that is never closed is given as `Err` with its line.
pub(crate) fn parts(text: &str, first_line: usize) -> Result<Vec<Part<'_>>, usize> {
    let mut found = Vec::new();
    let (mut start, mut start_line) = (0, first_line);
    let mut language: Option<&str> = None;
    for (offset, line, number) in lines(text, first_line) {
        let Some(info) = line.strip_prefix("```") else { continue };
        let inside = text.get(start..offset).unwrap_or_default();
        if let Some(of) = language.take() {
            found.push(Part { line: start_line, language: Some(of), text: inside });
        } else {
            prose(&mut found, inside, start_line);
            language = Some(info.trim());
        }
        (start, start_line) = ((offset + line.len() + 1).min(text.len()), number + 1);
    }
    if language.is_some() {
        return Err(start_line - 1);
    }
    prose(&mut found, text.get(start..).unwrap_or_default(), start_line);
    Ok(found)
}

fn prose<'a>(found: &mut Vec<Part<'a>>, text: &'a str, line: usize) {
    let text = text.trim();
    if !text.is_empty() {
        found.push(Part { line, language: None, text });
    }
}

/// Byte offset, text and number of each line.
fn lines(text: &str, first_line: usize) -> impl Iterator<Item = (usize, &str, usize)> {
    let mut offset = 0;
    text.split('\n').enumerate().map(move |(index, line)| {
        let begin = offset;
        offset += line.len() + 1;
        (begin, line, first_line + index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_inside_a_fence_are_text() {
        let found = sections("intro\n## A\n```sh\n## not a heading\n```\n## B\nend", 10, "## ");
        let titles: Vec<_> = found.iter().map(|section| (section.title, section.line)).collect();
        assert_eq!(titles, [("", 10), ("A", 11), ("B", 15)]);
    }

    #[test]
    fn prose_and_blocks_keep_their_lines() {
        let found = parts("say\n\n```sql\nselect 1\n```\nmore", 5).unwrap();
        assert_eq!(
            found,
            [
                Part { line: 5, language: None, text: "say" },
                Part { line: 8, language: Some("sql"), text: "select 1\n" },
                Part { line: 10, language: None, text: "more" },
            ]
        );
    }

    #[test]
    fn an_open_fence_is_named_by_its_line() {
        assert_eq!(parts("a\n```sql\nselect", 1), Err(2));
    }
}
