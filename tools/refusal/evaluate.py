"""Measures a trained model on hold-out sets: JSON lines with `request`, `reply` and `refused`. No reply is printed.

    python evaluate.py MODEL.bin FILE...
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
from train import BAND, matrix


def main() -> None:
    content = Path(sys.argv[1]).read_bytes()
    step, bias = struct.unpack("<ff", content[4:12])
    weights = np.frombuffer(content[12:], dtype=np.int8).astype(float)

    def chances(pairs: list[tuple[str, str]]) -> np.ndarray:
        return 1 / (1 + np.exp(-(matrix(pairs) @ weights * step + bias)))

    for name in sys.argv[2:]:
        rows = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
        wanted = np.array([row["refused"] for row in rows])
        chance = chances([(row["request"], row["reply"]) for row in rows])
        by_itself = chances([("", row["reply"]) for row in rows])
        low, high = BAND
        # As the product does: what only the request tells, against the answer itself, is unclear.
        contrary = ((chance >= high) & (by_itself <= low)) | ((chance <= low) & (by_itself >= high))
        said, clear = chance > 0.5, ((chance <= low) | (chance >= high)) & ~contrary
        print(
            f"{Path(name).name}: n {len(rows)}, accuracy {(said == wanted).mean():.3f}, "
            f"sensitivity {said[wanted].mean():.3f}, specificity {(~said[~wanted]).mean():.3f}; "
            f"clear {clear.sum()}, of those accuracy {(said == wanted)[clear].mean():.3f}, "
            f"sensitivity {said[wanted & clear].mean():.3f}, specificity {(~said[~wanted & clear]).mean():.3f}"
        )


if __name__ == "__main__":
    main()
