//! ARNs with wildcards: how the Resource element and the ARN operators compare them.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html> ("If a wildcard is the
//! last character of a segment, it can expand to match beyond the colon boundaries") and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
//! ("each of the six colon-delimited components of the ARN is checked separately").

use crate::glob::Token;
use crate::template::{Piece, exact_tokens};

/// Colons before the resource part.
const COLONS: usize = 5;

/// The tokens of a Resource pattern. Missing fields are any.
pub(crate) fn resource_tokens(pieces: &[Piece]) -> Vec<Token> {
    let mut segments = split(pieces);
    if segments.len() == 1 && !starts_with_arn(pieces) {
        // Not an ARN: `*`, or what some services accept instead of one.
        return crate::template::like_tokens(pieces);
    }
    let missing = COLONS + 1 - segments.len();
    segments.extend(std::iter::repeat_n(vec![Token::Any], missing));
    let mut out = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            out.push(Token::Char(':'));
        }
        let (is_resource, last) = (at == COLONS, segment.len().saturating_sub(1));
        out.extend(segment.iter().enumerate().map(|(place, token)| match token {
            Token::Any if !is_resource && place != last => Token::AnyInSegment,
            Token::One if !is_resource => Token::OneInSegment,
            token => *token,
        }));
    }
    out
}

/// The tokens of a value of an ARN operator: none where it has not six parts, which equals nothing.
pub(crate) fn condition_tokens(pieces: &[Piece]) -> Option<Vec<Token>> {
    let segments = split(pieces);
    if segments.len() != COLONS + 1 {
        return None;
    }
    let mut out = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            out.push(Token::Char(':'));
        }
        out.extend(segment.iter().map(|token| match token {
            Token::Any if at < COLONS => Token::AnyInSegment,
            Token::One if at < COLONS => Token::OneInSegment,
            token => *token,
        }));
    }
    Some(out)
}

fn starts_with_arn(pieces: &[Piece]) -> bool {
    matches!(pieces.first(), Some(Piece::Text(text)) if text.starts_with("arn:"))
}

/// The pattern's segments, at most six. Colons in substituted values are not separators.
fn split(pieces: &[Piece]) -> Vec<Vec<Token>> {
    let mut out: Vec<Vec<Token>> = vec![Vec::new()];
    for piece in pieces {
        let Piece::Text(text) = piece else {
            push(&mut out, exact_tokens(std::slice::from_ref(piece)));
            continue;
        };
        for c in text.chars() {
            match c {
                ':' if out.len() <= COLONS => out.push(Vec::new()),
                '*' => push(&mut out, [Token::Any]),
                '?' => push(&mut out, [Token::One]),
                c => push(&mut out, [Token::Char(c)]),
            }
        }
    }
    out
}

fn push(segments: &mut [Vec<Token>], tokens: impl IntoIterator<Item = Token>) {
    if let Some(last) = segments.last_mut() {
        last.extend(tokens);
    }
}
