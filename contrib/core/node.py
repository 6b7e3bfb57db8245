"""Nodes under test, Cairn's and Bitcoin Core's alike: started, asked over JSON-RPC, stopped, killed. Loopback only."""
import base64
import decimal
import http.client
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from daemon import LIMIT, Daemon, Failed, free_ports, wait_for  # noqa: E402


class RpcError(Failed):
    def __init__(self, asked, code, message):
        super().__init__(f"{asked}: {message} ({code})")
        self.code, self.message = code, message


class Node(Daemon):
    """One process. `program` is cairnd or bitcoind: both take the same options."""

    def __init__(self, name, program, folder, *arguments):
        super().__init__(name, folder)
        self.program, self.arguments = str(program), list(arguments)
        self.port, self.rpc_port = free_ports(2)

    def start(self, *more):
        self.launch(
            [self.program, f"-datadir={self.folder}", "-regtest", f"-port={self.port}", f"-rpcport={self.rpc_port}",
             f"-bind=127.0.0.1:{self.port}", "-listen=1", "-server=1", "-printtoconsole=0", "-fallbackfee=0.0001", "-dnsseed=0",
             "-natpmp=0", "-listenonion=0", "-v2transport=0", "-debug=net", *self.arguments, *more])
        wait_for(f"{self.name} answers", self.answers)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise Failed(f"{self.name} ended with {self.process.returncode}: "
                         f"{(self.folder / 'output.txt').read_text(errors='replace')[-1000:]}")
        try:
            return self.call("getblockcount") >= 0
        except (OSError, RpcError):
            return False

    def call(self, method, *params, wallet=None, timeout=600):
        cookie = (self.folder / "regtest/.cookie").read_bytes()
        connection = http.client.HTTPConnection("127.0.0.1", self.rpc_port, timeout=timeout)
        try:
            connection.request("POST", f"/wallet/{wallet}" if wallet else "/",
                               json.dumps({"method": method, "params": params, "id": 0}, default=str),
                               {"Authorization": "Basic " + base64.b64encode(cookie).decode(), "Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read(), parse_float=decimal.Decimal)
        finally:
            connection.close()
        if answer.get("error"):
            raise RpcError(f"{self.name}: {method}", answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def connect(self, other):
        self.call("addnode", f"127.0.0.1:{other.port}", "onetry")
        wait_for(f"{self.name} is connected to {other.name}",
                 lambda: any(p["addr"] == f"127.0.0.1:{other.port}" and p["version"] for p in self.call("getpeerinfo")))

    def disconnect_all(self):
        for peer in self.call("getpeerinfo"):
            try:
                self.call("disconnectnode", "", peer["id"])
            except RpcError:
                pass  # gone meanwhile
        wait_for(f"{self.name} has no peers", lambda: self.call("getconnectioncount") == 0)

    def tip(self):
        return self.call("getbestblockhash")

    def coins(self):
        serialized, muhash = self.call("gettxoutsetinfo", "hash_serialized_3"), self.call("gettxoutsetinfo", "muhash")
        return {"height": serialized["height"], "txouts": serialized["txouts"], "amount": str(serialized["total_amount"]),
                "hash_serialized_3": serialized["hash_serialized_3"], "muhash": muhash["muhash"]}


def wait_for_one_tip(nodes, limit=LIMIT * 3):
    wait_for(f"{', '.join(n.name for n in nodes)} have the same tip", lambda: len({n.tip() for n in nodes}) == 1, limit)


def require_equal_coins(nodes):
    answers = {n.name: n.coins() for n in nodes}
    if len({json.dumps(a, sort_keys=True) for a in answers.values()}) != 1:
        raise Failed(f"the UTXO sets differ: {json.dumps(answers, indent=1)}")
    return next(iter(answers.values()))
