"""Build the estate in running emulators and write down what they called things.

    python demo/estate/build.py [--state FOLDER]

The emulators are emptied first, and moto's identifiers are seeded: two builds give the same ids, but for ministack's,
which are random.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import emulators
from aws import Aws, require_loopback
from estate import (
    agents,
    clusters,
    compute,
    functions,
    identity,
    keys,
    log_delivery,
    models,
    network,
    organization,
    routes,
    sagemaker,
    services,
    storage,
    vectors,
)
from estate.ledger import Ledger
from settings import DEFAULT_STATE

SEED = 20261120

THEMES: tuple[tuple[str, Callable[[Aws, Ledger], None]], ...] = (
    # Order matters: a theme refers to what stands before it.
    ("keys", keys.build),
    ("storage", storage.build),
    ("network", network.build),
    ("identity", identity.build),
    ("compute", compute.build),
    ("clusters", clusters.build),
    ("functions", functions.build),
    ("sagemaker", sagemaker.build),
    ("models", models.build),
    ("vectors", vectors.build),
    ("agents", agents.build),
    ("organization", organization.build),
    ("routes", routes.build),
    ("services", services.build),
    ("log delivery", log_delivery.build),
)


def build(state: Path, say: Callable[[str], None] = lambda _: None) -> Ledger:
    """The whole estate, from empty emulators; also saved as `estate.json` in the state folder."""
    running = emulators.load(state)
    aws = Aws(emulators.environment(running, state))
    saved = state / "estate.json"
    # Gone before the first change, back when whole: a build that is cut off leaves none.
    saved.unlink(missing_ok=True)
    _post(f"{running['moto'].url}/moto-api/reset")
    _post(f"{running['moto'].url}/moto-api/seed?a={SEED}")
    _post(f"{running['ministack'].url}/_ministack/reset")
    ledger = Ledger()
    for name, theme in THEMES:
        begun = time.monotonic()
        theme(aws, ledger)
        say(f"{name} ({time.monotonic() - begun:.1f} s)")
    ledger.save(saved)
    return ledger


def _post(url: str) -> None:
    # No proxy handlers: what an environment's proxy would do with a loopback address is not our business.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(require_loopback(url), data=b"", method="POST"), timeout=30):
        pass


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    state = parser.parse_args().state.resolve()
    if not emulators.load(state):
        print(f"error: no emulators run for {state}; start them with: python demo/emulators.py start", file=sys.stderr)
        return 2
    ledger = build(state, lambda text: print(f"  {text}"))
    print(f"built {sum(len(things) for things in ledger.facts.values())} things, ids in {state / 'estate.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
