//! Exit codes: a script tells "found something" from "could not look" from "could not run".

use std::process::{ExitCode, Termination};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: ran, and nothing to report
    Clean,
    /// 1: at least one failing finding at or above `--fail-on`, a prerequisite that is missing, a probe that broke a model
    Findings,
    /// 2: could not run: usage, configuration, credentials, the lake
    CouldNotRun,
    /// 3: nothing failing, but something could not be seen
    Incomplete,
}

impl Exit {
    /// Prints what the argument parser has to say: help and version are results, the rest are errors.
    pub(crate) fn of_usage(error: &clap::Error) -> Self {
        let is_help = error.exit_code() == 0;
        // Nothing can be done about a closed terminal.
        let _ = error.print();
        if is_help { Self::Clean } else { Self::CouldNotRun }
    }

    /// The worse of two results of one command.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Clean => 0,
            Self::Incomplete => 1,
            Self::Findings => 2,
            Self::CouldNotRun => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::CouldNotRun => 2,
            Self::Incomplete => 3,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn findings_outrank_missing_coverage() {
        assert_eq!(Exit::Clean.or_worse(Exit::Incomplete), Exit::Incomplete);
        assert_eq!(Exit::Findings.or_worse(Exit::Incomplete), Exit::Findings);
    }
}
