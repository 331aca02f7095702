//! What every process of a cluster knows: the functions that SQL over the lake uses.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::SessionState;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;

/// A state with the engine's own functions and those that read JSON. A plan names functions: the process that runs it must have
/// them under the same names.
pub(super) fn state(config: SessionConfig, runtime: Arc<RuntimeEnv>) -> Result<SessionState> {
    let mut state =
        SessionStateBuilder::new().with_default_features().with_config(config).with_runtime_env(runtime).build();
    datafusion_functions_json::register_all(&mut state)?;
    Ok(state)
}
