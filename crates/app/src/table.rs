//! Tables for a terminal, 80 columns wide where nothing else is known. Every cell is untrusted text.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table as Grid};
use sightline_model::untrusted::for_terminal;
use std::io::IsTerminal as _;

/// The width of what is not a terminal.
const DEFAULT_WIDTH: u16 = 80;

/// Rows under a heading.
pub(crate) struct Table {
    grid: Grid,
    colour: bool,
}

/// How a cell is coloured, where colours are wanted. The text says the same in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// as the terminal has it
    Plain,
    /// good
    Good,
    /// bad
    Bad,
    /// could not look
    Doubt,
}

impl Table {
    /// A table with these column titles.
    pub(crate) fn new(titles: &[&str]) -> Self {
        let colour = wants_colour();
        let mut grid = Grid::new();
        grid.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width());
        if !colour {
            grid.force_no_tty();
        }
        grid.set_header(titles.iter().map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
        for column in grid.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self { grid, colour }
    }

    /// Adds a row.
    pub(crate) fn row<'a>(&mut self, cells: impl IntoIterator<Item = (&'a str, Tone)>) {
        let cells: Vec<Cell> = cells.into_iter().map(|(text, tone)| self.cell(text, tone)).collect();
        self.grid.add_row(cells);
    }

    /// Sets a column of numbers to the right.
    pub(crate) fn align_right(&mut self, column: usize) {
        if let Some(column) = self.grid.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }

    fn cell(&self, text: &str, tone: Tone) -> Cell {
        let cell = Cell::new(for_terminal(text));
        match tone {
            _ if !self.colour => cell,
            Tone::Plain => cell,
            Tone::Good => cell.fg(Color::Green),
            Tone::Bad => cell.fg(Color::Red),
            Tone::Doubt => cell.fg(Color::Yellow),
        }
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in self.grid.lines() {
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A word at the left and text beside it, wrapped to the terminal's width; the text begins at column `indent`.
pub(crate) fn entry(word: &str, tone: Tone, indent: usize, text: &str) -> String {
    let mut lines = wrapped(&for_terminal(text), usize::from(width()).saturating_sub(indent).max(20)).into_iter();
    let pad = " ".repeat(indent.saturating_sub(word.chars().count() + 2));
    let mut out = format!("  {}{pad}{}", coloured(word, tone), lines.next().unwrap_or_default());
    for line in lines {
        out.push('\n');
        out.push_str(&" ".repeat(indent));
        out.push_str(&line);
    }
    out
}

/// A paragraph, wrapped to the terminal's width.
pub(crate) fn paragraph(text: &str) -> String {
    wrapped(&for_terminal(text), usize::from(width())).join("\n")
}

/// The text in lines of at most `limit` characters, broken at spaces where there are any.
fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest: Vec<char> = word.chars().collect();
        while let Some(line) = lines.last_mut() {
            let used = line.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + rest.len() <= limit {
                line.push_str(if gap == 1 { " " } else { "" });
                line.extend(rest);
                break;
            }
            if used == 0 {
                line.extend(rest.drain(..limit));
            }
            lines.push(String::new());
        }
    }
    lines
}

fn coloured(word: &str, tone: Tone) -> String {
    let code = match tone {
        _ if !wants_colour() => return word.to_owned(),
        Tone::Plain => return word.to_owned(),
        Tone::Good => 32,
        Tone::Bad => 31,
        Tone::Doubt => 33,
    };
    format!("\u{1b}[{code}m{word}\u{1b}[0m")
}

fn wants_colour() -> bool {
    std::io::stdout().is_terminal() && !crate::world::has_variable("NO_COLOR")
}

/// The width of the terminal.
pub(crate) fn width() -> u16 {
    crate::world::columns().or_else(|| Grid::new().width()).unwrap_or(DEFAULT_WIDTH).max(40)
}

/// A name cut in its middle to `limit` characters: the ends of names tell most.
pub(crate) fn middle(text: &str, limit: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= limit {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(1);
    let head: String = chars.iter().take(kept.div_ceil(2)).collect();
    let tail: String = chars.iter().skip(chars.len() - kept / 2).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::{middle, wrapped};

    #[test]
    fn text_is_wrapped_at_spaces_and_long_words_are_cut() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a 0123456789", 4), ["a", "0123", "4567", "89"]);
        assert_eq!(wrapped("", 4), [""]);
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(middle("anthropic.claude-3-haiku", 12), "anthro…haiku");
        assert_eq!(middle("short", 12), "short");
    }
}
