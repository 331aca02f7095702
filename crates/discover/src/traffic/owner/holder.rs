//! What has network interfaces and says so itself: tasks, functions, notebooks, endpoints, NAT gateways.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use sightline_lake::Session;
use sightline_model::untrusted::shortened;

use super::Endpoint;
use crate::DiscoverError;
use crate::query::query;
use crate::task::{Task, Tasks};
use crate::traffic::End;
use crate::traffic::ends::word;

/// A row of `sql/traffic/holder.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    table_name: String,
    account_id: String,
    region: String,
    arn: String,
    title: String,
    interfaces: String,
    service_name: String,
    task_definition: String,
    id: String,
}

/// A function in a network: its interfaces are shared with all that have the same subnets and groups.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) end: End,
    pub(super) subnets: Vec<String>,
    /// sorted
    pub(super) groups: Vec<String>,
}

/// What is known of holders, by interface where they name theirs.
#[derive(Debug, Default)]
pub(super) struct Holders {
    pub(super) of_interface: HashMap<String, End>,
    pub(super) endpoints: HashMap<String, Endpoint>,
    pub(super) functions: Vec<Function>,
    /// ARN of a task → its end
    pub(super) tasks: HashMap<String, End>,
    /// ARN of a service or task → its task definition
    pub(super) definitions: HashMap<String, String>,
}

/// An end without a place in a network.
pub(crate) fn end(kind: &str, arn: &str, title: &str, account: &str, region: &str) -> End {
    End {
        arn: arn.to_owned(),
        kind: kind.to_owned(),
        title: shortened(title, 200),
        account_id: account.to_owned(),
        region: region.to_owned(),
        ..End::default()
    }
}

impl Holders {
    pub(super) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let rows: Vec<Row> = query!("traffic/holder").rows(session).await?;
        let tasks = Tasks::read(session).await?;
        let mut holders = Self::default();
        for row in &rows {
            holders.add(row, &tasks);
        }
        holders.functions.sort_by(|a, b| a.end.arn.cmp(&b.end.arn));
        Ok(holders)
    }

    fn add(&mut self, row: &Row, tasks: &Tasks) {
        let json: Value = serde_json::from_str(&row.interfaces).unwrap_or_default();
        match row.table_name.as_str() {
            "aws_ecs_task" => {
                let task = task_end(row, tasks);
                self.definitions.insert(task.arn.clone(), row.task_definition.clone());
                self.of_interface.extend(attached(&json).map(|interface| (interface, task.clone())));
                self.tasks.insert(row.arn.clone(), task);
            }
            "aws_ecs_service" => {
                self.definitions.insert(row.arn.clone(), row.task_definition.clone());
            }
            "aws_lambda_function" => {
                let mut groups = texts(json.get("SecurityGroupIds"));
                groups.sort();
                let end = end("function", &row.arn, &row.title, &row.account_id, &row.region);
                let subnets = texts(json.get("SubnetIds"));
                if !subnets.is_empty() {
                    self.functions.push(Function { end, subnets, groups });
                }
            }
            "aws_vpc_endpoint" => {
                let endpoint = Endpoint { id: row.id.clone(), service_name: row.service_name.clone() };
                let end = end(word::SERVICE, &row.arn, &row.service_name, &row.account_id, &row.region);
                self.endpoints.insert(row.arn.clone(), endpoint);
                self.of_interface.extend(texts(Some(&json)).into_iter().map(|interface| (interface, end.clone())));
            }
            "aws_vpc_nat_gateway" => {
                let end = end(word::BETWEEN, &row.arn, &row.id, &row.account_id, &row.region);
                let addresses = json.as_array().into_iter().flatten();
                let interfaces = addresses.filter_map(|one| one.get("NetworkInterfaceId")?.as_str());
                self.of_interface.extend(interfaces.map(|interface| (interface.to_owned(), end.clone())));
            }
            _ => {
                if !row.interfaces.is_empty() {
                    let end = end("notebook", &row.arn, &row.title, &row.account_id, &row.region);
                    self.of_interface.insert(row.interfaces.clone(), end);
                }
            }
        }
    }
}

/// What lasts of the task: calls are attributed to the same.
fn task_end(row: &Row, tasks: &Tasks) -> End {
    let id = row.arn.rsplit('/').next().unwrap_or_default();
    let task = tasks.get(&row.account_id, id).map(Task::workload);
    let (arn, title) = task.unwrap_or_else(|| (row.arn.clone(), row.title.clone()));
    end("task", &arn, &title, &row.account_id, &row.region)
}

fn attached(attachments: &Value) -> impl Iterator<Item = String> {
    let details = attachments.as_array().into_iter().flatten().filter_map(|one| one.get("details")?.as_array());
    let text = |detail: &Value, name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let interfaces = details.flatten().filter(move |detail| text(detail, "name") == "networkInterfaceId");
    interfaces.map(move |detail| text(detail, "value"))
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let all = list.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|one| one.as_str().map(str::to_owned)).collect()
}
