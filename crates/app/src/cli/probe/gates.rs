//! Gates are read before money is spent.

use anyhow::bail;
use sightline_probe::{Gate, Plan};
use std::collections::BTreeSet;

/// Finds a family that is misspelt.
///
/// # Errors
/// A gate names a family that is not planned.
pub(crate) fn check(gates: &[Gate], plan: &Plan) -> anyhow::Result<()> {
    let families: BTreeSet<&str> = plan.probes.iter().map(|probe| probe.family.as_str()).collect();
    for gate in gates {
        if let Some(family) = gate.family().filter(|family| !families.contains(family)) {
            let known: Vec<&str> = families.into_iter().collect();
            bail!("`{gate}`: no family `{family}` is planned; there are: {}", known.join(" "));
        }
    }
    Ok(())
}
