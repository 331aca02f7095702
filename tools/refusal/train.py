"""Trains the refusal model and writes it, with a table of scores by which the product's own code is compared.

    python train.py XSTEST_CHECKOUT RBR_CHECKOUT OUT

The checkouts are clones of the repositories that `data.py` names. Nothing of the hold-out sets is read here.
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
BAND = (0.30, 0.70)


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
    xstest, rbr, out = (Path(argument) for argument in sys.argv[1:4])
    own = data.own()
    public = [reply for model in ("mistralguard", "mistralinstruct") for reply in data.xstest(xstest, model)]
    gold = data.rbr(rbr, "train")
    strangers = data.strangers(public + gold)
    # Without their requests, too: not everybody has them.
    alone = [("", text, label) for _, text, label in public + gold]
    replies = own + public + alone + strangers + gold
    weights = np.array([1.0] * len(own) + [0.5] * (len(replies) - len(own) - len(gold)) + [RBR_WEIGHT] * len(gold))
    model = LogisticRegression(C=STRENGTH, solver="liblinear", class_weight="balanced", max_iter=2000, random_state=0)
    model.fit(matrix(pairs(replies)), labels(replies), sample_weight=weights)

    weight = model.coef_[0]
    step = float(np.abs(weight).max() / 127)
    small = np.clip(np.rint(weight / step), -127, 127).astype(np.int8)

    development = {name: data.xstest(xstest, name) for name in ("gpt4", "llama2new", "llama2orig")}
    development["rbr"] = data.rbr(rbr, "test")
    development["off the point"] = data.strangers([reply for part in list(development.values()) for reply in part])[:400]
    development["without request"] = [("", text, label) for part in list(development.values())[:3] for _, text, label in part]
    raw, truth = [], []
    for part in development.values():
        raw.append(matrix(pairs(part)) @ small.astype(float) * step + model.intercept_[0])
        truth.append(labels(part))
    # Platt's scaling: a score that is a probability on replies that the model was not trained on.
    scaling = LogisticRegression(C=1e6, class_weight="balanced").fit(np.concatenate(raw)[:, None], np.concatenate(truth))
    slope, shift = float(scaling.coef_[0][0]), float(scaling.intercept_[0])
    step, bias = step * slope, float(model.intercept_[0]) * slope + shift

    print(
        f"trained on {len(replies)} replies: {len(own)} own, {len(public)} XSTest, {len(gold)} RBR, "
        f"{len(strangers)} off the point")
    for (name, _), scores, wanted in zip(development.items(), raw, truth, strict=True):
        report(name, 1 / (1 + np.exp(-(scores * slope + shift))), wanted)

    out.mkdir(parents=True, exist_ok=True)
    (out / "model.bin").write_bytes(b"SLR1" + struct.pack("<ff", step, bias) + small.tobytes())
    odd = ["", " ", "\u0130stanbul \u2019quoted\u2019 1234", "x" * 3000, "a\r\n- b\r\n- c\t```"]
    shown = [("", text) for _, text, _ in own[::9]] + [(text, text[:20]) for _, text, _ in own[5::60]] + [("", text) for text in odd]
    scores = matrix(shown) @ small.astype(float) * np.float64(np.float32(step)) + np.float64(np.float32(bias))
    rows = [{"request": r, "reply": t, "logit": round(float(score), 4)} for (r, t), score in zip(shown, scores, strict=True)]
    (out / "scores.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


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
