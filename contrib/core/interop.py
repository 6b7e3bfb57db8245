#!/usr/bin/env python3
"""Cairn and Bitcoin Core on one regtest network: each follows, pays and takes over the other.

    contrib/core/interop.py --core BITCOIND --cairn CAIRND --make-chain MAKE_CHAIN [--blocks 2000] [--seed 1] [--keep]

Both begin with the generated chain of MAKE_CHAIN (a build target), of which --blocks have spends of every kind. Prints a
line per step; exit status 0 only if every step held."""
import argparse
import decimal
import pathlib
import shutil
import sys
import tempfile
import time

from generated_chain import count_spends, start_with_chain
from node import Failed, Node, require_equal_coins, wait_for, wait_for_one_tip

SATOSHI = decimal.Decimal("0.00000001")
STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def mine(node, count, address):
    return node.call("generatetoaddress", count, address)


def fund_wallet(core):
    """Core's wallet, with a few coins that are old enough; the address to mine to."""
    core.call("createwallet", "miner")
    address = core.call("getnewaddress", "", "bech32", wallet="miner")
    mine(core, 103, address)
    return address


def sync_both_ways(core, cairn, second_core):
    cairn.connect(core)
    wait_for_one_tip([core, cairn])
    coins = require_equal_coins([core, cairn])
    say(f"Cairn synced {coins['height']} blocks from Bitcoin Core; {coins['txouts']} coins, equal hashes ({coins['muhash'][:16]}…)")
    second_core.start()
    second_core.connect(cairn)
    wait_for_one_tip([cairn, second_core])
    require_equal_coins([core, cairn, second_core])
    say("a second Bitcoin Core synced the same chain from Cairn alone; equal hashes")


def pay_each_other(core, cairn, miner_address):
    cairn.call("createwallet", "cairn")
    address = cairn.call("getnewaddress", wallet="cairn")
    paid = (core.call("getbalance", wallet="miner") / 4).quantize(SATOSHI)  # of the small subsidies late in the chain
    txid = core.call("sendtoaddress", address, paid, wallet="miner")
    wait_for("Core's payment is in Cairn's mempool", lambda: txid in cairn.call("getrawmempool"))
    mine(core, 1, miner_address)
    wait_for_one_tip([core, cairn])
    wait_for("Cairn's wallet has it", lambda: cairn.call("getbalance", wallet="cairn") == paid)
    back = core.call("getnewaddress", "", "bech32m", wallet="miner")
    txid = cairn.call("sendtoaddress", back, (paid / 2).quantize(SATOSHI), wallet="cairn")
    wait_for("Cairn's payment is in Core's mempool", lambda: txid in core.call("getrawmempool"))
    mine(core, 1, miner_address)
    wait_for_one_tip([core, cairn])
    if core.call("gettransaction", txid, wallet="miner")["confirmations"] != 1:
        raise Failed("Core's wallet does not have Cairn's payment")
    say("each side's wallet was paid by the other's through the network")


def reorganise(core, cairn, second_core):
    """The second Core leaves, mines a longer branch from 100 blocks below, comes back: both others follow."""
    second_core.disconnect_all()
    height = second_core.call("getblockcount")
    second_core.call("invalidateblock", second_core.call("getblockhash", height - 99))
    second_core.call("generatetodescriptor", core.call("getblockcount") - height + 101, "raw(51)")
    second_core.connect(cairn)
    wait_for_one_tip([core, cairn, second_core])
    require_equal_coins([core, cairn, second_core])
    say("a 100-block reorganisation came by Cairn and was followed by both; equal hashes")


def kill_in_the_middle(core, folder, cairnd):
    # The smallest cache: it is killed between flushes, and in some.
    victim = Node("victim", cairnd, folder / "victim", "-dbcache=4").start()
    try:
        victim.connect(core)
        end = core.call("getblockcount")
        height = wait_for("the victim is in the middle", lambda: (h := victim.call("getblockcount")) > end // 3 and h)
        victim.kill()
        if height >= end:
            raise Failed("the victim had synced all before it was killed")
        victim.start()
        at_restart = wait_for("its blocks are found again", lambda: (h := victim.call("getblockcount")) >= height and h)
        victim.connect(core)
        wait_for_one_tip([core, victim])
        require_equal_coins([core, victim])
        victim.stop()
        say(f"Cairn killed with -9 at {height} of {end} blocks came back at {at_restart} and agrees")
    finally:
        victim.end()


def take_over(core, cairn, folder, core_program, cairn_program):
    """Copies of the stopped nodes' folders, each run by the other program."""
    expected = core.coins()
    core.stop()
    cairn.stop()
    for name, source, program, back in (("Core's folder", core, cairn_program, core_program),
                                        ("Cairn's folder", cairn, core_program, cairn_program)):
        copy = folder / f"copy-{source.name}"
        for part in ("blocks", "chainstate"):
            shutil.copytree(source.folder / "regtest" / part, copy / "regtest" / part)
        for step, runs in (("taken over", program), ("given back", back)):
            node = Node(f"{name}, {step}", runs, copy)
            try:
                began = time.monotonic()
                node.start()
                took = time.monotonic() - began
                if node.coins() != expected:
                    raise Failed(f"{name}, {step}: {node.coins()} instead of {expected}")
                node.stop()
                say(f"{name} was {step} in {took:.1f} s; equal hashes")
            finally:
                node.end()


def run(args, folder):
    core = start_with_chain("core", args.core, folder, args.make_chain, args.blocks, args.seed)
    cairn = Node("cairn", args.cairn, folder / "cairn")
    second = Node("core2", args.core, folder / "core2")
    try:
        say(f"Bitcoin Core loaded a generated chain (seed {args.seed}) of {core.call('getblockcount')} blocks; its inputs spend")
        for kind, count in count_spends(core).items():
            say(f"  {count:6} {kind}")
        miner_address = fund_wallet(core)
        cairn.start()
        sync_both_ways(core, cairn, second)
        pay_each_other(core, cairn, miner_address)
        reorganise(core, cairn, second)
        kill_in_the_middle(core, folder, args.cairn)
        second.stop()
        take_over(core, cairn, folder, args.core, args.cairn)
    finally:
        for node in (core, cairn, second):
            node.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=pathlib.Path, required=True)
    parser.add_argument("--cairn", type=pathlib.Path, required=True)
    parser.add_argument("--make-chain", type=pathlib.Path, required=True)
    parser.add_argument("--blocks", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folders where they are")
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-interop."))
    try:
        run(args, folder)
        say("every step held")
    except Failed as problem:
        say(f"FAILED: {problem}\nfolders: {folder}")
        sys.exit(1)
    if not args.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
