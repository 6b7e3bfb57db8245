#!/usr/bin/env python3
"""Headers and blocks synced from one peer on loopback: Cairn beside Bitcoin Core, in one run, same -par and -dbcache.

    contrib/bench/sync_bench.py --core BITCOIND [--cairn CAIRND] [--blocks 150] [--runs 3] [--par 2] [--dbcache 450]

The chain comes from build/release/bin/make_chain; a third process (Bitcoin Core) serves it to both. Each runs with and
without -assumevalid, in turn, in folders of its own; its log must show that scripts were, or were not, checked. Prints for
each mode the median seconds from connecting to the tip, CPU seconds and peak memory, and Cairn's speed as a ratio: above 1 is
faster. Exit status 1 if a sync did not end at the chain's tip with equal UTXO hashes, or a log does not show what it must."""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "contrib/core"))
from generated_chain import make_chain  # noqa: E402
from node import Failed, Node, wait_for  # noqa: E402


class MeasuredNode(Node):
    """Stopped through wait4, which tells what it used."""

    def stop_and_measure(self):
        self.process.terminate()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            raise Failed(f"{self.name} ended with {self.process.returncode}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def scripts_checked(log, last_full):
    """Whether the log says that the scripts of the full blocks were checked. Both programs write a line when they begin and
    when they cease to check scripts: 'Enabling script verification at block #H', 'Disabling …'."""
    changes = re.findall(r"(Enabling|Disabling) (?:script|signature) verification\w* at block #(\d+)", log)
    if not changes:
        raise Failed("the log does not say whether scripts were checked")
    state = {int(height): word == "Enabling" for word, height in changes}
    before = [height for height in state if height <= last_full]
    if not before:
        raise Failed(f"the log does not say whether scripts of blocks up to {last_full} were checked: {changes}")
    checked = {state[height] for height in before}
    if len(checked) != 1:
        raise Failed(f"scripts were checked in some full blocks and not in others: {changes}")
    return checked.pop()


def sync_once(name, program, server, folder, args, assume_valid, tip):
    shutil.rmtree(folder, ignore_errors=True)
    node = MeasuredNode(name, program, folder, f"-par={args.par}", f"-dbcache={args.dbcache}", "-maxtipage=3000000000",
                        f"-assumevalid={tip if assume_valid else 0}", "-disablewallet", "-debug=0")
    try:
        node.start()
        began = time.monotonic()
        node.call("addnode", f"127.0.0.1:{server.port}", "onetry")
        wait_for(f"{name} has the tip", lambda: node.tip() == tip, 3600)
        seconds = time.monotonic() - began
        coins = node.call("gettxoutsetinfo", "muhash")["muhash"] if args.check_coins else ""
        cpu, memory = node.stop_and_measure()
        log = (folder / "regtest/debug.log").read_text(errors="replace")
        if scripts_checked(log, 110 + args.blocks) == assume_valid:
            raise Failed(f"{name}: with assumevalid={assume_valid} scripts were{' ' if assume_valid else ' not '}checked")
        return seconds, cpu, memory, coins
    finally:
        node.end()


def compare(server, folder, args, programs, assume_valid, tip):
    results = {name: [] for name in programs}
    for _ in range(args.runs):
        for name, program in programs.items():
            results[name].append(sync_once(name, program, server, folder / name, args, assume_valid, tip))
            print(f"  {name}: {results[name][-1][0]:.2f} s, {results[name][-1][1]:.2f} CPU s, {results[name][-1][2]:.0f} MiB", flush=True)
    if len({r[3] for runs in results.values() for r in runs}) != 1:
        raise Failed("the UTXO sets differ")
    median = {name: [statistics.median(r[i] for r in runs) for i in range(3)] for name, runs in results.items()}
    print(f"{'scripts not checked (-assumevalid)' if assume_valid else 'all scripts checked'}: median of {args.runs}")
    for name, (seconds, cpu, memory) in median.items():
        print(f"  {name:6} {seconds:8.2f} s   {cpu:8.2f} CPU s   {memory:6.0f} MiB peak")
    core, cairn = median["core"], median["cairn"]
    print(f"  Cairn's speed is {core[0] / cairn[0]:.2f} times Bitcoin Core's, with {cairn[1] / core[1]:.2f} of its CPU time and "
          f"{cairn[2] / core[2]:.2f} of its memory\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=pathlib.Path, required=True)
    parser.add_argument("--cairn", type=pathlib.Path, default=ROOT / "build/release/bin/cairnd")
    parser.add_argument("--make-chain", type=pathlib.Path, default=ROOT / "build/release/bin/make_chain")
    parser.add_argument("--blocks", type=int, default=150)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--par", type=int, default=2)
    parser.add_argument("--dbcache", type=int, default=450)
    parser.add_argument("--mode", choices=["both", "full", "assumevalid"], default="both")
    parser.add_argument("--no-check-coins", dest="check_coins", action="store_false",
                        help="do not compare the UTXO sets (the computation counts into CPU time and memory of both)")
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-sync-bench."))
    server = None
    try:
        tip, told = make_chain(args.make_chain, folder / "chain.dat", args.blocks)
        print(told, flush=True)
        server = Node("server", args.core, folder / "server", f"-loadblock={folder / 'chain.dat'}", "-assumevalid=0",
                      "-maxtipage=3000000000", "-debug=0")
        server.start()
        wait_for("the server has the chain", lambda: server.tip() == tip, 3600)
        programs = {"core": args.core, "cairn": args.cairn}
        for assume_valid, mode in ((False, "full"), (True, "assumevalid")):
            if args.mode in ("both", mode):
                compare(server, folder, args, programs, assume_valid, tip)
    except Failed as problem:
        print(f"FAILED: {problem}\nfolders: {folder}")
        sys.exit(1)
    finally:
        if server:
            server.end()
    shutil.rmtree(folder)


main()
