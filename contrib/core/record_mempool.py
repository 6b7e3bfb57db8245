#!/usr/bin/env python3
"""Records what Bitcoin Core's mempool answers to a random history, for tests/unit/mempool/recorded_test.cpp.

The history: transactions of all fee rates that build on and conflict with each other, blocks, blocks taken back,
prioritisation. Recorded: the verdict on each transaction, and now and then the whole mempool with each entry's family
and chunk. Lines, in order of time:

    height N                         height of the tip when the coins below exist
    coin TXID INDEX VALUE            a confirmed P2WSH output of OP_TRUE
    tx HEX VERDICT                   "ok", or the reject reason and detail
    dump N, then N lines             TXID CHUNKFEE CHUNKWEIGHT ANCESTORS DESCENDANTS VSIZE MODIFIEDFEE (satoshis)
    block TXID…                      a block with these transactions connects
    disconnect                       the tip is taken back
    prio TXID DELTA                  prioritisetransaction

    contrib/core/record_mempool.py --core PATH/bitcoind --seed 1 --operations 1200 --out FILE.txt.gz
"""
import argparse
import gzip
import hashlib
import math
import random
import struct
import tempfile

from node import Node, RpcError

SCRIPT = bytes([0, 32]) + hashlib.sha256(b"\x51").digest()
COIN = 16_000_000


def compact(n):
    return bytes([n]) if n < 0xFD else b"\xfd" + struct.pack("<H", n)


def sized(data):
    return compact(len(data)) + data


def double_hash(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def make_transaction(inputs, values, version, padding):
    """The encoding with witness, and the txid as it is shown."""
    ins = compact(len(inputs))
    for txid, index in inputs:
        ins += bytes.fromhex(txid)[::-1] + struct.pack("<I", index) + b"\0" + b"\xff" * 4
    outputs = [(value, SCRIPT) for value in values]
    if padding:
        outputs.append((0, b"\x6a\x4d" + struct.pack("<H", padding) + bytes(padding)))
    outs = compact(len(outputs)) + b"".join(struct.pack("<q", value) + sized(script) for value, script in outputs)
    head = struct.pack("<i", version)
    lock = bytes(4)
    txid = double_hash(head + ins + outs + lock)[::-1].hex()
    return (head + b"\0\1" + ins + outs + (compact(1) + sized(b"\x51")) * len(inputs) + lock).hex(), txid


class Recorder:
    def __init__(self, node, out, seed):
        self.node, self.out, self.random = node, out, random.Random(seed)
        self.values, self.confirmed, self.recent = {}, [], []

    def write(self, *words):
        print(*words, file=self.out)

    def generate(self, count):
        return self.node.call("generatetodescriptor", count, f"raw({SCRIPT.hex()})")

    def verdict(self, encoded):
        try:
            self.node.call("sendrawtransaction", encoded, 0)
        except RpcError as refused:
            return refused.message
        return "ok"

    def fund(self):
        for block in self.generate(106)[:6]:
            coinbase = self.node.call("getblock", block, 1)["tx"][0]
            encoded, txid = make_transaction([(coinbase, 0)], [COIN] * 40, 2, 0)
            self.node.call("sendrawtransaction", encoded, 0)
            self.confirmed += [(txid, index) for index in range(40)]
        self.generate(1)
        self.write("height", self.node.call("getblockcount"))
        for txid, index in self.confirmed:
            self.values[(txid, index)] = COIN
            self.write("coin", txid, index, COIN)

    def submit(self):
        choose = self.random.choice
        inputs = []
        for _ in range(choose([1, 1, 1, 2, 2, 3])):
            pool = self.recent[-60:] if self.recent and self.random.random() < 0.75 else self.confirmed
            coin = choose(pool)
            if coin not in inputs:
                inputs.append(coin)
        count = choose([1, 1, 2, 3, 4])
        fee = int(math.exp(self.random.uniform(math.log(8), math.log(60000))))
        value = (sum(self.values[coin] for coin in inputs) - fee) // count
        if value < 1000:
            return
        encoded, txid = make_transaction(inputs, [value] * count, choose([2, 2, 2, 2, 3]), choose([0, 0, 0, 0, 300, 3000]))
        verdict = self.verdict(encoded)
        self.write("tx", encoded, verdict)
        if verdict == "ok":
            for index in range(count):
                self.values[(txid, index)] = value
                self.recent.append((txid, index))

    def dump(self):
        pool = self.node.call("getrawmempool", True)
        self.write("dump", len(pool))
        for txid, entry in pool.items():
            fees = entry["fees"]
            self.write(txid, int(fees["chunk"] * 10**8), entry["chunkweight"], entry["ancestorcount"],
                       entry["descendantcount"], entry["vsize"], int(fees["modified"] * 10**8))

    def mine(self):
        block = self.generate(1)[0]
        self.write("block", *self.node.call("getblock", block, 1)["tx"][1:])

    def disconnect(self):
        self.node.call("invalidateblock", self.node.call("getbestblockhash"))
        self.write("disconnect")

    def prioritise(self):
        pool = self.node.call("getrawmempool")
        if pool:
            txid, delta = self.random.choice(sorted(pool)), self.random.randrange(-2000, 20000)
            self.node.call("prioritisetransaction", txid, 0, delta)
            self.write("prio", txid, delta)

    def run(self, operations):
        self.fund()
        for step in range(1, operations + 1):
            self.submit()
            for every, action in ((97, self.prioritise), (100, self.dump), (150, self.mine), (400, self.disconnect)):
                if step % every == 0:
                    action()
            if step % 400 == 0:
                self.dump()
        self.dump()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", required=True, help="bitcoind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=1200)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, gzip.GzipFile(options.out, "wb", mtime=0) as packed:
        node = Node("core", options.core, folder, "-connect=0", "-disablewallet")
        try:
            node.start()
            lines = []

            class Lines:
                write = staticmethod(lines.append)

            Recorder(node, Lines, options.seed).run(options.operations)
            packed.write("".join(lines).encode())
            node.stop()
        finally:
            node.end()


if __name__ == "__main__":
    main()
