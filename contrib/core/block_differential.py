#!/usr/bin/env python3
"""The same blocks submitted to Cairn and to Bitcoin Core, one after another: each answer and each tip must be equal.

    contrib/core/block_differential.py --core SOURCE --cairn CAIRND [--blocks 3000] [--seed 1] [--keep]

SOURCE is Bitcoin Core's source tree, built in SOURCE/build. The blocks extend a regtest chain and short forks of it (for some
seeds one in which the old soft forks become active on the way). Most have one thing changed, or two (block_mutations.py):
a few of these are valid, most break one rule or stay just inside it. Also submitted: blocks again, blocks on invalid ones,
headers before their blocks; and blocks are invalidated, reconsidered, preferred. Compared after each: the answer's text or
error, the best block; now and then all tips with their state, and at the end the UTXO sets. Exit status 1 at a difference;
the block is left beside the nodes' folders."""
import argparse
import collections
import pathlib
import random
import shutil
import sys
import tempfile

import block_model
from block_model import Entry, Plan, connect
from block_mutations import MUTATIONS
from node import Failed, Node, RpcError, require_equal_coins

START = 1_700_000_000  # of the nodes' clock
DEEPEST_FORK = 4


def activation_heights(generator):
    """Of the old soft forks: at once for all, or each somewhere in the chain that is made."""
    if generator.random() < 0.5:
        return {}
    return {name: generator.randint(1, 350) for name in ("bip34", "dersig", "cltv", "csv", "segwit")}


class Differential:
    def __init__(self, core, cairn, generator, segwit_height, folder):
        self.nodes, self.random, self.segwit_height, self.folder = (core, cairn), generator, segwit_height, folder
        genesis = core.call("getblockheader", core.call("getblockhash", 0))
        self.entries = {genesis["hash"]: Entry(None, genesis["hash"], genesis["time"], {})}
        self.tip, self.sent, self.answers = self.entries[genesis["hash"]], [], collections.Counter()
        for node in self.nodes:
            node.call("setmocktime", START)

    def ask(self, method, *params, exact=True):
        """Both answers, which must be equal: a result, or an error's code and text. Not `exact`: where several scripts
        of a block fail, Bitcoin Core names that whose thread was first."""
        answers = []
        for node in self.nodes:
            try:
                answers.append(node.call(method, *params))
            except RpcError as error:
                answers.append(f"error {error.message} ({error.code})")
        script = "block-script-verify-flag-failed"
        if answers[0] != answers[1] and (exact or not all(str(a).startswith(script) for a in answers)):
            raise Failed(f"{method}: Bitcoin Core answers {answers[0]!r}, Cairn {answers[1]!r}")
        return answers[0]

    def submit(self, what, data, block_hash, exact=False):
        try:
            answer = self.ask("submitblock", data.hex(), exact=exact)
            tip = self.ask("getbestblockhash")
        except Failed as problem:
            (self.folder / "block.hex").write_text(data.hex() + "\n")
            raise Failed(f"block {sum(self.answers.values()) + 1}, {what}, {block_hash}: {problem}") from None
        self.answers[str(answer).split(" ")[0] if answer else "accepted"] += 1
        return answer, tip

    def extend(self, parent, mutations):
        made = {}
        plan = Plan(parent, self.random, made, self.segwit_height, self.sent)
        for _ in range(self.random.choice((0, 0, 1, 2, 4))):
            coins = [c for c in (plan.take() for _ in range(self.random.randint(1, 2))) if c and c.value > 10_000]
            if coins:
                plan.spend(coins)
        for mutate in mutations:
            mutate(plan)
        block, data = plan.finish()
        what = " + ".join(f.__name__ for f in mutations) or "unchanged"
        if self.random.random() < 0.05:
            self.ask("submitheader", data[:80].hex())
        answer, tip = self.submit(f"{what} at height {plan.height}", data, block.hash_hex, exact=len(mutations) < 2)
        self.sent = [*self.sent[-199:], (block, data)]
        if answer is None or answer == "inconclusive":
            self.know(parent, block, made)
        self.follow(tip)
        if answer is None and tip != block.hash_hex:
            raise Failed(f"{what}: accepted, but the tip is {tip}")

    def know(self, parent, block, made):
        """Keeps the block in the model, if its coins are there: an inconclusive one may be invalid."""
        try:
            self.entries[block.hash_hex] = connect(parent, block, made)
        except KeyError:
            pass

    def follow(self, tip):
        if tip not in self.entries:
            raise Failed(f"the tip {tip} is no block that should be valid")
        self.tip = self.entries[tip]
        deepest = self.tip.height - 2 * DEEPEST_FORK
        for entry in [e for e in self.entries.values() if e.height < deepest]:
            entry.coins = {}
            del self.entries[entry.hash]

    def pick_parent(self):
        if self.random.random() < 0.8:
            return self.tip
        return self.random.choice([e for e in self.entries.values() if e.height >= self.tip.height - DEEPEST_FORK])

    def step(self):
        choice = self.random.random()
        if choice < 0.04 and self.sent:
            block, data = self.random.choice(self.sent)
            self.submit("sent before", data, block.hash_hex)
        elif choice < 0.08 and self.sent:
            self.child_of_any()
        elif choice < 0.09:
            self.take_back()
        else:
            count = self.random.choices((0, 1, 2), (15, 75, 10))[0]
            self.extend(self.pick_parent(), self.random.sample(MUTATIONS, count))
        if self.random.random() < 0.02:
            self.ask_tips()

    def child_of_any(self):
        """On a block sent lately, which may be invalid, or unknown."""
        previous, _ = self.random.choice(self.sent)
        entry = self.entries.get(previous.hash_hex) or Entry(self.tip.previous, previous.hash_hex, max(0, previous.nTime), {})
        made = {}
        plan = Plan(entry, self.random, made, self.segwit_height, self.sent)
        plan.time = min(plan.time, 0xffffffff)
        block, data = plan.finish()
        answer, tip = self.submit("child of a block sent before", data, block.hash_hex)
        self.sent.append((block, data))
        if previous.hash_hex in self.entries and answer in (None, "inconclusive"):
            self.know(entry, block, made)
        self.follow(tip)

    def take_back(self):
        """A block of the last ones is called invalid, perhaps another follows, and all is forgiven; or a fork is preferred."""
        recent = [e for e in self.entries.values() if e.height > self.tip.height - DEEPEST_FORK]
        if self.random.random() < 0.3:
            self.ask("preciousblock", self.random.choice(recent).hash)
            self.follow(self.ask("getbestblockhash"))
            return
        taken = self.random.choice(recent).hash
        self.ask("invalidateblock", taken)
        self.follow(self.ask("getbestblockhash"))
        if self.random.random() < 0.5:
            self.extend(self.tip, [])
        self.ask_tips()
        self.ask("reconsiderblock", taken)
        self.follow(self.ask("getbestblockhash"))
        self.ask_tips()

    def ask_tips(self):
        tips = [sorted((t["height"], t["hash"], t["branchlen"], t["status"]) for t in node.call("getchaintips")) for node in self.nodes]
        if tips[0] != tips[1]:
            raise Failed(f"getchaintips: only Bitcoin Core has {sorted(set(tips[0]) - set(tips[1]))}, only Cairn "
                         f"{sorted(set(tips[1]) - set(tips[0]))}")

    def run(self, blocks):
        while self.tip.height < 120:
            self.extend(self.tip, [])
        for _ in range(blocks):
            self.step()
        self.ask_tips()
        return require_equal_coins(self.nodes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=pathlib.Path, required=True)
    parser.add_argument("--cairn", type=pathlib.Path, required=True)
    parser.add_argument("--blocks", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folders where they are")
    args = parser.parse_args()
    block_model.use_framework(args.core)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-blocks."))
    generator = random.Random(args.seed)
    heights = activation_heights(generator)
    options = ["-connect=0", *(f"-testactivationheight={name}@{height}" for name, height in heights.items())]
    core = Node("core", args.core / "build/bin/bitcoind", folder / "core", *options)
    cairn = Node("cairn", args.cairn, folder / "cairn", *options)
    try:
        core.start()
        cairn.start()
        differential = Differential(core, cairn, generator, heights.get("segwit", 0), folder)
        coins = differential.run(args.blocks)
        core.stop()
        cairn.stop()
    except Failed as problem:
        print(f"FAILED (seed {args.seed}): {problem}\nfolders: {folder}")
        sys.exit(1)
    finally:
        core.end()
        cairn.end()
    for answer, count in sorted(differential.answers.items(), key=lambda item: -item[1]):
        print(f"{count:6} {answer}")
    print(f"{sum(differential.answers.values())} blocks (seed {args.seed}, activation {heights or 'at once'}): equal answers and tips; "
          f"height {coins['height']}, equal UTXO hashes")
    if not args.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
