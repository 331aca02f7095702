//! CloudFormation templates, as YAML.

use super::node::{Entry, Item, Node};
use super::yaml;

/// A template of these resources.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    description: &'static str,
    metadata: Option<Node>,
    conditions: Vec<Entry>,
    resources: Vec<Entry>,
    outputs: Vec<Entry>,
}

impl Template {
    pub(crate) fn new(description: &'static str) -> Self {
        Self { description, metadata: None, conditions: Vec::new(), resources: Vec::new(), outputs: Vec::new() }
    }

    pub(crate) fn metadata(mut self, metadata: Node) -> Self {
        self.metadata = Some(metadata);
        self
    }

    pub(crate) fn condition(mut self, name: &str, condition: Node) -> Self {
        self.conditions.push(Entry::new(name, condition));
        self
    }

    pub(crate) fn resource(mut self, name: &str, kind: &str, why: &str, properties: Vec<Entry>) -> Self {
        self.resources.push(resource(name, kind, why, properties, []));
        self
    }

    /// A resource with further attributes, such as `DeletionPolicy`.
    pub(crate) fn resource_with<const N: usize>(
        mut self,
        name: &str,
        kind: &str,
        why: &str,
        properties: Vec<Entry>,
        attributes: [(&str, Node); N],
    ) -> Self {
        self.resources.push(resource(name, kind, why, properties, attributes));
        self
    }

    pub(crate) fn output(mut self, name: &str, description: &str, value: Node) -> Self {
        self.outputs.push(Entry::new(name, Node::map([("Description", description.into()), ("Value", value)])));
        self
    }

    pub(crate) fn render(self, head: &str) -> String {
        yaml::document(head, &self.node())
    }

    /// The template as JSON has it: without the short forms of functions, which YAML alone knows.
    pub(crate) fn long_form(self) -> Node {
        long_form(self.node())
    }

    fn node(self) -> Node {
        let mut root =
            vec![Entry::new("AWSTemplateFormatVersion", "2010-09-09"), Entry::new("Description", self.description)];
        root.extend(self.metadata.map(|metadata| Entry::new("Metadata", metadata)));
        for (name, section) in
            [("Conditions", self.conditions), ("Resources", self.resources), ("Outputs", self.outputs)]
        {
            if !section.is_empty() {
                root.push(Entry::new(name, Node::Map(section)));
            }
        }
        Node::Map(root)
    }
}

/// `!Ref X` as `{"Ref": "X"}`, `!GetAtt X.Y` as `{"Fn::GetAtt": ["X", "Y"]}`.
fn long_form(node: Node) -> Node {
    match node {
        Node::Call("GetAtt", value) => match *value {
            Node::Text(text) => Node::map([("Fn::GetAtt", Node::list(text.splitn(2, '.')))]),
            other => Node::map([("Fn::GetAtt", long_form(other))]),
        },
        Node::Call(name @ ("Ref" | "Condition"), value) => Node::map([(name, long_form(*value))]),
        Node::Call(name, value) => Node::map([(&format!("Fn::{name}"), long_form(*value))]),
        Node::List(items) => {
            Node::List(items.into_iter().map(|item| Item { why: item.why, value: long_form(item.value) }).collect())
        }
        Node::Map(entries) => {
            Node::Map(entries.into_iter().map(|entry| Entry { value: long_form(entry.value), ..entry }).collect())
        }
        plain => plain,
    }
}

fn resource<const N: usize>(
    name: &str,
    kind: &str,
    why: &str,
    properties: Vec<Entry>,
    attributes: [(&str, Node); N],
) -> Entry {
    let mut body = vec![Entry::new("Type", kind)];
    body.extend(attributes.into_iter().map(|(key, value)| Entry::new(key, value)));
    body.push(Entry::new("Properties", Node::Map(properties)));
    Entry::new(name, Node::Map(body)).because(why)
}

pub(crate) fn reference(name: &str) -> Node {
    Node::call("Ref", name)
}

/// The name of the condition that the stack stands in this region.
pub(crate) fn region_condition(region: &str) -> String {
    format!("In{}", region.split('-').map(capitalised).collect::<String>())
}

/// A word of a logical name.
pub(crate) fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}
