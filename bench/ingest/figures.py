"""From finished runs to rows, ratios, the table and the bars."""

from __future__ import annotations

from measure import Run, spread

RATIO = {"flow": {"duckdb": 10.0, "clickhouse": 10.0}, "trail": {"duckdb": 5.0}}
RATE_BAR, MEMORY_BAR, GROWTH_BAR = 2e6, 512.0, 11.0
"""Records per second per core; MB; time of ten times as much, in times: linear, and a tenth for chance."""


def row(runs: list[Run], fine: tuple[int, ...] = (0,)) -> dict[str, object]:
    bad = next((run for run in runs if run.status not in fine), None)
    if bad is not None:
        last = bad.stderr.strip().splitlines()[-1:] or [""]
        return {"failed": f"stopped after {bad.wall_s:.0f} s" if bad.status == -9 else f"exit {bad.status}: {last[0][:160]}"}
    return {"wall_s": spread([r.wall_s for r in runs]), "cpu_s": spread([r.cpu_s for r in runs]), "rss_mb": spread([r.rss_mb for r in runs])}


def show(result: dict) -> None:
    size, rows = result["size"], result["rows"]
    print(f"   {size['files']:,} files, {size['gz_bytes'] / 1e6:,.0f} MB gzip, {size['bytes'] / 1e6:,.0f} MB plain, {size['records']:,} records")
    print(f"   {'':18}{'wall: min / median / max':>28}{'CPU':>9}{'records/s/core':>16}{'peak MB':>9}{'ratio':>8}{'by CPU':>8}")
    base = rows.get("sightline", {})
    for name, of in rows.items():
        if "failed" in of:
            print(f"   {name:18} {of['failed']}")
            continue
        records = size["records"] * (10 if name.endswith("10x") else 1)
        wall = " / ".join(f"{of['wall_s'][k]:.2f}" for k in ("min", "median", "max")) + " s"
        ratios = [f"{of[k]['median'] / base[k]['median']:.2f}×" if k in base and name != "sightline" else "" for k in ("wall_s", "cpu_s")]
        print(f"   {name:18}{wall:>28}{of['cpu_s']['median']:>7.2f} s{records / of['cpu_s']['median']:>16,.0f}{of['rss_mb']['max']:>9.0f}"
              f"{ratios[0]:>8}{ratios[1]:>8}")
    for name, found in result["answers"].items():
        if "failed" in found:
            print(f"   answer of {name}: {found['failed']}")
    for difference in result["differences"]:
        print(f"   DIFFERENT: {difference}")


def differences(answers: dict[str, dict]) -> list[str]:
    """Each figure in which two answers differ."""
    usable = {name: found for name, found in answers.items() if "failed" not in found}
    if len(usable) < 2:
        return []
    first, reference = next(iter(usable.items()))
    return [f"{key}: {first} {reference[key]:,}, {name} {found[key]:,}" for name, found in usable.items() if name != first
            for key in reference if found[key] != reference[key]]


def bars(results: dict[str, dict]) -> list[dict[str, object]]:
    """Every bar with what was measured."""
    found: list[dict[str, object]] = []
    for kind, result in results.items():
        rows, size = result["rows"], result["size"]
        ours = rows.get("sightline")

        def bar(text: str, measured: str, met: bool, kind: str = kind) -> None:
            found.append({"part": kind, "bar": text, "measured": measured, "met": met})

        if ours is None:
            continue
        if "failed" in ours:
            bar("finishes", ours["failed"], False)
            continue
        for peer, wanted in RATIO[kind].items():
            if peer in rows and "failed" not in rows[peer]:
                wall, cpu = (rows[peer][key]["median"] / ours[key]["median"] for key in ("wall_s", "cpu_s"))
                bar(f"≥ {wanted:.0f}× {peer}, wall, medians", f"{wall:.1f}× (by CPU {cpu:.1f}×)", wall >= wanted)
        if kind == "flow":
            rate = size["records"] / ours["cpu_s"]["median"]
            bar(f"≥ {RATE_BAR / 1e6:.0f} M records/s/core", f"{rate / 1e6:.2f} M", rate >= RATE_BAR)
        compared = [name for name, answer in result["answers"].items() if "failed" not in answer]
        if "sightline" in compared and len(compared) > 1:
            count = len(result["differences"])
            bar("answers as the peers do", f"{count} figures differ" if count else f"all figures equal ({', '.join(compared)})", count == 0)
        elif "sightline" in result["answers"]:
            bar("answers as the peers do", "not compared", False)
        bar(f"< {MEMORY_BAR:.0f} MB", f"{ours['rss_mb']['max']:.0f} MB", ours["rss_mb"]["max"] < MEMORY_BAR)
        larger = rows.get("sightline 10x")
        if larger is not None and "failed" in larger:
            bar("10x finishes", larger["failed"], False)
        elif larger is not None:
            memory, growth = larger["rss_mb"]["max"], larger["cpu_s"]["median"] / ours["cpu_s"]["median"]
            wall = larger["wall_s"]["median"] / ours["wall_s"]["median"]
            bar(f"< {MEMORY_BAR:.0f} MB at 10x", f"{memory:.0f} MB", memory < MEMORY_BAR)
            bar(f"10x takes ≤ {GROWTH_BAR:.0f}×, wall, medians", f"{wall:.1f}× (by CPU {growth:.1f}×)", wall <= GROWTH_BAR)
    return found
