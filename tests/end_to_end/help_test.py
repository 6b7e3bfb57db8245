#!/usr/bin/env python3
"""The requests that `help` and docs/rpc.md show for curl can be sent: every one is JSON, and some are sent, without curl."""
import base64
import http.client
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "contrib"))
from daemon import Daemon, free_ports, require  # noqa: E402

PROGRAMS = pathlib.Path(os.environ["CAIRN_BIN"])
ANSWERS = {"getblockcount": 0, "uptime": None, "logging": None, "getblockhash": -8, "validateaddress": None}


def read(line):
    """The request that a line for curl describes: its path, headers and body."""
    words = shlex.split(line)
    require(words.pop(0) == "curl", line)
    headers, body, path = {}, None, None
    while words:
        word = words.pop(0)
        if word in ("-H", "--header"):
            name, value = words.pop(0).split(": ")
            headers[name] = value
        elif word in ("--data", "--data-binary"):
            body = words.pop(0)
        elif word == "--user":
            words.pop(0)
        else:
            path = urllib.parse.urlparse(word).path
    require(body is not None and path is not None, line)
    json.loads(body)
    return path, headers, body


def send(request, port, cookie):
    path, headers, body = request
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body, {**headers, "Authorization": "Basic " + base64.b64encode(cookie).decode()})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def check(answer, expected, line):
    error = answer.get("error")
    if expected is not None and expected < 0:
        require(error is not None and error["code"] == expected, f"{line}: {answer}")
    else:
        require(error is None and (expected is None or answer["result"] == expected), f"{line}: {answer}")


def main():
    port, rpc_port = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="cairn-help.") as folder:
        node = Daemon("node", folder)
        (node.folder / "cairn.conf").write_text(f"regtest=1\n[regtest]\nport={port}\nbind=127.0.0.1\nrpcport={rpc_port}\n")
        try:
            node.launch([PROGRAMS / "cairnd", f"-datadir={folder}", "-printtoconsole=0"])
            overview = subprocess.run([PROGRAMS / "cairn-cli", f"-datadir={folder}", "-rpcwait", "-rpcwaittimeout=60", "help"],
                                      check=True, capture_output=True, text=True).stdout
            cookie = (node.folder / "regtest/.cookie").read_bytes()
            methods = [line.split(" ")[0] for line in overview.split("\n") if line and not line.startswith("==")]
            shown = 0
            for method in methods:
                help_text = send(("/", {}, json.dumps({"method": "help", "params": [method]})), rpc_port, cookie)["result"]
                for line in help_text.split("\n"):
                    if not line.startswith("> curl "):
                        continue
                    request = read(line[2:])
                    shown += 1
                    if method in ANSWERS:
                        check(send(request, rpc_port, cookie), ANSWERS[method], line)
            require(shown > 100, f"only {shown} requests are shown")
            lines = [line.strip() for line in (ROOT / "docs/rpc.md").read_text().split("\n") if line.startswith("    curl ")]
            require(lines, "docs/rpc.md shows no request")
            for line in lines:
                check(send(read(line), rpc_port, cookie), None, line)
            node.stop()
        finally:
            node.end()
    print(f"{shown} requests of help and {len(lines)} of docs/rpc.md are whole")


main()
