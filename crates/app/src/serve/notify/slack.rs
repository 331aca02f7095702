//! An incoming webhook of Slack, in Block Kit: <https://docs.slack.dev/reference/block-kit/blocks>. Three characters are escaped, as Slack
//! wants it; with them nobody's name can become a link or call a channel.

use super::channel::{Post, Refused, taken, unready};
use super::notice::{Item, Notice};
use super::webhook::trusted;
use crate::config::SecretFrom;
use crate::web::Web;
use http::{Request, header};
use serde_json::{Value, json};
use sightline_model::untrusted::shortened;

/// What Slack takes: blocks of a message, characters of a section and of a header.
const MOST_BLOCKS: usize = 50;
const LONGEST_SECTION: usize = 3_000;
const LONGEST_HEADER: usize = 150;

/// Characters of one text of an item: five of them, escaped at their longest, fit into a section.
const LONGEST_TEXT: usize = 110;

pub(super) async fn send(web: &Web, url: &SecretFrom, post: &Post<'_>) -> Result<(), Refused> {
    let url = trusted(url).map_err(unready)?;
    let body = message(post.notice).to_string();
    let request = Request::post(url).header(header::CONTENT_TYPE, "application/json").body(body);
    // The error would repeat the URL.
    let request = request.map_err(|_| Refused::Later("the webhook's URL cannot be used".to_owned()))?;
    let answer = web.send(request).await.map_err(|error| Refused::Later(error.to_string()))?;
    taken(&answer)
}

fn message(notice: &Notice) -> Value {
    let title = shortened(&notice.title, LONGEST_HEADER - 1);
    let mut blocks = vec![json!({ "type": "header", "text": { "type": "plain_text", "text": title, "emoji": false } })];
    // The header, and what is not shown.
    blocks.extend(notice.items.iter().take(MOST_BLOCKS - 2).map(section));
    let hidden = notice.total.saturating_sub(notice.items.len().min(MOST_BLOCKS - 2));
    let foot = match hidden {
        0 => format!("Sightline, {}", notice.notification),
        hidden => format!("Sightline, {}: {hidden} more are not shown", notice.notification),
    };
    let foot = json!({ "type": "mrkdwn", "text": escaped(&foot), "verbatim": true });
    blocks.push(json!({ "type": "context", "elements": [foot] }));
    json!({ "text": escaped(&notice.title), "blocks": blocks })
}

fn section(item: &Item) -> Value {
    let told = |text: &str| escaped(&shortened(text, LONGEST_TEXT));
    let severity = item.severity.map_or(String::new(), |severity| format!("*{severity}* "));
    let check = if item.check_id.is_empty() { String::new() } else { format!("`{}` ", code(&item.check_id)) };
    let text = format!(
        "{severity}{}\n{check}`{}` in {} {}\n{}",
        told(&item.title),
        code(&item.subject),
        told(&item.account_id),
        told(&item.region),
        told(&item.reason)
    );
    let text: String = text.chars().take(LONGEST_SECTION).collect();
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

/// Inside of backticks, which it cannot leave.
fn code(text: &str) -> String {
    escaped(&shortened(text, LONGEST_TEXT * 2).replace('`', "'"))
}

/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Topic;
    use jiff::Timestamp;
    use sightline_model::Severity;

    pub(super) fn notice(items: usize, text: &str) -> Notice {
        let item = Item {
            id: "f".to_owned(),
            severity: Some(Severity::High),
            title: text.to_owned(),
            account_id: text.to_owned(),
            region: text.to_owned(),
            subject: text.to_owned(),
            reason: text.to_owned(),
            check_id: text.to_owned(),
        };
        Notice::of(Topic::Findings, "ops", Timestamp::UNIX_EPOCH, vec![item; items])
    }

    #[test]
    fn what_slack_bounds_is_bounded() {
        for (items, text) in [(0, ""), (1, "x"), (400, &*"&<>`".repeat(400)), (50, &*"漢".repeat(2_000))] {
            let message = message(&notice(items, text));
            let blocks = message["blocks"].as_array().unwrap();
            assert!(blocks.len() <= MOST_BLOCKS, "{}", blocks.len());
            for block in blocks {
                let text = block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str()).unwrap();
                assert!(text.chars().count() <= LONGEST_SECTION, "{text}");
            }
        }
        let foot = message(&notice(400, "x"))["blocks"][49]["elements"][0]["text"].as_str().unwrap().to_owned();
        assert_eq!(foot, "Sightline, ops: 352 more are not shown");
    }

    #[test]
    fn no_name_calls_a_channel_or_becomes_a_link() {
        let message = message(&notice(1, "<!channel> <https://evil.example|click> & `code` <@U123>")).to_string();
        assert!(!message.contains("<!") && !message.contains("<http") && !message.contains("<@"), "{message}");
        assert!(message.contains("&lt;!channel&gt;") && message.contains("&amp;"), "{message}");
        assert!(message.contains("'code' &lt;@U123&gt;` in"), "it stays inside of its backticks: {message}");
    }
}
