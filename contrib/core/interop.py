#!/usr/bin/env python3
"""Cairn and Bitcoin Core on one regtest network: each follows, pays and takes over the other.

    contrib/core/interop.py --core BITCOIND --cairn CAIRND [--blocks 2000] [--keep]

Prints a line per step; exit status 0 only if every step held."""
import argparse
import pathlib
import shutil
import sys
import tempfile
import time

from node import Failed, Node, require_equal_coins, wait_for, wait_for_one_tip

KINDS = ("legacy", "p2sh-segwit", "bech32", "bech32m")
STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def mine(node, count, address):
    return node.call("generatetoaddress", count, address)


def make_chain(core, blocks):
    """Blocks with payments to and from every kind of address; each kind is spent, being the wallet's only coins in turn."""
    core.call("createwallet", "miner")
    address = core.call("getnewaddress", "", "bech32", wallet="miner")
    mine(core, 110, address)
    while core.call("getblockcount") < blocks:
        for kind in KINDS:
            target = core.call("getnewaddress", "", kind, wallet="miner")
            core.call("sendtoaddress", target, "1.5", wallet="miner")
        mine(core, 1, address)
        coins = [c for c in core.call("listunspent", 1, 9999999, wallet="miner") if str(c["amount"]) == "1.50000000"][:4]
        if coins:
            inputs = [{"txid": c["txid"], "vout": c["vout"]} for c in coins]
            raw = core.call("createrawtransaction", inputs, [{core.call("getnewaddress", "", kind, wallet="miner"):
                            f"{len(coins) * 0.37:.8f}"} for kind in KINDS])
            signed = core.call("signrawtransactionwithwallet", raw, wallet="miner")
            core.call("sendrawtransaction", signed["hex"], 0)
        mine(core, 19, address)
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
    txid = core.call("sendtoaddress", address, "3", wallet="miner")
    wait_for("Core's payment is in Cairn's mempool", lambda: txid in cairn.call("getrawmempool"))
    mine(core, 1, miner_address)
    wait_for_one_tip([core, cairn])
    wait_for("Cairn's wallet has it", lambda: str(cairn.call("getbalance", wallet="cairn")) == "3.00000000")
    back = core.call("getnewaddress", "", "bech32m", wallet="miner")
    txid = cairn.call("sendtoaddress", back, "1.25", wallet="cairn")
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
    victim = Node("victim", cairnd, folder / "victim").start()
    try:
        victim.connect(core)
        half = core.call("getblockcount") // 3
        wait_for("the victim is in the middle", lambda: victim.call("getblockcount") > half)
        victim.kill()
        victim.start()
        at_restart = victim.call("getblockcount")
        victim.connect(core)
        wait_for_one_tip([core, victim])
        require_equal_coins([core, victim])
        victim.stop()
        say(f"Cairn killed with -9 in the middle of the sync came back at {at_restart} and agrees")
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
    core = Node("core", args.core, folder / "core").start()
    cairn = Node("cairn", args.cairn, folder / "cairn")
    second = Node("core2", args.core, folder / "core2")
    try:
        miner_address = make_chain(core, args.blocks)
        say(f"Bitcoin Core made {core.call('getblockcount')} blocks with spends of {', '.join(KINDS)}")
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
    parser.add_argument("--blocks", type=int, default=2000)
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
