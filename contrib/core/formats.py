#!/usr/bin/env python3
"""Our readers on what Bitcoin Core wrote: block files, undo files, block index, coins.

    contrib/core/formats.py --core BITCOIND --reader READ_CORE_FOLDER --make-chain MAKE_CHAIN [--blocks 300]

Loads the generated chain of MAKE_CHAIN into bitcoind, adds odd outputs and a reorganisation, all in small block files, stops
it, reads a copy of its folder with READ_CORE_FOLDER, which also writes every record again and compares the bytes, and
compares its counts with bitcoind's answers. (Both are build targets.) Exit status 0 only if all agree."""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from generated_chain import KINDS, start_with_chain
from node import Failed

GENERATOR = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
GENERATOR_Y = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
ODD_Y = "b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777"
RAW_SCRIPTS = [
    f"2102{GENERATOR}ac",                  # a compressed key
    f"4104{GENERATOR}{GENERATOR_Y}ac",     # uncompressed keys, y even and odd
    f"4104{GENERATOR}{ODD_Y}ac",
    f"4104{GENERATOR}{ODD_Y[:-2]}78ac",    # one that is not on the curve
    "51", "a914" + "11" * 20 + "87", "51" * 300, "6a" + "51" * 20,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", required=True)
    parser.add_argument("--reader", required=True)
    parser.add_argument("--make-chain", required=True)
    parser.add_argument("--blocks", type=int, default=300)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn_formats_"))
    core = start_with_chain("core", options.core, folder, options.make_chain, options.blocks, 1, "-fastprune")
    try:
        for script in RAW_SCRIPTS:
            core.call("generatetodescriptor", 1, f"raw({script})")
        height = core.call("getblockcount")
        stale = core.call("getbestblockhash")
        core.call("invalidateblock", stale)
        core.call("generatetodescriptor", 2, "raw(52)")
        tip, coins = core.call("getblockchaininfo"), core.call("gettxoutsetinfo", "none")
        core.stop()
        copy = folder / "copy"
        shutil.copytree(folder / "core/regtest", copy)
        answer = subprocess.run([options.reader, copy], capture_output=True, text=True)
        if answer.returncode != 0:
            raise Failed(answer.stderr.strip())
        read = json.loads(answer.stdout)
        expected = {"headers": height + 3, "blocks": height + 3, "undos": height + 2, "scanned": height + 3,
                    "coins": coins["txouts"], "satoshis": int(coins["total_amount"] * 100_000_000),
                    "best": tip["bestblockhash"]}
        wrong = {key: (read[key], value) for key, value in expected.items() if read[key] != value}
        if wrong or read["files"] < 2 or read["spent"] < len(KINDS):
            raise Failed(f"read {read}, expected {expected}; differing: {wrong}")
        print(f"ok: {json.dumps(read)}")
    finally:
        core.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    except Failed as error:
        sys.exit(f"contrib/core/formats.py: {error}")
