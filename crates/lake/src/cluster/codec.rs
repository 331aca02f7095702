//! Whether a plan can be sent: it must come out of its bytes as it went in.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::execution::TaskContext;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::physical_plan::{ExecutionPlan, displayable};
use datafusion::prelude::SessionConfig;
use datafusion_proto::physical_plan::{AsExecutionPlan, PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use datafusion_proto::protobuf::PhysicalPlanNode;

use super::{LARGEST_MESSAGE, functions};

/// Room in a message for what goes along with a plan, in bytes.
const BESIDE: usize = 1 << 20;

/// Ballista's codec, which names functions, for plans with functions that executors have.
#[derive(Debug)]
pub(super) struct Codec {
    inner: BallistaPhysicalExtensionCodec,
    /// What executors know.
    known: TaskContext,
}

impl Codec {
    pub(super) fn new() -> Result<Self> {
        let state = functions::state(SessionConfig::new(), Arc::new(RuntimeEnv::default()))?;
        Ok(Self { inner: BallistaPhysicalExtensionCodec::default(), known: TaskContext::from(&state) })
    }

    /// Why this plan cannot be sent.
    pub(super) fn check(&self, plan: &Arc<dyn ExecutionPlan>) -> Result<(), String> {
        let told = |error: DataFusionError| error.strip_backtrace();
        let mut bytes: Vec<u8> = Vec::new();
        let node = PhysicalPlanNode::try_from_physical_plan(Arc::clone(plan), self).map_err(told)?;
        node.try_encode(&mut bytes).map_err(told)?;
        if bytes.len() + BESIDE > LARGEST_MESSAGE as usize {
            return Err(format!("the plan and the rows in it are larger than {} MB", LARGEST_MESSAGE >> 20));
        }
        let read = PhysicalPlanNode::try_decode(&bytes)
            .and_then(|node| node.try_into_physical_plan(&self.known, self))
            .map_err(told)?;
        let (sent, came) = (shown(plan), shown(&read));
        if let Some((sent, came)) = sent.lines().zip(came.lines()).find(|(sent, came)| sent != came) {
            return Err(format!(
                "the plan is not the same after it was sent: `{}` became `{}`",
                sent.trim(),
                came.trim()
            ));
        }
        if sent.len() != came.len() || plan.schema().fields().len() != read.schema().fields().len() {
            return Err("the plan is not the same after it was sent".to_owned());
        }
        Ok(())
    }
}

/// The plan as text, but for the hints in which order a scan best reads its files: they are not sent, and change no row.
fn shown(plan: &Arc<dyn ExecutionPlan>) -> String {
    let text = displayable(plan.as_ref()).indent(true).to_string();
    let mut parts = text.split(", sort_order_for_reorder=[");
    let first = parts.next().unwrap_or_default().to_owned();
    let shown = parts.fold(first, |shown, part| shown + part.split_once(']').map_or(part, |(_, rest)| rest));
    shown.replace(", reverse_row_groups=true", "")
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        task: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.inner.try_decode(bytes, inputs, task, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        self.inner.try_encode(node, bytes, converter)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, _bytes: &mut Vec<u8>) -> Result<()> {
        known(function.name(), self.known.scalar_functions().get(function.name()).is_some_and(|udf| **udf == *function))
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, _bytes: &mut Vec<u8>) -> Result<()> {
        known(function.name(), self.known.aggregate_functions().contains_key(function.name()))
    }

    fn try_encode_udwf(&self, function: &WindowUDF, _bytes: &mut Vec<u8>) -> Result<()> {
        known(function.name(), self.known.window_functions().contains_key(function.name()))
    }
}

/// A function of this process alone, such as one that was made of the inventory, would be another one there or none.
fn known(name: &str, is_known: bool) -> Result<()> {
    if is_known { Ok(()) } else { plan_err!("executors do not have the function `{name}`") }
}
