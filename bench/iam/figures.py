"""From finished runs to rows, ratios, the table and the bars."""

from __future__ import annotations

import statistics

from measure import Run, spread
from peers import PEERS

RATIO_BAR, AFTER_LOAD_BAR, MEMORY_BAR = 100.0, 1.0, 500.0


def failure(runs: list[Run], fine: tuple[int, ...] = (0,)) -> str | None:
    bad = next((run for run in runs if run.status not in fine), None)
    if bad is None:
        return None
    last = bad.stderr.strip().splitlines()[-1:] or [""]
    return (f"stopped after {bad.wall_s:.0f} s" if bad.status == -9 else f"exit {bad.status}") + (f": {last[0][:160]}" if last[0] else "")


def our_row(runs: list[Run], load_only: list[Run], size: dict[str, int]) -> dict[str, object]:
    failed = failure(runs + load_only, fine=(0, 3))  # 3: done, and not everything could be read
    if failed:
        return {"failed": failed}
    wall = spread([run.wall_s for run in runs])
    row = {"end_to_end_s": wall, "cpu_s": spread([r.cpu_s for r in runs]), "rss_mb": spread([r.rss_mb for r in runs]),
           "decisions": size["decisions"], "extrapolated": False}
    if load_only:
        load = statistics.median(run.wall_s for run in load_only)
        row |= {"load_s": load, "after_load_s": {k: max(0.0, v - load) for k, v in wall.items()}}
    return row


def peer_row(runs: list[tuple[Run, dict]], size: dict[str, int]) -> dict[str, object]:
    """A peer's row. Its time for all decisions is its time per sampled decision, times their number."""
    failed = failure([run for run, _ in runs])
    if failed:
        return {"failed": failed}
    rates = [times["decisions"] / times["decide_s"] for _, times in runs]
    total = [run.wall_s - times["decide_s"] + size["decisions"] / rate for (run, times), rate in zip(runs, rates, strict=True)]
    return {"end_to_end_s": spread(total), "rate": spread(rates), "load_s": statistics.median(t["load_s"] for _, t in runs),
            "rss_mb": spread([run.rss_mb for run, _ in runs]), "decisions": runs[0][1]["decisions"], "extrapolated": True}


def seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s" if value < 100 else f"{value:,.0f} s"


def show(result: dict) -> None:
    size, rows = result["size"], result["rows"]
    counts = ", ".join(f"{size[key]:,} {key}" for key in ("principals", "documents", "statements", "questions", "decisions"))
    print(f"   {size['bytes'] / 1e6:.1f} MB, {counts}")
    base = rows.get("sightline", {}).get("end_to_end_s", {}).get("median")
    print(f"   {'':14}{'end to end: min / median / max':>34}{'decisions/s':>13}{'peak MB':>9}{'ratio':>9}")
    for name, row in rows.items():
        if "failed" in row:
            print(f"   {name:14} {row['failed']}")
            continue
        wall = row["end_to_end_s"]
        rate = row["rate"]["median"] if "rate" in row else size["decisions"] / wall["median"]
        ratio = f"{wall['median'] / base:,.0f}×" if base and name != "sightline" else ""
        text = " / ".join(seconds(wall[k]) for k in ("min", "median", "max")) + (" *" if row["extrapolated"] else "  ")
        print(f"   {name:14}{text:>34}{rate:>13,.0f}{row['rss_mb']['max']:>9.0f}{ratio:>9}")
        if "after_load_s" in row:
            print(f"   {'':14}{'after load: ' + ' / '.join(seconds(row['after_load_s'][k]) for k in ('min', 'median', 'max')):>34}")
    if any(row.get("extrapolated") for row in rows.values()):
        print("   * start, load, and the time of a random sample of decisions extrapolated to all of them")
    comparison = result.get("comparison", {})
    for name, found in comparison.get("peers", {}).items():
        tail = f", {found['unexplained']} of them where it has every layer involved" if found["differ"] else ""
        print(f"   {name} against {comparison['reference']}: {found['differ']} of {found['compared']} answers differ{tail}")
        for kind in found["kinds"][:5]:
            print(f"      {kind['count']:>5}  {kind['kind']} ({kind['involves']}), e.g. {kind['example'][:150]}")


def bars(results: dict[str, dict]) -> list[dict[str, object]]:
    """Every bar with what was measured; `met` is none where nothing was."""
    found = []
    for name, result in results.items():
        ours = result["rows"].get("sightline")
        if ours is None:
            continue
        if "failed" in ours:
            found.append({"scenario": name, "bar": "finishes", "measured": ours["failed"], "met": False})
            continue
        others = [r["end_to_end_s"]["median"] for n, r in result["rows"].items() if n != "sightline" and "failed" not in r]
        if result["bar"] == "ratio" and others:
            ratio = min(others) / ours["end_to_end_s"]["median"]
            bar = f"≥ {RATIO_BAR:.0f}× the fastest peer, end to end"
            found.append({"scenario": name, "bar": bar, "measured": f"{ratio:,.0f}×", "met": ratio >= RATIO_BAR})
        if "after_load_s" in ours:
            after = ours["after_load_s"]["median"]
            found.append({"scenario": name, "bar": f"< {AFTER_LOAD_BAR:.0f} s after load", "measured": seconds(after), "met": after < AFTER_LOAD_BAR})
        compared = result.get("comparison", {}).get("peers", {})
        for judge in (peer.name for peer in PEERS if peer.judge and peer.name in compared):
            differ, asked = compared[judge]["differ"], compared[judge]["compared"]
            found.append({"scenario": name, "bar": f"answers as {judge} does", "measured": f"{differ} of {asked} differ", "met": differ == 0})
        memory = ours["rss_mb"]["max"]
        found.append({"scenario": name, "bar": f"< {MEMORY_BAR:.0f} MB", "measured": f"{memory:.0f} MB", "met": memory < MEMORY_BAR})
    return found


