//! What can be wrong with what the user gave.

use sightline_model::untrusted::shortened;

/// Why a prerequisite cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnboardError {
    /// A parameter's value is not of its form.
    #[error("{parameter} `{value}` is not valid: {expected}")]
    Parameter {
        /// the parameter's name, as on the command line
        parameter: &'static str,
        /// the value, shortened
        value: String,
        /// the form that is asked for
        expected: &'static str,
    },
    /// A parameter that this prerequisite cannot do without.
    #[error("{prerequisite} needs {parameter}: {about}")]
    Needed {
        /// the prerequisite's id
        prerequisite: &'static str,
        /// the parameter's name
        parameter: &'static str,
        /// what it is for
        about: &'static str,
    },
    /// There is nothing to write down in this language.
    #[error("{prerequisite} has no {format} form: {why}")]
    NoForm {
        /// the prerequisite's id
        prerequisite: &'static str,
        /// the language's name
        format: &'static str,
        /// why, and what does it instead
        why: &'static str,
    },
    /// More resources than CloudFormation takes in one stack.
    #[error(
        "{prerequisite} has {has} resources, a CloudFormation stack holds {limit}: make a stack of each prerequisite instead"
    )]
    TooManyResources {
        /// the prerequisite's id
        prerequisite: &'static str,
        /// how many there are
        has: usize,
        /// how many may be in one stack
        limit: usize,
    },
    /// The actions fill more managed policies than a role can hold.
    #[error("{actions} actions fill {documents} policies, a role holds {limit}: ask for fewer services")]
    TooManyPolicies {
        /// how many actions
        actions: usize,
        /// how many documents they fill
        documents: usize,
        /// how many may be attached
        limit: usize,
    },
}

impl OnboardError {
    pub(crate) fn parameter(parameter: &'static str, value: &str, expected: &'static str) -> Self {
        Self::Parameter { parameter, value: shortened(value, 80).escape_debug().to_string(), expected }
    }
}
