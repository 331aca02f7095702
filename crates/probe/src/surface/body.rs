//! Forms of body: what a model's maker wants to be asked with, and answers with. One file a form.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>

mod ai21;
mod anthropic;
pub(super) mod chat;
mod cohere;
mod deepseek;
mod family;
mod listener;
mod llama;
mod mistral;
mod mistral_chat;
mod nova;
mod openai;
mod said;
mod titan;

pub use family::Body;
pub(super) use listener::Listener;
pub(super) use said::Said;

#[cfg(test)]
mod tests;
