//! Integration tests: the models and the answers against botocore and boto3, and the environment's variables.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod description;
#[cfg(test)]
mod environment;
#[cfg(test)]
mod models;
#[cfg(test)]
mod python;
