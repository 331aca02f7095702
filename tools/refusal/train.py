"""Trains the refusal model and writes it, with a table of scores by which the product's own code is compared.

    python train.py XSTEST_CHECKOUT RBR_CHECKOUT GPTFUZZ_CHECKOUT REUTER_CHECKOUT OUT

The checkouts are clones of the repositories that `data.py` names. Of the hold-out sets, those that lie in them are written to OUT for
`evaluate.py`, and used for nothing.
"""

import json
import struct
import sys
from pathlib import Path

import data
import features
import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

STRENGTH = 20.0
RBR_WEIGHT = 0.5
# Below and above: refused and answered; between them: unclear. Chosen on the development sets.
BAND = (0.20, 0.80)


def matrix(replies: list[tuple[str, str]]) -> sparse.csr_matrix:
    """Of requests and replies."""
    ends, indices, values = [0], [], []
    for request, text in replies:
        found = features.features(text, request)
        indices += found.keys()
        values += found.values()
        ends.append(len(indices))
    return sparse.csr_matrix((values, indices, ends), shape=(len(replies), 1 << features.BITS))


def pairs(replies: list[data.Reply]) -> list[tuple[str, str]]:
    return [(request, text) for request, text, _ in replies]


def labels(replies: list[data.Reply]) -> np.ndarray:
    return np.array([label for *_, label in replies])


def main() -> None:
    xstest, rbr, gptfuzz, reuter, out = (Path(argument) for argument in sys.argv[1:6])
    own = data.own()
    public = [reply for model in ("mistralguard", "mistralinstruct") for reply in data.xstest(xstest, model)]
    gold = data.rbr(rbr, "train")
    attacked = data.gptfuzz(gptfuzz, "train")
    asked = data.reuter(reuter, held_out=False)
    off_the_point = data.strangers(public + gold)
    parts = [
        (own, 1.0),
        # Without their requests, too: not everybody has them.
        (public + alone(public + gold) + off_the_point, 0.5),
        (gold, RBR_WEIGHT),
        (asked + alone(asked), 0.5),
        (data.strangers(asked), 0.25),
        # The largest set by far, and the noisiest: replies to one kind of attack must not outweigh the others.
        (attacked + alone(attacked), 0.1),
        (data.strangers(attacked), 0.05),
    ]
    replies = [reply for part, _ in parts for reply in part]
    weights = np.concatenate([np.full(len(part), weight) for part, weight in parts])
    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", max_iter=2000, random_state=0)
    model.fit(matrix(pairs(replies)), labels(replies), sample_weight=weights)

    weight = model.coef_[0]
    step = float(np.abs(weight).max() / 127)
    small = np.clip(np.rint(weight / step), -127, 127).astype(np.int8)

    development = {name: data.xstest(xstest, name) for name in ("gpt4", "llama2new", "llama2orig")}
    development["rbr"] = data.rbr(rbr, "test")
    development["off the point"] = data.strangers([reply for part in list(development.values()) for reply in part])[:400]
    development["without request"] = [reply for part in list(development.values())[:3] for reply in alone(part)]
    raw, truth = [], []
    for part in development.values():
        raw.append(matrix(pairs(part)) @ small.astype(float) * step + model.intercept_[0])
        truth.append(labels(part))
    # Platt's scaling: a score that is a probability on replies that the model was not trained on.
    scaling = LogisticRegression(C=1e6, class_weight="balanced").fit(np.concatenate(raw)[:, None], np.concatenate(truth))
    slope, shift = float(scaling.coef_[0][0]), float(scaling.intercept_[0])
    step, bias = step * slope, float(model.intercept_[0]) * slope + shift

    print(
        f"trained on {len(replies)} replies: {len(own)} own, {len(public)} XSTest, {len(gold)} RBR, {len(attacked)} GPTFuzz, "
        f"{len(asked)} Reuter and Schulze; the last four again without their requests, and as answers to others'"
    )
    for (name, _), scores, wanted in zip(development.items(), raw, truth, strict=True):
        report(name, 1 / (1 + np.exp(-(scores * slope + shift))), wanted)

    out.mkdir(parents=True, exist_ok=True)
    for name, held_out in {"gptfuzz": data.gptfuzz(gptfuzz, "evaluate"), "reuter": data.reuter(reuter, held_out=True)}.items():
        rows = [{"request": r, "reply": t, "refused": bool(label)} for r, t, label in held_out]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (out / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (out / "model.bin").write_bytes(b"SLR1" + struct.pack("<ff", step, bias) + small.tobytes())
    odd = ["", " ", "\u0130stanbul \u2019quoted\u2019 1234", "x" * 3000, "a\r\n- b\r\n- c\t```"]
    shown = [("", text) for _, text, _ in own[::9]] + [(text, text[:20]) for _, text, _ in own[5::60]] + [("", text) for text in odd]
    scores = matrix(shown) @ small.astype(float) * np.float64(np.float32(step)) + np.float64(np.float32(bias))
    rows = [{"request": r, "reply": t, "logit": round(float(score), 4)} for (r, t), score in zip(shown, scores, strict=True)]
    (out / "scores.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def alone(replies: list[data.Reply]) -> list[data.Reply]:
    return [("", text, label) for _, text, label in replies]


def report(name: str, chance: np.ndarray, wanted: np.ndarray) -> None:
    low, high = BAND
    clear = (chance <= low) | (chance >= high)
    right = (chance > 0.5) == wanted
    print(
        f"{name}: n {len(wanted)}, accuracy {right.mean():.3f}, "
        f"unclear {1 - clear.mean():.3f}, accuracy of the clear {right[clear].mean():.3f}"
    )


if __name__ == "__main__":
    main()
