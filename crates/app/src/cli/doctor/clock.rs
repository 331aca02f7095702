//! The clock: AWS refuses requests whose time is five minutes off, and says that the signature is wrong.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>

use super::line::Line;
use super::network::Asked;
use jiff::Timestamp;

const CHECK: &str = "clock";

/// Off by more than this, in seconds, requests are refused.
const REFUSED: i64 = 300;
/// Off by more than this, in seconds, something is amiss.
const DOUBTFUL: i64 = 60;

const FIX: &str = "set the clock by the network: `sudo timedatectl set-ntp true`, or start chronyd or ntpd; of a virtual machine \
    that was asleep, set it on the host";

/// What the answers' own times say.
pub(super) fn lines(asked: &[Asked]) -> Vec<Line> {
    let mut told: Vec<(i64, &Asked)> = asked.iter().filter_map(|asked| Some((offset(asked)?, asked))).collect();
    told.sort_by_key(|(offset, _)| *offset);
    // The middle one: a single answer may come out of a cache.
    match told.get(told.len() / 2) {
        Some((offset, asked)) => vec![judged(*offset, &asked.way.url)],
        None => {
            vec![Line::cannot_tell(CHECK, "no answer told the time", "see `network`: any answer of AWS tells the time")]
        }
    }
}

/// By how many seconds this machine is ahead of who answered.
fn offset(asked: &Asked) -> Option<i64> {
    let theirs = Timestamp::try_from(asked.answered.as_ref().ok()?.date?).ok()?;
    Some(asked.at.as_second().saturating_sub(theirs.as_second()))
}

fn judged(offset: i64, by: &str) -> Line {
    let size = offset.saturating_abs();
    let side = if offset > 0 { "ahead of" } else { "behind" };
    let told = format!("{} {side} {by}", duration(size));
    if size > REFUSED {
        Line::wrong(CHECK, format!("{told}: AWS refuses requests that are more than five minutes off"), FIX)
    } else if size > DOUBTFUL {
        Line::warning(CHECK, format!("{told}: AWS refuses requests from five minutes on"), FIX)
    } else if size <= 2 {
        Line::ok(CHECK, format!("the same as that of {by}"))
    } else {
        Line::ok(CHECK, told)
    }
}

/// Seconds in words: `1 h 2 min`, `3 min 5 s`, `7 s`, `4 days`.
pub(super) fn duration(seconds: i64) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    let (hours, days) = (minutes / 60, minutes / 1440);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min {rest} s"),
        3600..172_800 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;

    #[test]
    fn five_minutes_are_the_limit_on_either_side() {
        for (offset, status) in [
            (0, Status::Ok),
            (2, Status::Ok),
            (60, Status::Ok),
            (61, Status::Warning),
            (-61, Status::Warning),
            (300, Status::Warning),
            (301, Status::Wrong),
            (-3600, Status::Wrong),
            (i64::MIN, Status::Wrong),
        ] {
            assert_eq!(judged(offset, "x").status, status, "{offset}");
        }
        assert!(judged(-3600, "x").told.starts_with("1 h 0 min behind x"));
        assert!(judged(301, "x").told.starts_with("5 min 1 s ahead of x"));
    }

    #[test]
    fn durations_in_words() {
        for (seconds, text) in
            [(5, "5 s"), (125, "2 min 5 s"), (7200, "2 h 0 min"), (90_000, "25 h 0 min"), (345_600, "4 days")]
        {
            assert_eq!(duration(seconds), text);
        }
    }
}
