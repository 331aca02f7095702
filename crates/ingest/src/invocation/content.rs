//! Text out of the content of messages: texts, blocks of all families, tool calls and their results. Images and other media are named, not
//! kept.

use super::node::Node;
use crate::{Text, redact};

/// Bytes of a prompt or completion that are kept.
pub(crate) const LONGEST: usize = 64 << 10;
/// Bytes that are read beyond that, so that a secret that is cut is not kept by half.
const SLACK: usize = 16 << 10;
/// Blocks within blocks that are read.
const DEEPEST: usize = 8;
/// A text without a blank that is longer is no language.
const LONGEST_WORD: usize = 512;
/// What stands for the rest.
const CUT: &str = " [cut]";

/// Text that is put together.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    text: String,
    full: bool,
}

impl Collected {
    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds text where the last one ended.
    pub(crate) fn push(&mut self, text: &str) {
        let room = (LONGEST + SLACK).saturating_sub(self.text.len());
        let end = text.floor_char_boundary(room.min(text.len()));
        self.full |= end < text.len();
        self.text.push_str(text.get(..end).unwrap_or_default());
    }

    /// Begins a line, with who says it.
    pub(crate) fn line(&mut self, who: &str) {
        if !self.text.is_empty() && !self.text.ends_with(['\n', ' ']) {
            self.push("\n");
        }
        if !who.is_empty() {
            self.push(who);
            self.push(": ");
        }
    }

    /// Adds content: a text, a block, or several.
    pub(crate) fn content(&mut self, content: Node<'_>) {
        self.value(content, DEEPEST);
    }

    /// Adds all texts of a value of unknown shape.
    pub(crate) fn any(&mut self, value: Node<'_>) {
        self.texts(value, DEEPEST);
    }

    /// The text as it may be kept, of bounded length; nothing where none is kept.
    pub(crate) fn finish(mut self, keep: Text) -> Option<String> {
        if self.full {
            let end = self.text.rfind(char::is_whitespace).filter(|end| *end > LONGEST);
            self.text.truncate(end.unwrap_or_else(|| self.text.floor_char_boundary(LONGEST)));
        }
        self.text.truncate(self.text.trim_end().len());
        let mut kept = match keep {
            Text::None => return None,
            Text::Redacted => redact::all(&self.text).into_owned(),
            Text::Whole => self.text,
        };
        if self.full || kept.len() > LONGEST {
            kept.truncate(kept.floor_char_boundary(LONGEST));
            kept.push_str(CUT);
        }
        Some(kept)
    }

    fn value(&mut self, value: Node<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1).filter(|_| !self.full) else { return };
        if let Some(text) = value.str() {
            self.push(text);
        } else if value.is_array() {
            for element in value.elements() {
                self.line("");
                self.value(element, depth);
            }
        } else {
            self.block(value, depth);
        }
    }

    fn block(&mut self, block: Node<'_>, depth: usize) {
        let kind = block.at("type").str().unwrap_or_default();
        if matches!(kind, "tool_use" | "server_tool_use" | "mcp_tool_use" | "function_call") {
            return self.tool(block);
        }
        for (name, value) in block.members() {
            match name {
                "text" | "thinking" | "reasoningText" | "guardContent" | "content" | "message" | "output"
                | "citationsContent" | "refusal" => self.value(value, depth),
                "reasoningContent" => self.value(value, depth),
                "toolUse" | "function" => self.tool(value),
                "toolResult" => {
                    self.line("tool result");
                    self.value(value.at("content"), depth);
                }
                "tool_calls" => value.each().for_each(|call| self.call(call)),
                "json" => self.json(value),
                "image" | "video" | "audio" | "document" | "image_url" | "input_audio" | "inlineData" => {
                    self.media(name)
                }
                "source" => self.media(if kind.len() < 20 { kind } else { "media" }),
                _ => {}
            }
        }
    }

    /// An OpenAI or Mistral tool call has a function, a Cohere one is it.
    pub(crate) fn call(&mut self, call: Node<'_>) {
        self.tool(if call.at("function").is_object() { call.at("function") } else { call });
    }

    /// The name and the input of a tool. In a stream they come one after the other.
    pub(crate) fn tool(&mut self, tool: Node<'_>) {
        if let Some(name) = tool.at("name").str() {
            self.line("");
            self.push("tool ");
            self.push(name);
            self.push(": ");
        }
        for (name, value) in tool.members() {
            if matches!(name, "input" | "arguments" | "parameters") {
                match value.str() {
                    Some(text) => self.push(text),
                    // Where the input of a tool comes in pieces, the first is empty.
                    None if value.members().next().is_some() => self.json(value),
                    None => {}
                }
            }
        }
    }

    fn json(&mut self, value: Node<'_>) {
        let room = (LONGEST + SLACK).saturating_sub(self.text.len());
        self.full |= !value.json(room, &mut self.text);
    }

    fn media(&mut self, kind: &str) {
        self.line("");
        self.push("[");
        self.push(kind);
        self.push("]");
    }

    fn texts(&mut self, value: Node<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1).filter(|_| !self.full) else { return };
        if let Some(text) = value.str() {
            let is_language = text.len() < LONGEST_WORD || text.contains(char::is_whitespace);
            self.line("");
            self.push(if is_language { text } else { "[data]" });
        }
        value.elements().for_each(|element| self.texts(element, depth));
        value.members().for_each(|(_, member)| self.texts(member, depth));
    }
}
