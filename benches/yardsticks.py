#!/usr/bin/env python3
"""Measures a dry run of bench/rebate against the same program written by hand and as others would write it.

usage: benches/yardsticks.py YARDSTICKS [--claims N]... [--rounds R] [--others] [--instructions]

YARDSTICKS is a folder with `generate_claims.py`, `limit/` (Rust, one thread, for this one shape of file) and, for
--others, `duckdb_sql.py` and `pandas_frame.py`. Everything is run in turns, R times each, and the median is compared:
CPU seconds (user and system), the most memory held, seconds that passed. Then one decision and the trace are timed in
one process each. Nothing is written into the workspace but under `target/yardsticks`.
"""
import argparse
import csv
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "yardsticks"
COMPARED = ["claim", "disposition", "award", "pending"]


def build(folder, target):
    subprocess.run(["cargo", "build", "--release", "--quiet", "--target-dir", target], cwd=folder, check=True)


def measure(command, threads=None):
    """CPU seconds, the most memory in MB, and seconds of one run of a command."""
    environment = dict(os.environ) | ({"RAYON_NUM_THREADS": str(threads)} if threads else {})
    start = time.monotonic()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=environment, **silent)
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: {told.decode()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.monotonic() - start


def in_turns(commands, rounds):
    """The medians of every command by name."""
    runs = {name: [] for name, *_ in commands}
    for _ in range(rounds):
        for name, command, *threads in commands:
            runs[name].append(measure(command, *threads))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in runs.items()}


def variance(row):
    return "VARIANCE" in row["flags"].split(";")


def rows_apart(ours, theirs):
    """How many rows there are, and how many differ in claim, disposition, award, pending or variance."""
    with open(ours, newline="") as ours, open(theirs, newline="") as theirs:
        pairs = zip(csv.DictReader(ours), csv.DictReader(theirs), strict=True)
        rows = apart = 0
        for one, other in pairs:
            rows += 1
            same = all(one[name] == other[name] for name in COMPARED)
            apart += not (same and one["variance"] == other["variance"] and variance(one) == variance(other))
        return rows, apart


def print_ratios(title, medians, against):
    print(f"\n{title}")
    print(f"{'':24}{'CPU s':>9}{'MB':>9}{'wall s':>9}   CPU, memory and wall as multiples of {against}")
    for name, (cpu, memory, wall) in medians.items():
        ratios = "".join(f"{one / other:>8.2f}" for one, other in zip((cpu, memory, wall), medians[against]))
        print(f"{name:24}{cpu:>9.3f}{memory:>9.1f}{wall:>9.3f}{ratios}")


def dry_runs(meed, limit, yardsticks, count, rounds, others):
    claims, ours, theirs = WORK / f"c{count}.csv", WORK / "meed.csv", WORK / "limit.csv"
    if not claims.exists():
        subprocess.run([sys.executable, yardsticks / "generate_claims.py", str(count), claims], check=True)
    dry_run = [meed, "dry-run", "bench/rebate", "--claims", claims, "--out", ours]
    commands = [("limit", [limit, claims, theirs]), ("meed, 1 thread", dry_run, 1), ("meed, 2 threads", dry_run, 2)]
    if others:
        other = WORK / "other.csv"
        commands.append(("duckdb, 1 thread", [sys.executable, yardsticks / "duckdb_sql.py", claims, other, "1"]))
        commands.append(("pandas", [sys.executable, yardsticks / "pandas_frame.py", claims, other]))
    print_ratios(f"{count:,} claims", in_turns(commands, rounds), "limit")
    rows, apart = rows_apart(ours, theirs)
    print(f"{rows:,} rows, of which {apart} differ in claim, disposition, award, pending or variance")
    return apart


def start_up(meed):
    empty = WORK / "empty.csv"
    with open(next(WORK.glob("c*.csv"))) as claims:
        empty.write_text(claims.readline())
    command = [meed, "dry-run", "bench/rebate", "--claims", empty, "--out", WORK / "none.csv"]
    cpu, _, wall = in_turns([("start", command)], 21)["start"]
    print(f"\nstart-up, no claims: {wall * 1000:.1f} ms, CPU {cpu * 1000:.1f} ms")


def instructions():
    """Instructions of one decision, by a simulated processor: two counts of decisions, so that the start falls out."""
    print("\ninstructions of one decision")
    benches = sorted(
        (path for path in (ROOT / "target/release/deps").glob("decision-*") if not path.suffix),
        key=lambda path: path.stat().st_mtime,
    )
    for name in ("native", "typed", "rhai"):
        counts = []
        for decisions in (1000, 6000):
            command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", benches[-1], name, decisions]
            told = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=True)
            counts.append(int(told.stderr.split("Collected : ")[1].split()[0]))
        print(f"{name:8}{(counts[1] - counts[0]) / 5000:>12,.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yardsticks", type=Path)
    parser.add_argument("--claims", type=int, action="append", help="how many claims; may be given several times")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--others", action="store_true", help="with DuckDB and pandas")
    parser.add_argument("--instructions", action="store_true", help="count instructions, with valgrind")
    options = parser.parse_args()
    yardsticks = options.yardsticks.resolve()
    WORK.mkdir(parents=True, exist_ok=True)
    build(ROOT, ROOT / "target")
    build(yardsticks / "limit", WORK / "limit")
    meed, limit = ROOT / "target/release/meed", WORK / "limit/release/limit"
    counts = options.claims or [100_000, 1_000_000]
    apart = [dry_runs(meed, limit, yardsticks, count, options.rounds, options.others) for count in counts]
    start_up(meed)
    for bench in ("decision", "trace"):
        print(f"\n{bench}", flush=True)
        subprocess.run(["cargo", "bench", "--quiet", "--bench", bench], cwd=ROOT, check=True)
    if options.instructions:
        instructions()
    sys.exit(1 if any(apart) else 0)


if __name__ == "__main__":
    main()
