//! What the server must be allowed to do to tell somebody over AWS: the only two actions of Sightline that write into an account, each on what
//! `[[notification]]` names.

use crate::config::{Channel, Notification};
use anyhow::ensure;
use sightline_iam::{PolicyDocument, Statement};
use std::collections::BTreeSet;

/// What the policy is called.
pub(super) const NAME: &str = "notify";

/// The policy for these notifications.
///
/// # Errors
/// None of them goes over AWS.
pub(super) fn policy(notifications: &[Notification]) -> anyhow::Result<PolicyDocument> {
    let (mut topics, mut buses) = (BTreeSet::new(), BTreeSet::new());
    for one in notifications {
        match &one.channel {
            Channel::Sns { topic, .. } => drop(topics.insert(topic.to_string())),
            Channel::EventBridge { bus, .. } => drop(buses.insert(bus.to_string())),
            Channel::Webhook { .. } | Channel::Slack { .. } => {}
        }
    }
    let statement = |sid: &str, action: &str, on: BTreeSet<String>| {
        let allowed = || Statement::allow(sid.to_owned(), vec![action.to_owned()], on.iter().cloned().collect());
        (!on.is_empty()).then(allowed)
    };
    let statements: Vec<Statement> =
        [statement("NotifyTopics", "sns:Publish", topics), statement("NotifyBuses", "events:PutEvents", buses)]
            .into_iter()
            .flatten()
            .collect();
    ensure!(
        !statements.is_empty(),
        "no `[[notification]]` of the configuration goes to Amazon SNS or Amazon EventBridge: nothing needs to be allowed"
    );
    Ok(PolicyDocument::new(statements))
}

#[cfg(test)]
mod tests {
    use super::policy;
    use crate::config::Config;
    use std::path::Path;

    #[test]
    fn only_what_is_named_and_only_where_it_is() {
        let text = "[[notification]]\nname = \"a\"\nchannel = \"sns\"\ntopic_arn = \"arn:aws:sns:eu-west-1:123456789012:t\"\n\
            [[notification]]\nname = \"b\"\nchannel = \"slack\"\nurl_env = \"U\"\n";
        let config = Config::of_text(Path::new("sightline.toml"), text.to_owned()).unwrap();
        let made = serde_json::to_value(policy(&config.notifications).unwrap()).unwrap();
        let statements = made["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 1, "{made}");
        assert_eq!(statements[0]["Action"], serde_json::json!(["sns:Publish"]));
        assert_eq!(statements[0]["Resource"], serde_json::json!(["arn:aws:sns:eu-west-1:123456789012:t"]));
        assert!(policy(&config.notifications[1..]).unwrap_err().to_string().contains("nothing needs to be allowed"));
    }
}
