#!/usr/bin/env python3
"""Signature verification by our build of libsecp256k1 beside Bitcoin Core's, as a ratio from one run.

    contrib/bench/secp256k1_ratio.py --core SOURCE [--ours FOLDER] [--runs 31] [--count 2000] [--limit 1.02]

SOURCE is Bitcoin Core's source tree, built in SOURCE/build; FOLDER is where contrib/setup/secp256k1 installed ours
(build/deps/secp256k1). One program, secp256k1_verify.c, is linked with each library; the two run in turn, RUNS times, the
first in each pair changing, so that what else the machine does hits both. Prints for ECDSA and Schnorr the median CPU time
of a verification and the ratio of the medians, ours to Core's: below 1 is faster. Exit status 1 if one is above LIMIT."""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build(folder, name, include, library):
    program = folder / name
    subprocess.run(["cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-I", include, ROOT / "contrib/bench/secp256k1_verify.c", library,
                    "-o", program], check=True)
    return program


def measure(program, count):
    return [float(word) for word in subprocess.run([program, str(count)], check=True, capture_output=True, text=True).stdout.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=pathlib.Path, required=True)
    parser.add_argument("--ours", type=pathlib.Path, default=ROOT / "build/deps/secp256k1")
    parser.add_argument("--runs", type=int, default=31)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--limit", type=float, default=1.02)
    args = parser.parse_args()
    times = {"ours": [], "core": []}
    with tempfile.TemporaryDirectory(prefix="cairn-secp256k1.") as name:
        folder = pathlib.Path(name)
        programs = [
            ("ours", build(folder, "ours", args.ours / "include", args.ours / "lib/libsecp256k1.a")),
            ("core", build(folder, "core", args.core / "src/secp256k1/include", args.core / "build/src/secp256k1/lib/libsecp256k1.a")),
        ]
        for _ in range(args.runs):
            for name, program in programs:
                times[name].append(measure(program, args.count))
            programs.reverse()
    worst = 0.0
    for place, scheme in enumerate(("ECDSA", "Schnorr")):
        ours, core = (statistics.median(t[place] for t in times[name]) for name in ("ours", "core"))
        worst = max(worst, ours / core)
        print(f"{scheme:8} ours {ours / 1000:6.2f} µs, Bitcoin Core's {core / 1000:6.2f} µs, ratio {ours / core:.3f}")
    if worst > args.limit:
        sys.exit(f"a ratio is above {args.limit}")


if __name__ == "__main__":
    main()
