//! Patterns of characters, and one matcher for all of them.
//!
//! The matcher follows all states of the pattern at once: time is at most pattern times text, whatever the wildcards.

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// This character in any case (held in lower case).
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
    /// Whether the token takes `c`.
    pub(crate) fn takes(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::Fold(own) => c.to_lowercase().eq(std::iter::once(own)) || own == c,
            Self::One | Self::Any => true,
            Self::OneInSegment | Self::AnyInSegment => c != ':',
        }
    }

    /// Whether the token may take nothing, and may take again.
    pub(crate) fn repeats(self) -> bool {
        matches!(self, Self::Any | Self::AnyInSegment)
    }
}

/// Whether `tokens` take the whole of `text`.
pub(crate) fn matches(tokens: &[Token], text: &str) -> bool {
    let mut rest = text.chars();
    // Most patterns are literal text up to one final wildcard: no states are needed for those.
    for (at, token) in tokens.iter().enumerate() {
        if token.repeats() {
            let tail = tokens.get(at..).unwrap_or_default();
            return (tail.len() == 1 && *token == Token::Any) || matches_states(tail, rest.as_str());
        }
        match rest.next() {
            Some(c) if token.takes(c) => {}
            _ => return false,
        }
    }
    rest.next().is_none()
}

fn matches_states(tokens: &[Token], text: &str) -> bool {
    let mut states = States::start(tokens);
    for c in text.chars() {
        states = states.after(tokens, c);
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
        for at in self.places() {
            if let Some(token) = tokens.get(at)
                && token.takes(c)
            {
                next.enter(tokens, if token.repeats() { at } else { at + 1 });
            }
        }
        next
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
pub(crate) fn matches_fold(pattern: &str, text: &str) -> bool {
    matches(&fold_tokens(pattern), text)
}

/// The steps of such a pattern, for those who match it with many texts.
pub(crate) fn fold_tokens(pattern: &str) -> Vec<Token> {
    pattern
        .chars()
        .map(|c| match c {
            '*' => Token::Any,
            '?' => Token::One,
            c => Token::Fold(c.to_lowercase().next().unwrap_or(c)),
        })
        .collect()
}
