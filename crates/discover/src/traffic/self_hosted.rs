//! Models that workloads serve themselves, as targets of connections.

use std::collections::HashMap;

use sightline_lake::Session;
use sightline_model::{RunId, SelfHostedModel};

use crate::{DiscoverError, Window};

/// A model that a workload serves.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// what it is, for people
    pub(crate) title: String,
    /// empty where the container names none
    ports: Vec<i64>,
}

/// Those models, by number from 1, and by workload.
#[derive(Debug, Default)]
pub(crate) struct Models {
    all: Vec<Model>,
    by_workload: HashMap<String, u32>,
}

impl Models {
    pub(crate) async fn read(session: &Session, window: &Window) -> Result<Self, DiscoverError> {
        let rows = crate::self_hosted::self_hosted(session, &RunId::new(window.until, 0)).await?;
        let mut models = Self::default();
        for row in rows {
            models.add(&row);
        }
        Ok(models)
    }

    fn add(&mut self, row: &SelfHostedModel) {
        let ports = row.ports.as_array().into_iter().flatten().filter_map(serde_json::Value::as_i64);
        if let Some(model) =
            self.by_workload.get(&row.workload_arn).and_then(|number| self.all.get_mut(*number as usize - 1))
        {
            model.ports.extend(ports);
            return;
        }
        let named = if row.model.is_empty() { &row.engine } else { &row.model };
        let title = if named.is_empty() { row.workload_title.clone() } else { named.clone() };
        self.all.push(Model { title, ports: ports.collect() });
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.by_workload.insert(row.workload_arn.clone(), number);
    }

    /// The model that pods of a workload serve: `deployment/namespace/name` in a cluster.
    pub(crate) fn of_pods(&self, cluster_arn: &str, workload: &str) -> u32 {
        if self.all.is_empty() {
            return 0;
        }
        self.by_workload.get(&format!("{cluster_arn}/{workload}")).copied().unwrap_or_default()
    }

    /// The model that tasks of a definition serve.
    pub(crate) fn of_task(&self, definition_arn: &str) -> Option<u32> {
        self.by_workload.get(definition_arn).copied()
    }

    /// The model of this number, where it answers on this port.
    pub(crate) fn on_port(&self, number: u32, port: i64) -> Option<&Model> {
        let model = self.all.get((number as usize).checked_sub(1)?)?;
        (model.ports.is_empty() || model.ports.contains(&port)).then_some(model)
    }
}
