use super::said::Said;
use crate::answer::End;
use serde_json::Value;

/// Puts an answer together that comes in parts.
pub(in crate::surface) trait Listener: Send {
    /// The next part; whether it is one of this form.
    fn take(&mut self, part: &Value) -> bool;

    /// What was said; nothing when the part is missing that ends an answer.
    fn said(self: Box<Self>) -> Option<Said>;
}

/// For forms whose parts look like answers: texts are joined, the last word on the end and the largest counts are taken.
pub(super) struct Answers<F> {
    read: F,
    said: Said,
    ended: bool,
}

impl<F: Fn(&Value) -> Option<Said> + Send> Answers<F> {
    pub(super) fn of(read: F) -> Self {
        Self { read, said: Said::default(), ended: false }
    }
}

impl<F: Fn(&Value) -> Option<Said> + Send> Listener for Answers<F> {
    fn take(&mut self, part: &Value) -> bool {
        let Some(part) = (self.read)(part) else { return false };
        self.said.text.push_str(&part.text);
        self.said.input_tokens = self.said.input_tokens.max(part.input_tokens);
        self.said.output_tokens = self.said.output_tokens.max(part.output_tokens);
        if part.end != End::Unsaid {
            (self.said.stop_reason, self.said.end, self.ended) = (part.stop_reason, part.end, true);
        }
        true
    }

    fn said(self: Box<Self>) -> Option<Said> {
        self.ended.then_some(self.said)
    }
}
