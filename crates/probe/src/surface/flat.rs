//! A conversation as one text, for what takes nothing else.

use crate::answer::End;
use crate::conversation::Prompt;
use crate::pack::Role;

/// The operator's rules first, then the turns; a single turn stands for itself.
pub(super) fn text(prompt: &Prompt) -> String {
    with_rules(&prompt.system, &turns(prompt))
}

/// The turns alone.
pub(super) fn turns(prompt: &Prompt) -> String {
    match prompt.turns.as_slice() {
        [only] => only.text.clone(),
        turns => {
            turns.iter().map(|turn| format!("{}: {}", speaker(turn.role), turn.text)).collect::<Vec<_>>().join("\n\n")
        }
    }
}

/// How an answer ended of which its API says nothing: no token is shorter than a byte, so a text of fewer bytes than tokens were allowed
/// did not run into the cap. Of a longer one nobody knows.
pub(super) fn end(text: &str, cap: u32) -> End {
    if u32::try_from(text.len()).is_ok_and(|bytes| bytes < cap) { End::Whole } else { End::Unsaid }
}

fn with_rules(system: &str, turns: &str) -> String {
    match system.is_empty() {
        true => turns.to_owned(),
        false => format!("{system}\n\n{turns}"),
    }
}

fn speaker(role: Role) -> &'static str {
    match role {
        Role::User => "User",
        Role::Assistant => "Assistant",
    }
}
