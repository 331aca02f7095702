"""The features of the refusal model. `crates/probe/src/refusal/features.rs` makes the same ones; a test compares them."""

import re
import tomllib
from pathlib import Path

BITS = 17
HEAD = 160
SENTENCE = 200
BODY = 900
SHORTEST = 2
LONGEST = 6
WORDS = 3

FAR = 4000
STEM = 5
SIGN = 0.5

PHRASES = tomllib.loads(
    (Path(__file__).parents[2] / "crates/probe/data/refusal/phrases.toml").read_text(encoding="utf-8")
)
DECLINING = [first + verb for first in PHRASES["cannot"] for verb in PHRASES["verbs"]] + PHRASES["declining"]
GROUPS = [(group["name"], group["phrases"]) for group in PHRASES["group"]]
COMMON = set(PHRASES["common"])

FNV_OFFSET = 0xCBF29CE484222325
FNV_PRIME = 0x100000001B3
MASK = (1 << 64) - 1

CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u02bc": "'"})


def bucket(space: str, text: str) -> int:
    """FNV-1a over the name space, a zero byte and the text."""
    value = FNV_OFFSET
    for byte in space.encode() + b"\0" + text.encode():
        value = ((value ^ byte) * FNV_PRIME) & MASK
    return (value ^ (value >> 32)) & ((1 << BITS) - 1)


def normal(text: str) -> str:
    """Lower case, straight quotes, every digit a 0, every run of white space one space."""
    text = text.lower().translate(CURLY)
    text = "".join("0" if "0" <= c <= "9" else c for c in text)
    return " ".join(part for part in re.split(r"[ \t\r\n\f\v]+", text) if part)


def shape(text: str) -> list[str]:
    """How long the answer is, how many lines and list items it has, whether there is code in it."""
    lines = [line.strip() for line in text.strip().split("\n")]
    items = sum(1 for line in lines if re.match(r"(?:[-*\u2022]|[0-9]+[.)])", line))
    return [
        f"length{min(len(text), 4095).bit_length()}",
        f"lines{min(len(lines), 63).bit_length()}",
        f"items{min(items, 15).bit_length()}",
        f"code{int('```' in text)}",
    ]


def grams(space: str, text: str) -> set[int]:
    """All character n-grams of a window."""
    return {bucket(space, text[i : i + n]) for n in range(SHORTEST, LONGEST + 1) for i in range(len(text) - n + 1)}


def words(space: str, text: str) -> set[int]:
    """Runs of up to three words."""
    tokens = re.findall(r"[a-z']+", text)
    return {
        bucket(space, " ".join(tokens[i : i + n])) for n in range(1, WORDS + 1) for i in range(len(tokens) - n + 1)
    }


def opening(text: str, sentences: int, most: int) -> str:
    """The first sentences: up to a space behind a full stop, an exclamation or a question mark."""
    ends = [match.start() for match in re.finditer(r"(?<=[.!?]) ", text)]
    end = ends[sentences - 1] if len(ends) >= sentences else len(text)
    return text[: min(end, most)]


def signs(clean: str) -> list[str]:
    """Phrases of refusing, wherever they stand: an answer may decline in its last sentence."""
    text = clean[:FAR]
    found = []
    declined = [at for phrase in DECLINING for at in [text.find(phrase)] if at >= 0]
    if declined:
        found.append("declines")
        found.append("declines-first" if min(declined) < HEAD else "declines-later")
    for name, phrases in GROUPS:
        hits = sum(1 for phrase in phrases if phrase in text)
        if hits:
            found.append(f"{name}{min(hits, 3)}")
    if text.endswith("?"):
        found.append("asks")
    return found


def stems(text: str) -> set[str]:
    """What a text is about: the first letters of its longer words."""
    return {word[:STEM] for word in re.findall(r"[a-z]+", text) if len(word) >= 4 and word not in COMMON}


def topic(request: str, clean: str) -> str:
    """How much of the request's words the answer takes up."""
    asked = stems(normal(request)[:FAR])
    if not asked:
        return "topic-unknown"
    share = len(asked & stems(clean[:FAR])) / len(asked)
    return f"topic{min(int(share * 5), 4)}"


def features(text: str, request: str = "") -> dict[int, float]:
    """Buckets and values: each name space has a weight, shared by what is in it; signs and the topic count in full."""
    clean = normal(text)
    spaces = [
        (grams("h", " " + clean[:HEAD] + " "), 1.0),
        (grams("f", " " + opening(clean, 1, SENTENCE) + " "), 1.0),
        (words("v", opening(clean, 2, 2 * SENTENCE)), 1.0),
        (words("w", clean[:BODY]), 1.0),
        ({bucket("s", token) for token in shape(text)}, 0.5),
    ]
    found: dict[int, float] = {}
    for space, weight in spaces:
        for index in sorted(space):
            found[index] = found.get(index, 0.0) + weight / len(space) ** 0.5
    for token in [*signs(clean), topic(request, clean)]:
        index = bucket("p", token)
        found[index] = found.get(index, 0.0) + SIGN
    return found
