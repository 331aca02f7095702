//! Tasks of ECS, of every scan.

use std::collections::HashMap;

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::Arn;

use crate::DiscoverError;
use crate::query::query;

/// A task: a row of `sql/workload/ecs_task.sql`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Task {
    pub(crate) arn: String,
    pub(crate) account_id: String,
    pub(crate) role_arn: String,
    /// `service:<name>` where a service started it
    group: String,
    made_from: String,
}

/// Account and id of a task → the task.
#[derive(Debug, Default)]
pub(crate) struct Tasks(HashMap<(String, String), Task>);

impl Tasks {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let rows: Vec<Task> = query!("workload/ecs_task").rows(session).await?;
        let id = |task: &Task| task.arn.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(Self(rows.into_iter().map(|task| ((task.account_id.clone(), id(&task)), task)).collect()))
    }

    pub(crate) fn get(&self, account: &str, id: &str) -> Option<&Task> {
        self.0.get(&(account.to_owned(), id.to_owned()))
    }
}

impl Task {
    /// What lasts of the task, and its name: the service that started it, else the family of its task definition.
    pub(crate) fn workload(&self) -> (String, String) {
        let Ok(arn) = self.arn.parse::<Arn>() else { return (self.arn.clone(), self.arn.clone()) };
        if let Some(service) = self.group.strip_prefix("service:") {
            // `task/<cluster>/<id>`; tasks of the oldest form of ARN name no cluster.
            let cluster = arn.resource().split('/').rev().nth(1).filter(|part| *part != "task");
            let path = cluster.map_or_else(|| service.to_owned(), |cluster| format!("{cluster}/{service}"));
            let (partition, region, account) = (arn.partition(), arn.region(), arn.account_id());
            return (format!("arn:{partition}:ecs:{region}:{account}:service/{path}"), service.to_owned());
        }
        match family(&self.made_from) {
            Some((family, name)) => (family, name),
            None => (self.arn.clone(), self.arn.clone()),
        }
    }
}

/// The ARN of a task definition without its revision, and the family's name.
pub(crate) fn family(task_definition: &str) -> Option<(String, String)> {
    let (family, revision) = task_definition.rsplit_once(':')?;
    let is_number = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
    let name = family.rsplit('/').next()?;
    is_number.then(|| (family.to_owned(), name.to_owned()))
}
