//! The onboarding guide, made of the prerequisites themselves.

use crate::prerequisite::{ALL, Permission, Prerequisite};
use std::fmt::Write as _;

const HEAD: &str = "# Onboarding an account

Each prerequisite below writes itself down for whoever has to approve it, and verifies itself live. Sightline changes nothing in the
account: apply what it writes with your own tools.

```sh
sightline onboard plan                        # what is there, what is missing, and what to do
sightline onboard terraform [PREREQUISITE…]   # or cloudformation, cli, policy; `discovery-iac` is all in one
sightline onboard verify                                   # ok, missing, wrong or cannot tell, with the fix
```

`sightline doctor` looks at this machine first: credentials, clock, network. `deploy/` has Terraform modules and a template of the same.

`cannot tell` means that a call was refused or failed; the line names the IAM action. It never stands for `ok`.
";

/// The whole guide, in Markdown.
pub fn guide_markdown() -> String {
    ALL.iter().fold(HEAD.to_owned(), |guide, unit| guide + &section(*unit))
}

fn section(unit: &dyn Prerequisite) -> String {
    let mut out = format!("\n## `{}`: {}\n\n{}\n", unit.id(), unit.title(), unit.about());
    out.push_str("\n| parameter | what it is |\n|---|---|\n");
    for parameter in unit.parameters() {
        let _ = writeln!(out, "| `--{}` | {} |", parameter.name, parameter.about);
    }
    out.push_str("\nVerification uses:\n\n");
    for Permission { action, why, .. } in unit.permissions() {
        let _ = writeln!(out, "- `{action}`: {why}");
    }
    out
}
