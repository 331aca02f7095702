//! Money in whole nano-dollars: sums of it are exact, and a limit is a limit.

use crate::price::PriceError;
use crate::untrusted::shortened;
use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

const NANO: u64 = 1_000_000_000;

/// An amount of US dollars, not negative. Sums stop at the largest one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(u64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount in billionths of a dollar.
    pub fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The amount in billionths of a dollar.
    pub fn nanos(self) -> u64 {
        self.0
    }

    /// The amount in dollars, rounded to what a float holds: for output only.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / NANO as f64
    }

    /// The cost of `count` things when a thousand cost this, rounded up.
    pub fn per_thousand(self, count: u64) -> Self {
        let nanos = (u128::from(self.0) * u128::from(count)).div_ceil(1_000);
        Self(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// So many times the amount.
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// The amount without the other, or nothing.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Usd {
    /// At least cents, and as many digits as the amount has: `0.10 USD`, `0.000035 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:09}", self.0 % NANO);
        let digits = fraction.trim_end_matches('0');
        write!(f, "{}.{digits:0<2} USD", self.0 / NANO)
    }
}

impl FromStr for Usd {
    type Err = PriceError;

    /// `0.25`: digits, and at most nine behind the point.
    fn from_str(text: &str) -> Result<Self, PriceError> {
        let wrong = || PriceError::Number { text: shortened(text, 40), what: "amount of US dollars", example: "0.25" };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
            return Err(wrong());
        }
        let nanos = format!("{whole}{fraction:0<9}").parse().map_err(|_| wrong())?;
        Ok(Self(nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_shown() {
        for (text, shown) in
            [("1", "1.00 USD"), ("0.1", "0.10 USD"), ("0.000035", "0.000035 USD"), ("12.345", "12.345 USD")]
        {
            assert_eq!(text.parse::<Usd>().unwrap().to_string(), shown);
        }
        for text in ["", "-1", "1e3", ".5", "1.", "0.1234567891", "99999999999999999999", "１"] {
            assert!(text.parse::<Usd>().is_err(), "{text}");
        }
    }

    #[test]
    fn costs_round_up() {
        assert_eq!(Usd::from_nanos(1).per_thousand(1), Usd::from_nanos(1));
        assert_eq!(Usd::from_nanos(3_000_000).per_thousand(1_000), Usd::from_nanos(3_000_000));
        assert_eq!(Usd::from_nanos(u64::MAX).per_thousand(u64::MAX), Usd::from_nanos(u64::MAX));
    }
}
