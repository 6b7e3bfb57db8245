"""The chain of contrib/bench/make_chain in a node, and what it spends."""
import collections
import re
import subprocess

from node import Failed, Node, wait_for

KINDS = ("P2PKH", "P2SH-P2WPKH", "P2WPKH", "P2WSH multisig", "P2TR key path", "P2TR script path")
CHECKMULTISIG = "ae"


def make_chain(generator, file, blocks, *options):
    """Has contrib/bench/make_chain write a chain to `file`: its tip, and what the program says of it."""
    made = subprocess.run([generator, *options, file, str(blocks)], capture_output=True, text=True)
    if made.returncode != 0:
        raise Failed(f"{generator}: {made.stderr.strip()}")
    return re.search(r"tip (\w+)", made.stdout).group(1), made.stdout


def start_with_chain(name, program, folder, generator, blocks, seed, *arguments):
    """A started node that loaded a generated chain of small blocks; the last `blocks` of them have spends."""
    file = folder / "generated-chain.dat"
    tip, _ = make_chain(generator, file, blocks, "--small", "--seed", str(seed))
    node = Node(name, program, folder / name, *arguments)
    try:
        node.start(f"-loadblock={file}", "-maxtipage=3000000000")
        wait_for(f"{name} has loaded {blocks} blocks", lambda: node.tip() == tip, 600)
    except BaseException:
        node.end()
        raise
    return node


def kind_of_spend(spent, script_sig, witness):
    """One of KINDS, or nothing: what the spent output and the spending input show."""
    if spent["type"] == "pubkeyhash" and not witness:
        return "P2PKH"
    if spent["type"] == "scripthash" and script_sig[:6] == "160014" and len(witness) == 2:
        return "P2SH-P2WPKH"
    if spent["type"] == "witness_v0_keyhash":
        return "P2WPKH"
    if spent["type"] == "witness_v0_scripthash" and witness[-1].endswith(CHECKMULTISIG):
        return "P2WSH multisig"
    if spent["type"] == "witness_v1_taproot":
        return "P2TR key path" if len(witness) == 1 else "P2TR script path"
    return None


def count_spends(node):
    """How many inputs of each kind the node's whole chain has; every kind must be there."""
    counts = collections.Counter()
    for height in range(1, node.call("getblockcount") + 1):
        block = node.call("getblock", node.call("getblockhash", height), 3)
        for transaction in block["tx"][1:]:
            counts.update(kind_of_spend(i["prevout"]["scriptPubKey"], i["scriptSig"]["hex"], i.get("txinwitness", []))
                          for i in transaction["vin"])
    missing = [kind for kind in KINDS if not counts[kind]]
    if missing:
        raise Failed(f"the chain has no spend of {', '.join(missing)}: {dict(counts)}")
    return {kind: counts[kind] for kind in KINDS}
