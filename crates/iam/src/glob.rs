//! Patterns of characters, and one matcher for all of them.
//!
//! Where wildcards allow, the matcher goes back to the last of them; otherwise it follows all states of the pattern at once.
//! Either way time is at most pattern times text, whatever the wildcards.

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// This character in any case; made by [`Token::folded`].
    Fold(char),
    /// One character.
    One,
    /// One character, not a colon.
    OneInSegment,
    /// Any run of characters, the empty one too.
    Any,
    /// Any run without a colon.
    AnyInSegment,
}

impl Token {
    /// The token of `c` in any case: a letter and its capital. Letters that are not each other's counterpart are themselves.
    pub(crate) fn folded(c: char) -> Self {
        let small = only(c.to_lowercase());
        let capital = small.and_then(|small| only(small.to_uppercase()));
        match (small, capital) {
            (Some(small), Some(capital))
                if [small, capital].contains(&c) && only(capital.to_lowercase()) == Some(small) =>
            {
                Self::Fold(small)
            }
            _ => Self::Char(c),
        }
    }

    /// Whether the token takes `c`.
    pub(crate) fn takes(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::Fold(own) => own == c || own.to_uppercase().eq(std::iter::once(c)),
            Self::One | Self::Any => true,
            Self::OneInSegment | Self::AnyInSegment => c != ':',
        }
    }

    /// Whether the token may take nothing, and may take again.
    pub(crate) fn repeats(self) -> bool {
        matches!(self, Self::Any | Self::AnyInSegment)
    }
}

/// The one character, where it is one.
fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

/// Whether `tokens` take the whole of `text`.
pub(crate) fn matches(tokens: &[Token], text: &str) -> bool {
    match goes_back_to_last(tokens) {
        // Names and ARNs are ASCII: bytes are quicker to go through.
        true if text.is_ascii() => matches_greedily(tokens, text.bytes().map(char::from)),
        true => matches_greedily(tokens, text.chars()),
        false => matches_states(tokens, text),
    }
}

/// Whether, when a text does not go on as the pattern does, giving its last run one character more is all there is to try.
///
/// An earlier run that may take anything gains nothing by taking more. Nor does one that ends at a colon: what follows it up
/// to the next colon stands fixed, unless something before may take a colon.
fn goes_back_to_last(tokens: &[Token]) -> bool {
    let crossing = tokens.iter().position(|token| matches!(token, Token::Any | Token::One)).unwrap_or(tokens.len());
    !tokens.get(crossing..).unwrap_or_default().contains(&Token::AnyInSegment)
}

fn matches_greedily(tokens: &[Token], text: impl Iterator<Item = char> + Clone) -> bool {
    let (mut at, mut rest) = (0, text);
    // The last run: its token, the place behind it, and the text that it has not taken.
    let mut run = None;
    loop {
        match tokens.get(at) {
            Some(token) if token.repeats() => {
                at += 1;
                if *token == Token::Any && at == tokens.len() {
                    return true;
                }
                run = Some((*token, at, rest.clone()));
                continue;
            }
            Some(token) => {
                let mut next = rest.clone();
                match next.next() {
                    Some(c) if token.takes(c) => {
                        (at, rest) = (at + 1, next);
                        continue;
                    }
                    Some(_) => {}
                    None => return false,
                }
            }
            None if rest.clone().next().is_none() => return true,
            None => {}
        }
        let Some((token, behind, left)) = &mut run else { return false };
        if !left.next().is_some_and(|c| token.takes(c)) {
            return false;
        }
        (at, rest) = (*behind, left.clone());
    }
}

fn matches_states(tokens: &[Token], text: &str) -> bool {
    let mut states = States::start(tokens);
    let mut next = states.clone();
    for c in text.chars() {
        states.step(tokens, c, &mut next);
        std::mem::swap(&mut states, &mut next);
        if states.is_dead() {
            return false;
        }
    }
    states.accepts(tokens)
}

/// The set of places in a pattern at which a text may stand: place `n` is before token `n`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct States(Vec<u64>);

impl States {
    /// Before the first character.
    pub(crate) fn start(tokens: &[Token]) -> Self {
        let mut states = Self(vec![0; tokens.len() / 64 + 1]);
        states.enter(tokens, 0);
        states
    }

    /// After one more character.
    pub(crate) fn after(&self, tokens: &[Token], c: char) -> Self {
        let mut next = Self(vec![0; self.0.len()]);
        self.step(tokens, c, &mut next);
        next
    }

    fn step(&self, tokens: &[Token], c: char, next: &mut Self) {
        next.0.fill(0);
        for at in self.places() {
            if let Some(token) = tokens.get(at)
                && token.takes(c)
            {
                next.enter(tokens, if token.repeats() { at } else { at + 1 });
            }
        }
    }

    /// Whether the whole pattern is behind.
    pub(crate) fn accepts(&self, tokens: &[Token]) -> bool {
        self.has(tokens.len())
    }

    /// Whether no continuation matches.
    pub(crate) fn is_dead(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    fn enter(&mut self, tokens: &[Token], mut at: usize) {
        loop {
            if self.has(at) {
                return;
            }
            if let Some(word) = self.0.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
            match tokens.get(at) {
                Some(token) if token.repeats() => at += 1,
                _ => return,
            }
        }
    }

    fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

/// `*` and `?` as wildcards over everything, letters in any case: how actions are written.
///
/// Most action patterns are held against few actions, so no tokens are made. Going back to the last `*` alone is enough:
/// time is at most pattern times text.
pub(crate) fn matches_fold(pattern: &str, text: &str) -> bool {
    let (mut steps, mut rest) = (pattern.chars(), text.chars());
    let mut retry = None;
    loop {
        let (mut next_steps, mut next_rest) = (steps.clone(), rest.clone());
        match (next_steps.next(), next_rest.next()) {
            (Some('*'), _) => {
                retry = Some((next_steps.clone(), rest.clone()));
                steps = next_steps;
                continue;
            }
            (None, None) => return true,
            (Some(_), None) => return false,
            (Some(step), Some(c)) if step_takes(step, c) => {
                (steps, rest) = (next_steps, next_rest);
                continue;
            }
            _ => {}
        }
        let Some((behind_star, longer)) = &mut retry else { return false };
        if longer.next().is_none() {
            return false;
        }
        (steps, rest) = (behind_star.clone(), longer.clone());
    }
}

fn step_takes(step: char, c: char) -> bool {
    match step {
        '?' => true,
        step if step.is_ascii() => step.eq_ignore_ascii_case(&c),
        step => fold_token(step).takes(c),
    }
}

/// The steps of such a pattern, for those who match it with many texts.
pub(crate) fn fold_tokens(pattern: &str) -> Vec<Token> {
    pattern.chars().map(fold_token).collect()
}

fn fold_token(c: char) -> Token {
    match c {
        '*' => Token::Any,
        '?' => Token::One,
        c => Token::folded(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token() -> impl Strategy<Value = Token> {
        let all =
            [Token::Char('a'), Token::Char(':'), Token::One, Token::OneInSegment, Token::Any, Token::AnyInSegment];
        prop::sample::select(all.to_vec())
    }

    proptest! {
        #[test]
        fn going_back_finds_what_all_states_find(tokens in prop::collection::vec(token(), 0..9), text in "[ab:]{0,12}") {
            prop_assert_eq!(matches(&tokens, &text), matches_states(&tokens, &text));
        }

        #[test]
        fn both_matchers_of_action_names_agree(pattern in "[aBkİ\u{212a}*?]{0,8}", text in "[abKİ\u{212a}]{0,8}") {
            prop_assert_eq!(matches_fold(&pattern, &text), matches(&fold_tokens(&pattern), &text));
        }
    }
}
