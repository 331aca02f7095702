//! What is kept of a request's parameters: neither prompts nor secrets, and never much.

use super::cursor::{Cursor, Step};
use super::json;
use super::node::Node;
use super::text::{Span, Text};
use super::withheld::{CUT, Judge, Verdict, is_hidden};

/// Bytes of JSON that are kept.
pub(crate) const MOST: usize = 4096;
/// Characters of one text that are kept.
const LONGEST_TEXT: usize = 512;
/// Elements of one array that are kept.
const MOST_ELEMENTS: usize = 50;
/// Members of the outermost object that are looked at.
const MOST_MEMBERS: usize = 1000;
/// Bytes of a number that no computer takes for an infinite one.
const SHORT_NUMBER: usize = 300;

/// Writes parameters without content and secrets, as JSON of at most 4,096 bytes. One for many requests.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    judge: Judge,
    /// what was written
    json: String,
    /// the members of the objects that are being written, those of the innermost last
    members: Vec<Member>,
    /// where the outermost member begins
    begin: usize,
    harmless: bool,
    cut: bool,
}

/// A member that was written, with a comma behind it.
#[derive(Debug, Clone, Copy)]
struct Member {
    start: usize,
    /// where its name ends, with its quotes
    name_end: usize,
    end: usize,
}

impl Parameters {
    /// What is kept of them; `null` for nothing.
    pub(crate) fn kept(&mut self, request: Node<'_>) -> &str {
        self.json.clear();
        self.members.clear();
        self.begin = 0;
        self.cut = false;
        let Some(mut cursor) = request.cursor() else { return "null" };
        self.harmless = self.judge.is_harmless(request.json());
        let is_object = cursor.peek() == b'{';
        let written = if is_object { self.outermost(&mut cursor) } else { self.value(&mut cursor) };
        if written.is_none() || self.json.len() > MOST { "null" } else { &self.json }
    }

    fn outermost(&mut self, cursor: &mut Cursor<'_>) -> Step {
        self.json.push('{');
        cursor.object(|cursor, name| {
            if self.members.len() == MOST_MEMBERS {
                self.cut = true;
                return cursor.skip();
            }
            self.begin = self.json.len();
            self.member(cursor, name, 0)
        })?;
        self.bound();
        self.end_object();
        Some(())
    }

    fn value(&mut self, cursor: &mut Cursor<'_>) -> Step {
        match cursor.peek() {
            b'"' => {
                let text = cursor.text()?.of(cursor.record());
                self.text(text);
                Some(())
            }
            b'{' => self.object(cursor),
            b'[' => self.array(cursor),
            _ => {
                let scalar = cursor.scalar()?.of(cursor.record());
                self.scalar(scalar.raw);
                Some(())
            }
        }
    }

    fn object(&mut self, cursor: &mut Cursor<'_>) -> Step {
        let siblings = self.members.len();
        self.json.push('{');
        cursor.object(|cursor, name| self.member(cursor, name, siblings))?;
        self.members.truncate(siblings);
        self.end_object();
        Some(())
    }

    fn array(&mut self, cursor: &mut Cursor<'_>) -> Step {
        self.json.push('[');
        let mut elements = 0;
        cursor.array(|cursor| {
            elements += 1;
            if elements > MOST_ELEMENTS || self.is_spent() {
                return cursor.skip();
            }
            if elements > 1 {
                self.json.push(',');
            }
            self.value(cursor)
        })?;
        self.json.push(']');
        Some(())
    }

    /// Writes a member, if it may be kept. Its siblings are the members from `siblings` on; of equal names the last counts.
    fn member(&mut self, cursor: &mut Cursor<'_>, name: Span, siblings: usize) -> Step {
        if self.is_spent() {
            return cursor.skip();
        }
        let start = self.json.len();
        let name = name.of(cursor.record());
        let meaning = name.whole();
        json::string(&mut self.json, &meaning, name.escaped);
        let name_end = self.json.len();
        let removed = self.remove_namesake(start, siblings);
        let (start, name_end) = (start - removed, name_end - removed);
        if self.is_withheld(cursor, &meaning)? {
            self.json.truncate(start);
            return Some(());
        }
        self.json.push(':');
        let place = self.members.len();
        self.members.push(Member { start, name_end, end: 0 });
        self.value(cursor)?;
        self.json.push(',');
        if let Some(member) = self.members.get_mut(place) {
            member.end = self.json.len();
        }
        Some(())
    }

    /// Whether the value is withheld; then it is passed over.
    fn is_withheld(&mut self, cursor: &mut Cursor<'_>, name: &str) -> Step<bool> {
        let verdict = self.judge.name(name);
        if verdict == Verdict::Plain {
            return Some(false);
        }
        let mut ahead = *cursor;
        let keeps = match ahead.peek() {
            b'"' => is_hidden(ahead.text()?.of(cursor.record())),
            b't' | b'f' => verdict != Verdict::Content,
            b'-' | b'0'..=b'9' => verdict == Verdict::SecretOrCount,
            _ => false,
        };
        if !keeps {
            cursor.skip()?;
        }
        Some(!keeps)
    }

    /// Removes the member of the name that was just written at `start`; tells how many bytes it took.
    fn remove_namesake(&mut self, start: usize, siblings: usize) -> usize {
        let json = self.json.as_bytes();
        let name = json.get(start..);
        let place = self
            .members
            .get(siblings..)
            .and_then(|members| members.iter().position(|member| json.get(member.start..member.name_end) == name));
        let Some(place) = place else { return 0 };
        let gone = self.members.remove(siblings + place);
        let length = gone.end - gone.start;
        self.json.replace_range(gone.start..gone.end, "");
        for member in self.members.iter_mut().skip(siblings + place) {
            member.start -= length;
            member.name_end -= length;
            member.end -= length;
        }
        if gone.start < self.begin {
            self.begin -= length;
        }
        length
    }

    fn text(&mut self, text: Text<'_>) {
        if self.judge.looks_secret(&text.whole(), self.harmless) {
            self.json.push_str("\"\"");
        } else {
            json::string(&mut self.json, &text.shortened(LONGEST_TEXT), text.escaped);
        }
    }

    /// A number, flag or null. A number that readers of JSON take for an infinite one is kept as text.
    fn scalar(&mut self, raw: &str) {
        let long = raw.len() > SHORT_NUMBER || raw.bytes().any(|byte| matches!(byte, b'e' | b'E'));
        let is_infinite = long && raw.parse::<f64>().is_ok_and(f64::is_infinite);
        if is_infinite {
            json::string(&mut self.json, &sightline_model::untrusted::shortened(raw, LONGEST_TEXT), false);
        } else {
            self.json.push_str(raw);
        }
    }

    /// Whether the outermost member is too large to be kept, whatever comes (but for what comes being of a name that came before).
    fn is_spent(&self) -> bool {
        self.json.len() > self.begin + MOST + CUT.len()
    }

    /// Removes the largest members until the rest keeps to the bound.
    fn bound(&mut self) {
        let mut total: usize = self.members.iter().map(|member| member.end - member.start + 1).sum();
        if total <= MOST && !self.cut {
            return;
        }
        total += CUT.len() + 10;
        let mut sizes = self.members.clone();
        let name = |member: &Member| self.json.get(member.start..member.name_end).unwrap_or_default();
        sizes.sort_by(|a, b| (a.end - a.start, name(a)).cmp(&(b.end - b.start, name(b))));
        while total > MOST
            && let Some(largest) = sizes.pop()
        {
            total -= largest.end - largest.start + 1;
        }
        sizes.sort_by_key(|member| member.start);
        let mut kept = String::with_capacity(total);
        kept.push('{');
        for member in sizes {
            kept.push_str(self.json.get(member.start..member.end).unwrap_or_default());
        }
        json::string(&mut kept, CUT, false);
        kept.push_str(":true,");
        self.json = kept;
    }

    fn end_object(&mut self) {
        if self.json.ends_with(',') {
            self.json.pop();
        }
        self.json.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::split::{Element, Splitter};
    use crate::trail::withheld::HIDDEN;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    /// What is kept of the parameters, given as text.
    fn kept_of(text: &str) -> Value {
        serde_json::from_str(&raw(text)).unwrap()
    }

    fn raw(text: &str) -> String {
        let mut kept = String::new();
        Splitter::bare().push(format!(r#"{{"a":{text}}}"#).as_bytes(), &mut |element| {
            let Element::Record(record) = element else { return };
            let mut cursor = Cursor::new(&record).unwrap();
            let taken = cursor.object(|cursor, _| {
                let node = Node::passed(cursor)?;
                Parameters::default().kept(node).clone_into(&mut kept);
                Some(())
            });
            taken.unwrap();
        });
        assert!(kept.len() <= MOST, "{}", kept.len());
        kept
    }

    fn kept(request: &Value) -> Value {
        kept_of(&request.to_string())
    }

    #[test]
    fn content_and_secrets_go() {
        let request = json!({
            "modelId": "m", "messages": [{"role": "user"}], "inputText": "hello", "maxTokens": 5,
            "inferenceConfig": {"maxTokens": 5, "system": "x"}, "masterUserPassword": "hunter2", "password": 1234,
            "secretId": "prod/db", "SecretString": "s", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "token": HIDDEN, "prompt": HIDDEN,
            "callWithBearerToken": true, "x-api-key": "k", "note": "-----BEGIN PRIVATE KEY-----", "policyDocument": "{}"
        });
        assert_eq!(
            kept(&request),
            json!({
                "modelId": "m", "maxTokens": 5, "inferenceConfig": {"maxTokens": 5}, "secretId": "prod/db",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "token": HIDDEN, "prompt": HIDDEN, "callWithBearerToken": true, "note": "",
                "policyDocument": "{}"
            })
        );
        assert_eq!(Parameters::default().kept(Node::default()), "null");
        assert_eq!(kept(&json!(HIDDEN)), json!(HIDDEN));
    }

    #[test]
    fn the_largest_goes_first() {
        let many: Vec<String> = (0..50).map(|n| format!("{n:0200}")).collect();
        assert_eq!(kept(&json!({"small": 1, "large": many})), json!({"small": 1, "sightline:cut": true}));
    }

    #[test]
    fn of_equal_names_the_last_counts() {
        let text = r#"{"a":1,"b":{"c":1,"d":2,"c":[3,4]},"a":{"x":5},"\u0062x":6,"prompt":"HIDDEN_DUE_TO_SECURITY_REASONS","prompt":"p"}"#;
        assert_eq!(
            kept_of(text),
            serde_json::from_str::<Value>(r#"{"b":{"d":2,"c":[3,4]},"a":{"x":5},"bx":6}"#).unwrap()
        );
        assert_eq!(kept_of(r#"[{"a":1,"a":2}]"#), json!([{"a": 2}]));
    }

    #[test]
    fn numbers_are_exact() {
        let large = "9".repeat(400);
        for (number, expected) in
            [("1.10", "1.10"), ("123456789012345678901", "123456789012345678901"), ("1E999", "\"1E999\"")]
        {
            assert_eq!(raw(number), expected);
        }
        assert!(raw(&large).starts_with("\"999"));
    }

    #[test]
    fn no_more_members_than_are_worth_a_look() {
        let many: Map<String, Value> = (0..3000).map(|n| (n.to_string(), json!(n))).collect();
        let kept = kept(&Value::Object(many));
        assert_eq!(kept[CUT], true);
        assert!(kept.as_object().unwrap().len() > 300);
    }

    proptest! {
        #[test]
        fn never_more_than_the_bound(names in prop::collection::vec("\\PC{0,40}", 0..60), text in "\\PC{0,600}") {
            let request: Map<String, Value> = names.into_iter().map(|name| (name, json!([text, text]))).collect();
            prop_assert!(kept(&Value::Object(request)).to_string().len() <= MOST);
        }
    }
}
