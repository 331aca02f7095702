"""Figures of SciPy and statsmodels that the tests of `crates/probe` compare with.

    python -m pip install -r requirements.txt
    python reference.py > ../../crates/probe/tests/it/statistics/reference.json
"""

import json

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy.stats import bootstrap
from sklearn.metrics import accuracy_score, cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

WILSON = [(0, 1), (1, 1), (0, 30), (1, 30), (5, 10), (10, 10), (7, 250), (249, 250), (3, 4000), (2000, 4000)]
MCNEMAR = [(0, 0), (1, 0), (0, 5), (5, 0), (1, 9), (3, 8), (12, 12), (10, 30), (200, 260), (700, 900), (0, 1200)]
P_VALUES = [[0.01], [0.04, 0.001, 0.2], [0.05, 0.05, 0.05], [0.0, 1.0, 0.5, 0.02, 0.02, 0.3, 0.009, 0.7], [0.9, 0.8, 0.7, 0.6]]
PROMPTS = [
    [[5, 5]] * 6 + [[0, 5]] * 24,
    [[i % 4, 3 + i % 3] for i in range(40)],
    [[1, 2], [0, 5], [3, 3], [2, 4], [0, 1], [1, 6], [4, 5], [0, 3], [2, 2], [1, 4]],
]
VERDICTS = [
    [(1, 1)] * 20 + [(0, 0)] * 15 + [(1, 0)] * 5 + [(0, 1)] * 10,
    [(1, 0), (0, 1), (1, 1), (0, 0)],
    [(1, 1)] * 9 + [(0, 0)],
]


def drawn(prompts: list[list[int]]) -> list[float]:
    hits, tried = np.array(prompts).T
    result = bootstrap(
        (hits, tried),
        lambda h, t, axis: h.sum(axis=axis) / t.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=200_000,
        method="percentile",
        batch=10_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    return [float(result.low), float(result.high)]


def main() -> None:
    figures = {
        "made_with": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, scikit-learn {sklearn.__version__}",
        "wilson": [[k, n, *map(float, proportion_confint(k, n, method="wilson"))] for k, n in WILSON],
        "mcnemar": [[a, b, float(mcnemar([[0, a], [b, 0]], exact=True).pvalue)] for a, b in MCNEMAR],
        "benjamini_hochberg": [{"p": p, "q": multipletests(p, method="fdr_bh")[1].tolist()} for p in P_VALUES],
        "bootstrap": [{"prompts": prompts, "interval": drawn(prompts)} for prompts in PROMPTS],
        "agreement": [
            {
                "pairs": pairs,
                "accuracy": float(accuracy_score(*zip(*pairs, strict=True))),
                "kappa": float(cohen_kappa_score(*zip(*pairs, strict=True))),
            }
            for pairs in VERDICTS
        ],
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
