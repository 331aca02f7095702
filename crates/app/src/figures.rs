//! Numbers as people read them.

use std::time::Duration;

/// `9,979,107`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 object`, `2 objects`
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `1.2 GB`: powers of 1,000, as storage is sold.
pub(crate) fn bytes(number: u64) -> String {
    scaled(number as f64, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// `1.2 M`: so many of something, roughly.
pub(crate) fn about(number: f64) -> String {
    scaled(number, &["", "k", "M", "G"]).trim_end().to_owned()
}

fn scaled(number: f64, units: &[&str]) -> String {
    let (mut rest, mut units) = (number, units.iter().copied());
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        // What would be written as 1000 is written as 1.0 of the next.
        if rest < 999.5 {
            break;
        }
        (rest, unit) = (rest / 1_000.0, larger);
    }
    let whole = rest >= 9.95 || (rest.fract() == 0.0 && number < 1_000.0);
    if whole { format!("{rest:.0} {unit}") } else { format!("{rest:.1} {unit}") }
}

/// `35 s`, `12 min`, `3 h 20 min`
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds / 60 {
        0 => format!("{} s", seconds.max(1)),
        minutes if minutes < 60 => format!("{minutes} min"),
        minutes => format!("{} h {} min", count(minutes / 60), minutes % 60),
    }
}

/// Dollars: `$0.0042`, `$12.30`; amounts that are hardly any with the digits that tell.
pub(crate) fn dollars(amount: f64) -> String {
    if amount > 0.0 && amount < 0.01 { format!("${amount:.6}") } else { format!("${amount:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        assert_eq!([0, 999, 1_000, 9_979_107].map(count), ["0", "999", "1,000", "9,979,107"]);
        assert_eq!([0, 1, 2].map(|n| counted(n, "object")), ["0 objects", "1 object", "2 objects"]);
    }

    #[test]
    fn sizes_have_two_digits_or_three() {
        let sizes = [0, 999, 1_000, 1_234_567, 12_345_678, 999_999, 1_200_000_000, u64::MAX];
        assert_eq!(sizes.map(bytes), ["0 B", "999 B", "1.0 kB", "1.2 MB", "12 MB", "1.0 MB", "1.2 GB", "18447 PB"]);
        assert_eq!([0.0, 2.5, 812.0, 1_250_000.0].map(about), ["0", "2.5", "812", "1.2 M"]);
    }

    #[test]
    fn times_are_rough() {
        let times = [0, 35, 60, 719, 12_000].map(|seconds| duration(Duration::from_secs(seconds)));
        assert_eq!(times, ["1 s", "35 s", "1 min", "11 min", "3 h 20 min"]);
    }

    #[test]
    fn small_amounts_are_told() {
        assert_eq!([0.0, 0.000_4, 0.5, 12.3].map(dollars), ["$0.00", "$0.000400", "$0.50", "$12.30"]);
    }
}
