//! What components are made from: the relations that tables declare, followed from what is in the document.

use super::Assembly;
use crate::bom::document::{ComponentType, DataSet};
use crate::bom::kind;
use crate::bom::text::property;
use sightline_model::{DataFlow, Relation, RelationKind};
use std::collections::HashMap;

/// Where in a model's row the data stands that it learned from or was measured with.
const TRAINING: [&str; 2] = ["training_data_config", "validation_data_config"];

/// A resource beside the path of data, as a property.
fn beside(kind: RelationKind) -> Option<&'static str> {
    match kind {
        RelationKind::GuardedBy => Some("guardrail"),
        RelationKind::EncryptedWith => Some("key"),
        RelationKind::RunsAs => Some("role"),
        _ => None,
    }
}

impl Assembly<'_> {
    pub(super) fn related(&mut self) {
        let mut from: HashMap<&str, Vec<&Relation>> = HashMap::new();
        let mut to: HashMap<&str, Vec<&Relation>> = HashMap::new();
        for relation in &self.report.models.relations {
            from.entry(&relation.from_arn).or_default().push(relation);
            to.entry(&relation.to_arn).or_default().push(relation);
        }
        let arn_of =
            |component: &crate::bom::document::Component| component.properties.first().map(|arn| arn.value.clone());
        let mut open: Vec<String> = self.components.values().filter_map(arn_of).collect();
        while let Some(arn) = open.pop() {
            let reference = crate::bom::text::reference(&arn);
            for relation in from.get(arn.as_str()).into_iter().flatten() {
                match relation.kind.data_flow() {
                    DataFlow::FromNamed => self.follow(&reference, relation, End::Named, &mut open),
                    DataFlow::ToNamed => {}
                    DataFlow::Beside => {
                        let word = beside(relation.kind);
                        self.tell(&reference, word.map(|word| property(word, &relation.to_arn)));
                    }
                }
            }
            for relation in to.get(arn.as_str()).into_iter().flatten() {
                if relation.from_table == "aws_bedrock_evaluation_job" {
                    self.tell(&reference, [property("evaluation", &relation.from_arn)]);
                } else if relation.kind.data_flow() == DataFlow::ToNamed && !self.is_data(&reference, relation) {
                    self.follow(&reference, relation, End::Naming, &mut open);
                }
            }
        }
    }

    /// What writes to a bucket is not what the bucket is made from, as far as models go.
    fn is_data(&self, reference: &str, relation: &Relation) -> bool {
        let is_base = relation.to_table == "aws_bedrock_knowledge_base";
        !is_base && self.components.get(reference).is_none_or(|component| component.kind == ComponentType::Data)
    }

    fn follow(&mut self, reference: &str, relation: &Relation, end: End, open: &mut Vec<String>) {
        let (arn, table) = match end {
            End::Named => (&relation.to_arn, &relation.to_table),
            End::Naming => (&relation.from_arn, &relation.from_table),
        };
        let Some(kind) = kind::of_table(table) else { return };
        let before = self.components.len();
        let other = match self.inventory.get(arn.as_str()).copied() {
            Some(resource) => self.of_inventory(resource, kind),
            None => self.named(arn, "", (kind.kind, kind.data), kind.word),
        };
        if relation.dangling {
            self.tell(&other, [property("in_inventory", "no")]);
        }
        self.depend(reference, &other);
        let is_training = TRAINING.iter().any(|column| relation.column.starts_with(column));
        if let Some(component) = self.components.get_mut(reference).filter(|_| is_training && kind.data.is_some()) {
            let set = DataSet { reference: other };
            let sets = &mut component.model_card.model_parameters.datasets;
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        if self.components.len() > before {
            open.push(arn.clone());
        }
    }
}

/// Which end of a relation is followed.
#[derive(Debug, Clone, Copy)]
enum End {
    Named,
    Naming,
}
