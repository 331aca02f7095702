//! Patterns matched by a table of all prefixes: slow, plain, and nothing like the product's matcher. The fuzz target uses it too.

/// Whether `pattern`, in which `*` is any run and `?` one character, takes the whole of `text`.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let steps: Vec<Step> = pattern.chars().map(|c| Step { c, crosses: true }).collect();
    table(&steps, text)
}

/// The Resource element: the first five colons part the pattern into segments; a wildcard stays in its segment, unless it is
/// a `*` at the segment's end or in the sixth; missing segments are any.
pub(crate) fn resource(pattern: &str, text: &str) -> bool {
    if !pattern.contains(':') && !pattern.starts_with("arn:") {
        return like(pattern, text);
    }
    let mut segments: Vec<&str> = pattern.splitn(6, ':').collect();
    segments.resize(6, "*");
    let mut steps = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            steps.push(Step { c: ':', crosses: true });
        }
        let length = segment.chars().count();
        let crosses = |place: usize, c: char| at == 5 || (c == '*' && place + 1 == length);
        steps.extend(segment.chars().enumerate().map(|(place, c)| Step { c, crosses: crosses(place, c) }));
    }
    table(&steps, text)
}

/// `ArnLike`: six parts, each against its own.
pub(crate) fn arn(pattern: &str, text: &str) -> bool {
    let (patterns, texts): (Vec<&str>, Vec<&str>) = (pattern.splitn(6, ':').collect(), text.splitn(6, ':').collect());
    patterns.len() == 6 && texts.len() == 6 && patterns.iter().zip(texts).all(|(pattern, text)| like(pattern, text))
}

struct Step {
    c: char,
    crosses: bool,
}

/// `table[i][j]`: whether the first `i` steps take the first `j` characters.
fn table(steps: &[Step], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut table = vec![vec![false; text.len() + 1]; steps.len() + 1];
    table[0][0] = true;
    for (i, step) in steps.iter().enumerate() {
        for j in 0..=text.len() {
            let may_take = |c: char| step.crosses || c != ':';
            table[i + 1][j] = match step.c {
                '*' => table[i][j] || (j > 0 && table[i + 1][j - 1] && may_take(text[j - 1])),
                '?' => j > 0 && table[i][j - 1] && may_take(text[j - 1]),
                c => j > 0 && table[i][j - 1] && text[j - 1] == c,
            };
        }
    }
    table[steps.len()][text.len()]
}
