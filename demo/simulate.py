"""Draw an estate from a seed; write its inventory, its logs and the truth about both.

    python demo/simulate.py --seed 7 --size small --out FOLDER
    python demo/simulate.py --seeds 20

The second form makes estates of many seeds and judges what Sightline finds in them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from settings import utc
from simulate import seeds
from simulate.estate import draw, save
from simulate.options import SIZES, Options


def main() -> int:
    """The command line."""
    given = _arguments()
    if given.seeds:
        return seeds.run(given.seeds, given.out, given.sightline, given.jobs, first=given.seed)
    if given.out is None:
        print("error: --out FOLDER says where the estate is written to", file=sys.stderr)
        return 2
    estate = draw(options(given))
    save(estate, given.out)
    print(f"{len(estate.uses)} uses of models, {len(estate.talks)} talks, in {given.out}")
    return 0


def options(given: argparse.Namespace) -> Options:
    """The simulation's own among the command line's."""
    names = Options.__dataclass_fields__
    return Options(**{name: value for name, value in vars(given).items() if name in names})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Options(0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=sorted(SIZES), default=default.size)
    parser.add_argument(
        "--nat-share", type=float, default=default.nat_share, help="share of networks that reach models by NAT"
    )
    parser.add_argument(
        "--ip-reuse", type=float, default=default.ip_reuse, help="how often a pod takes a freed address"
    )
    parser.add_argument(
        "--log-loss", type=float, default=default.log_loss, help="share of hours without a trail, and more"
    )
    parser.add_argument("--clock-skew", type=float, default=default.clock_skew, help="seconds by which clocks are off")
    parser.add_argument("--late", type=float, default=default.late, help="share of objects that come late or twice")
    parser.add_argument("--noise", type=float, default=default.noise, help="how much else there is")
    parser.add_argument("--attacks", type=int, default=default.attacks, help="attackers")
    parser.add_argument("--days", type=int, default=default.days)
    parser.add_argument("--end", type=utc, default=default.end, help="the logs' end, RFC 3339")
    parser.add_argument("--out", type=Path, help="folder for what is made")
    parser.add_argument("--seeds", type=int, help="make this many small estates and judge Sightline by them")
    parser.add_argument("--jobs", type=int, default=2, help="estates that are judged at once")
    parser.add_argument("--sightline", type=Path, help="the binary; the development build by default")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
