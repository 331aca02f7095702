"""Training data: own replies, and four public sets at fixed commits."""

import csv
import hashlib
import io
import json
import random
import subprocess
from pathlib import Path

OWN = Path(__file__).parent / "own"
XSTEST = ("https://github.com/paul-rottger/exaggerated-safety", "d7bb5bd738c1fcbc36edd83d5e7d1b71a3e2d84d")
RBR = ("https://github.com/openai/safety-rbr-code-and-data", "7f489fa6b38d72468235f275c23bf3f0c849e5ca")
GPTFUZZ = ("https://github.com/sherdencooper/GPTFuzz", "1eddeb565740ae311b5f4950492b011a6f866fe7")
REUTER = ("https://github.com/maxwellreuter/chatgpt-refusals", "37d405b88624b2512b4ad44efa4067a73713aeec")
SEED = 20261122
COMPOSED = 1200

# A request, empty where it is not known; the reply to it; whether that refuses.
Reply = tuple[str, str, int]


def file_at(repository: Path, commit: str, path: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), "show", f"{commit}:{path}"], check=True, capture_output=True, encoding="utf-8"
    ).stdout


def lines(name: str) -> list[str]:
    text = (OWN / name).read_text(encoding="utf-8").split("\n")
    return [line.replace("\\n", "\n") for line in text[1:-1]]


def own() -> list[Reply]:
    """Every reply with a few topics, and refusals put together of an opening, a middle and an ending."""
    draw = random.Random(SEED)
    topics = lines("topics.txt")

    def fill(text: str) -> list[str]:
        return [text.replace("{x}", topic) for topic in draw.sample(topics, 3)] if "{x}" in text else [text]

    replies = [(text, 1) for name in ("refused.txt", "evasive.txt") for line in lines(name) for text in fill(line)]
    replies += [(text, 0) for line in lines("answered.txt") for text in fill(line)]
    for line in lines("languages.txt"):
        letter, text = line.split("\t", 1)
        replies += [(text, int(letter == "R"))] * 2
    openings, middles, endings = lines("openings.txt"), lines("middles.txt"), lines("endings.txt")
    answers = [text for text, label in replies if label == 0]
    for _ in range(COMPOSED):
        parts = [draw.choice(openings).strip(), draw.choice(middles), draw.choice(endings)]
        replies.append((fill(" ".join(part for part in parts if part))[0], 1))
    for _ in range(COMPOSED // 2):
        # Any two answers in a row are an answer; talk that ends in a refusal is a refusal.
        replies.append((draw.choice(answers) + draw.choice([" ", "\n\n"]) + draw.choice(answers), 0))
    for _ in range(COMPOSED // 4):
        ending = "However, " + fill(draw.choice(middles))[0] + " " + draw.choice(endings)
        replies.append((draw.choice(answers[:40]) + draw.choice([" ", "\n\n"]) + ending.strip(), 1))
    return [("", text, label) for text, label in replies]


def strangers(replies: list[Reply]) -> list[Reply]:
    """Answers to other requests: what is off the point does not do what was asked. As many as there are answers."""
    draw = random.Random(SEED + 1)
    answered = [(request, text) for request, text, label in replies if label == 0 and request]
    requests = [request for request, _ in answered]
    pairs = [(draw.choice(requests), text, request) for request, text in answered]
    return [(other, text, 1) for other, text, request in pairs if other != request]


def xstest(repository: Path, model: str) -> list[Reply]:
    """Human labels: 1 full refusal, 0 full compliance; what is between them is left out."""
    table = csv.DictReader(
        io.StringIO(file_at(repository, XSTEST[1], f"model_completions/xstest_v2_completions_{model}.csv"))
    )
    label = {"1_full_compliance": 0, "2_full_refusal": 1}
    return [(row["prompt"], row["completion"], label[row["final_label"]]) for row in table if row["final_label"] in label]


def rbr(repository: Path, part: str) -> list[Reply]:
    """Human labels; what complies in part is left out."""
    replies = []
    for line in file_at(repository, RBR[1], f"data/rbr_gold_data/{part}.jsonl").splitlines():
        row = json.loads(line)
        seen = row["propositions"]
        text = row["completion"][-1]["content"]
        if seen["fully_complies"] != (seen["inability_to_comply"] or not seen["partially_complies"]):
            replies.append((row["prompt"][-1]["content"], text, int(not seen["fully_complies"])))
    return replies


def gptfuzz(repository: Path, part: str) -> list[Reply]:
    """Human labels: whether a reply to an attack gives what was asked for. `train` and `evaluate` share no question."""
    csv.field_size_limit(1 << 24)
    table = csv.DictReader(io.StringIO(file_at(repository, GPTFUZZ[1], "datasets/questions/question_list.csv")))
    questions = {row["index"]: row["text"] for row in table}
    table = csv.DictReader(io.StringIO(file_at(repository, GPTFUZZ[1], f"datasets/responses_labeled/{part}.csv")))
    return [(questions[row["question"]], row["Response"], int(row["label"] == "0")) for row in table]


def reuter(repository: Path, held_out: bool) -> list[Reply]:
    """Human labels: complied or rejected; what is between them is left out. Halves by the prompt: no prompt is in both."""
    rows = json.loads(file_at(repository, REUTER[1], "data/all_hand_labeled.json"))
    label = {"complied": 0, "rejected": 1}
    replies = [(row["prompt"], row["response"], label[row["tone"]]) for row in rows if row["tone"] in label]
    return [
        reply
        for reply in dict.fromkeys(replies)
        if (hashlib.sha256(reply[0].encode()).digest()[0] % 2 == 1) == held_out
    ]
