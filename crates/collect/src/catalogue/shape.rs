//! What the API model says about a call: where its resources lie, what it must be given, which columns come of it.

use sightline_aws::shape::{Kind, Member, Operation, Scalar, Service, ShapeRef};
use sightline_model::column::snake_case;
use sightline_model::path::Step;
use sightline_model::{Column, ColumnType};
use std::collections::BTreeMap;

/// An operation of the model.
#[derive(Clone, Copy)]
pub(super) struct Api {
    pub(super) service: &'static Service,
    pub(super) operation: &'static Operation,
}

impl Api {
    /// Finds `service:Operation`.
    pub(super) fn find(name: &str) -> Result<Self, String> {
        let (service, operation) =
            name.split_once(':').ok_or_else(|| format!("`{name}` is not `service:Operation`"))?;
        let service = sightline_aws::model(service).map_err(|error| error.to_string())?;
        let operation = service
            .operation(operation)
            .ok_or_else(|| format!("`{name}` is not in the API model: run tools/models/generate.sh"))?;
        Ok(Self { service, operation })
    }

    pub(super) fn inputs(&self) -> &'static [Member] {
        self.service.members(self.operation.input())
    }

    pub(super) fn has_input(&self, name: &str) -> bool {
        self.inputs().iter().any(|member| member.name() == name)
    }

    /// The list that the operation pages: the paginator's first result, else the only list of its output.
    pub(super) fn paged(&self) -> Option<Vec<String>> {
        if let Some(key) = self.operation.paginator().and_then(|paginator| paginator.result_keys().first()) {
            return Some(names(key));
        }
        let lists = |member: &&Member| matches!(self.service.shape(member.shape()).kind(), Kind::List(_));
        match self.outputs().iter().filter(lists).collect::<Vec<_>>().as_slice() {
            [list] => Some(vec![list.name().to_owned()]),
            _ => None,
        }
    }

    /// The output's only member, if that is a structure: `{cluster: {…}}`.
    pub(super) fn wrapper(&self) -> Option<Vec<String>> {
        match self.outputs() {
            [only] if matches!(self.service.shape(only.shape()).kind(), Kind::Structure(_)) => {
                Some(vec![only.name().to_owned()])
            }
            _ => None,
        }
    }

    /// The shape that these names lead to; lists on the way are entered.
    pub(super) fn follow(&self, path: &[String]) -> Result<ShapeRef, String> {
        path.iter().try_fold(self.operation.output(), |place, name| {
            let place = self.entered(place);
            let member = self.service.members(place).iter().find(|member| member.name() == name);
            member.map(Member::shape).ok_or_else(|| {
                format!(
                    "`{}:{}` answers no `{name}` in `{}`",
                    self.service.key(),
                    self.operation.name(),
                    path.join(".")
                )
            })
        })
    }

    /// The element's shape, where the shape is a list.
    pub(super) fn entered(&self, place: ShapeRef) -> ShapeRef {
        match self.service.shape(place).kind() {
            Kind::List(element) => *element,
            _ => place,
        }
    }

    /// The columns that a structure's members become; nothing for what is no structure.
    pub(super) fn columns(&self, place: ShapeRef, rename: &BTreeMap<String, String>) -> Option<Vec<(Column, Origin)>> {
        let Kind::Structure(members) = self.service.shape(place).kind() else { return None };
        let column = |member: &Member| {
            let column = Column::new(column_name(member.name(), rename), self.column_type(member.shape()));
            (column, self.origin(member.shape()))
        };
        Some(members.iter().map(column).collect())
    }

    /// The type of the column that a shape becomes.
    pub(super) fn column_type(&self, place: ShapeRef) -> ColumnType {
        match self.service.shape(place).kind() {
            Kind::Scalar(Scalar::Boolean) => ColumnType::Bool,
            Kind::Scalar(Scalar::Integer | Scalar::Long) => ColumnType::Int,
            Kind::Scalar(Scalar::Float | Scalar::Double) => ColumnType::Float,
            Kind::Scalar(Scalar::Timestamp) => ColumnType::Time,
            Kind::Scalar(Scalar::Text | Scalar::Blob) => ColumnType::Text,
            Kind::Scalar(Scalar::Document) | Kind::Structure(_) | Kind::List(_) | Kind::Map(_) => ColumnType::Json,
        }
    }

    /// The shape as what a column comes from.
    pub(super) fn origin(&self, place: ShapeRef) -> Origin {
        Origin { service: self.service, place }
    }

    fn outputs(&self) -> &'static [Member] {
        self.service.members(self.operation.output())
    }
}

/// The shape of a column's value.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    service: &'static Service,
    place: ShapeRef,
}

impl Origin {
    /// Whether the steps lead to texts, as far as the API model tells. The error says where they leave it.
    pub(super) fn leads_to_text(self, steps: &[Step]) -> Result<(), String> {
        let kind = self.service.shape(self.place).kind();
        let enter = |place, rest| Self { place, ..self }.leads_to_text(rest);
        match (kind, steps.split_first()) {
            (Kind::Scalar(Scalar::Text | Scalar::Document), None) | (Kind::Scalar(Scalar::Document), Some(_)) => Ok(()),
            (Kind::List(element), Some((Step::Every | Step::First { .. }, rest))) => enter(*element, rest),
            (Kind::Map(value), Some((Step::Every | Step::Name(_), rest))) => enter(*value, rest),
            (Kind::Structure(members), Some((Step::Name(name), rest))) => {
                match members.iter().find(|member| member.name() == name) {
                    Some(member) => enter(member.shape(), rest),
                    None => Err(format!("there is no `{name}`: it has {}", listed(members))),
                }
            }
            (Kind::List(_), _) => Err("a list is entered with `*`".to_owned()),
            (Kind::Structure(members), _) => Err(format!("a structure has members, here {}", listed(members))),
            (Kind::Map(_), _) => Err("a map is entered with `*` or a key".to_owned()),
            (Kind::Scalar(_), Some(_)) => Err("it goes on below a single value".to_owned()),
            (Kind::Scalar(_), None) => Err("it ends at a value that is no text".to_owned()),
        }
    }
}

fn listed(members: &[Member]) -> String {
    members.iter().map(|member| format!("`{}`", member.name())).collect::<Vec<_>>().join(" ")
}

/// The column of a member.
pub(crate) fn column_name(member: &str, rename: &BTreeMap<String, String>) -> String {
    rename.get(member).cloned().unwrap_or_else(|| snake_case(member))
}

/// `a.b` as names; `.` as none.
pub(super) fn names(path: &str) -> Vec<String> {
    path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
