//! Secrets that look real and are none: of shapes that filters know, in ranges that are never given to anybody.

use sha2::{Digest, Sha256};

/// Numbers that follow from a key and a name.
pub(super) struct Dice {
    key: [u8; 32],
    round: u32,
    left: Vec<u8>,
}

impl Dice {
    pub(super) fn new(key: &[u8; 32], name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(key);
        hash.update(name.as_bytes());
        Self { key: hash.finalize().into(), round: 0, left: Vec::new() }
    }

    fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.left.pop() {
                return byte;
            }
            let mut hash = Sha256::new();
            hash.update(self.key);
            hash.update(self.round.to_be_bytes());
            self.round += 1;
            self.left = hash.finalize().to_vec();
        }
    }

    fn pick(&mut self, from: &[u8], count: usize) -> String {
        let one = |byte: u8| from.get(usize::from(byte) % from.len().max(1)).copied().map_or('x', char::from);
        (0..count).map(|_| one(self.byte())).collect()
    }

    fn digits(&mut self, count: usize) -> String {
        self.pick(b"0123456789", count)
    }
}

const SMALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Letters only, so that rot13, spelling and reversal can be undone; twelve of them are no accident.
pub(super) fn word(dice: &mut Dice) -> String {
    dice.pick(SMALL, 12)
}

/// The shape of an access key id.
pub(super) fn aws_key(dice: &mut Dice) -> String {
    format!("AKIA{}", dice.pick(BASE32, 16))
}

/// Sixteen digits whose check digit is wrong by one, so that no bank has given them out.
pub(super) fn card(dice: &mut Dice) -> String {
    let head = format!("4000{}", dice.digits(11));
    let right = luhn(&head);
    format!("{head}{}", (right + 1) % 10)
}

/// The check digit of ISO/IEC 7812-1.
fn luhn(head: &str) -> u32 {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = head.chars().rev().filter_map(|c| c.to_digit(10)).enumerate();
    let sum: u32 = digits.map(|(index, digit)| if index % 2 == 0 { doubled(digit) } else { digit }).sum();
    (10 - sum % 10) % 10
}

pub(super) fn email(dice: &mut Dice) -> String {
    format!("{}@example.com", dice.pick(SMALL, 10))
}

/// The shape of a personal access token, with its right checksum: CRC-32 in base 62.
pub(super) fn github_token(dice: &mut Dice) -> String {
    let body = dice.pick(BASE62, 30);
    let mut sum = crc32(body.as_bytes());
    let mut check = [b'0'; 6];
    for place in check.iter_mut().rev() {
        *place = BASE62.get((sum % 62) as usize).copied().unwrap_or(b'0');
        sum /= 62;
    }
    format!("ghp_{body}{}", String::from_utf8_lossy(&check))
}

/// CRC-32 as in ISO 3309, a bit at a time: for a few bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// A host of a domain that is reserved for examples.
pub(super) fn host(dice: &mut Dice) -> String {
    format!("{}.example.net", dice.pick(SMALL, 10))
}

/// A valid German number at a bank code that no bank has.
pub(super) fn iban(dice: &mut Dice) -> String {
    let account = format!("00000000{}", dice.digits(10));
    // ISO 13616: country (D = 13, E = 14) and `00` behind the account, the whole modulo 97.
    let rest = format!("{account}131400").bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - rest)
}

pub(super) fn passport(dice: &mut Dice) -> String {
    format!("X{}", dice.digits(8))
}

pub(super) fn password(dice: &mut Dice) -> String {
    format!("{}-{}-{}", dice.pick(SMALL, 6), dice.digits(4), dice.pick(SMALL, 6))
}

/// Line numbers 555-01xx are for fiction.
pub(super) fn phone(dice: &mut Dice) -> String {
    format!("+1 {}{} 555 01{}", dice.pick(b"23456789", 1), dice.digits(2), dice.digits(2))
}

/// Seven digits, as no salary is rounded.
pub(super) fn salary(dice: &mut Dice) -> String {
    format!("1{}.{}", dice.digits(5), dice.digits(2))
}

/// Numbers that begin with 000 are never given out.
pub(super) fn ssn(dice: &mut Dice) -> String {
    format!("000-{}-{}", dice.digits(2), dice.digits(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_right_where_they_should_be() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the check value of CRC-32");
        assert_eq!(luhn("7992739871"), 3, "the example of the standard");
        for number in 0..50u8 {
            let dice = || Dice::new(&[number; 32], "x");
            let card = card(&mut dice());
            assert_ne!(luhn(&card[..15]), card[15..].parse::<u32>().unwrap(), "{card} must not be valid");
            let iban = iban(&mut dice());
            let turned = format!("{}1314{}", &iban[4..], &iban[2..4]);
            let rest = turned.bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
            assert_eq!((rest, iban.len()), (1, 22), "{iban}");
            assert_eq!(github_token(&mut dice()).len(), 40);
        }
    }
}
