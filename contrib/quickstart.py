"""The second half of contrib/quickstart: three nodes, two wallets, one payment. Uses nothing but cairnd and cairn-cli."""
import decimal
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

from daemon import LIMIT, Daemon, Failed, free_ports, require, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[1]
BIN = pathlib.Path(os.environ.get("CAIRN_BIN", ROOT / "build/release/bin"))
PAYMENT = decimal.Decimal("12.5")


class Node(Daemon):
    def __init__(self, name, folder, port, rpc_port, peer=None):
        super().__init__(name, folder / name)
        self.port, self.passphrase = port, secrets.token_urlsafe(12)
        (self.folder / "cairn.conf").write_text(
            "# A node of contrib/quickstart.\nregtest=1\n[regtest]\n"
            f"port={port}\nbind=127.0.0.1\nrpcport={rpc_port}\nlisten=1\nserver=1\nfallbackfee=0.0001\n"
            f"connect={f'127.0.0.1:{peer.port}' if peer else '0'}\n")

    def start(self):
        # A session of its own: Ctrl-C is for this script, which stops its nodes in order.
        self.launch([BIN / "cairnd", f"-datadir={self.folder}", "-printtoconsole=0"], start_new_session=True)
        self.cli("-rpcwait", f"-rpcwaittimeout={LIMIT}", "getblockcount")

    def command(self):
        return [str(BIN / "cairn-cli"), f"-datadir={self.folder}"]

    def cli(self, *arguments, stdin=None):
        done = subprocess.run([*self.command(), *arguments], input=stdin, capture_output=True, text=True, timeout=LIMIT * 2)
        if done.returncode != 0:
            shown = " ".join(a for a in arguments if not a.startswith("-"))
            raise Failed(f"node {self.name}: {shown}: {(done.stderr or done.stdout).strip()}")
        text = done.stdout.strip()
        try:
            return json.loads(text, parse_float=decimal.Decimal)
        except json.JSONDecodeError:
            return text


def say(text):
    print(text, flush=True)


def tips(nodes):
    return {node.cli("getbestblockhash") for node in nodes}


def wait_for_one_tip(nodes):
    wait_for("all nodes have the same tip", lambda: len(tips(nodes)) == 1)


def make_wallet(node, name):
    # The passphrase goes through standard input, so that it is in no list of processes and no history.
    node.cli("-named", "-stdin", "createwallet", f"wallet_name={name}", stdin=f"passphrase={node.passphrase}\n")
    return node.cli(f"-rpcwallet={name}", "getnewaddress")


def show_table(nodes, wallets, balances, started):
    values, rows = [], [("node", "height", "tip", "peers", "UTXO set (muhash)", "wallet", "balance", "seconds")]
    for node in nodes:
        wallet = wallets.get(node.name, "")
        coins = node.cli("gettxoutsetinfo", "muhash")
        balance = node.cli(f"-rpcwallet={wallet}", "getbalance") if wallet else ""
        height, tip, peers = node.cli("getblockcount"), node.cli("getbestblockhash"), node.cli("getconnectioncount")
        values.append({"height": height, "tip": tip, "UTXO-set hash": coins["muhash"], "peers": peers, "balance": balance})
        rows.append((node.name, str(height), tip[-12:], str(peers), coins["muhash"][:16], wallet, str(balance),
                     f"{time.monotonic() - started:.1f}"))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        say("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for what in ("height", "tip", "UTXO-set hash"):
        require(len({value[what] for value in values}) == 1, f"the nodes do not have the same {what}")
    require([value["peers"] for value in values] == [1, 2, 1], "the nodes are not joined in a line A - B - C")
    for node, value in zip(nodes, values):
        expected = balances.get(node.name, "")
        require(value["balance"] == expected, f"the wallet on {node.name} has {value['balance']} instead of {expected}")


def pay(a, b, c):
    say("3. Two encrypted wallets: alice on A, carol on C")
    alice_address, carol_address = make_wallet(a, "alice"), make_wallet(c, "carol")
    say("4. A mines 101 blocks; the first reward matures")
    a.cli("generatetoaddress", "101", alice_address)
    wait_for_one_tip([a, b, c])
    require(a.cli("-rpcwallet=alice", "getbalance") == 50, "alice has not the 50 coins of the matured reward")
    say(f"5. alice pays carol {PAYMENT}")
    a.cli("-rpcwallet=alice", "-stdinwalletpassphrase", "walletpassphrase", "60", stdin=a.passphrase + "\n")
    txid = a.cli("-rpcwallet=alice", "sendtoaddress", carol_address, str(PAYMENT))
    a.cli("-rpcwallet=alice", "walletlock")
    peers = c.cli("getpeerinfo")
    require(len(peers) == 1 and peers[0]["addr"] == f"127.0.0.1:{b.port}", "C is not joined to B alone")
    wait_for("the payment reaches C through B's gossip", lambda: txid in c.cli("getrawmempool"))
    require(c.cli("-rpcwallet=carol", "getbalances")["mine"]["untrusted_pending"] == PAYMENT, "carol does not see the payment coming")
    say(f"   {txid} is in C's mempool, and came by B")
    say("6. A block confirms it")
    a.cli("generatetoaddress", "1", alice_address)
    wait_for_one_tip([a, b, c])
    require(c.cli("-rpcwallet=carol", "gettransaction", txid)["confirmations"] == 1, "the payment is not confirmed at C")
    require(c.cli("-rpcwallet=carol", "getbalance") == PAYMENT, "carol's balance is not the payment")
    fee = -a.cli("-rpcwallet=alice", "gettransaction", txid)["fee"]
    return alice_address, fee


def crash(a, b, c, alice_address):
    say("7. B is killed with -9; A mines on without it; B is restarted")
    b.kill()
    a.cli("generatetoaddress", "2", alice_address)
    require(c.cli("getblockcount") == 102, "C got a block while B was dead")
    b.start()
    wait_for_one_tip([a, b, c])
    wait_for("A - B - C are joined again", lambda: b.cli("getconnectioncount") == 2)


def print_commands(nodes, folder):
    say("\nThe nodes keep running. To play with them:")
    for node in nodes:
        say(f"  {node.name}:  {' '.join(node.command())} getblockchaininfo")
    say(f"  {' '.join(nodes[0].command())} -rpcwallet=alice getbalance")
    say(f"  passphrases: alice {nodes[0].passphrase}   carol {nodes[2].passphrase}")
    say("To stop them:")
    for node in nodes:
        say(f"  {' '.join(node.command())} stop")
    say(f"  rm -r {folder}")


def main():
    keep, started = "--keep" in sys.argv[1:], time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-quickstart."))
    ports = free_ports(6)
    a = Node("A", folder, ports[0], ports[1])
    b = Node("B", folder, ports[2], ports[3], peer=a)
    c = Node("C", folder, ports[4], ports[5], peer=b)
    nodes, held = [a, b, c], False
    try:
        say(f"1. {subprocess.run([BIN / 'cairnd', '--version'], capture_output=True, text=True, check=True).stdout.splitlines()[0]}")
        say("2. Three nodes on regtest, joined in a line A - B - C")
        for node in nodes:
            node.start()
        alice_address, fee = pay(a, b, c)
        crash(a, b, c, alice_address)
        say("8. What the three nodes say:")
        # At height 104 four rewards have matured.
        show_table(nodes, {"A": "alice", "C": "carol"}, {"A": 4 * 50 - PAYMENT - fee, "C": PAYMENT}, started)
        if not keep:
            for node in nodes:
                node.stop()
        held = True
        say(f"Every step held, in {time.monotonic() - started:.1f} s.")
        if keep:
            print_commands(nodes, folder)
    except (Failed, OSError, subprocess.SubprocessError) as problem:
        say(f"This step did not hold: {problem}\nThe nodes' logs are in {folder}")
        sys.exit(1)
    finally:
        if not held:
            for node in nodes:
                node.end()
        if held and not keep:
            shutil.rmtree(folder)


main()
