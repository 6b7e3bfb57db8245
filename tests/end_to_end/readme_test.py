#!/usr/bin/env python3
"""Runs the commands that a page shows: readme_test.py PAGE. Each indented block of commands that begin with cairnd or
cairn-cli, in order, in one shell with a home folder of its own; the block's build step and PATH line are left out, for the
programs are those in CAIRN_BIN. Every command must succeed."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contrib"))
from daemon import free_ports, wait_for  # noqa: E402


def blocks(page):
    found = [[]]
    for line in page.read_text().split("\n"):
        if line.startswith("    "):
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return [b for b in found if any(re.match(r"(cairnd|cairn-cli) ", line) for line in b)]


def main():
    page = pathlib.Path(sys.argv[1])
    commands = [line for block in blocks(page) for line in block if not re.match(r"(contrib/|\./contrib/|export PATH)", line)]
    if not commands:
        sys.exit(f"{page} shows no commands")
    with tempfile.TemporaryDirectory(prefix="cairn-readme.") as home:
        data = pathlib.Path(home) / ".cairn"
        data.mkdir()
        # Ports of our own, so that a node that runs on this machine is not met.
        port, rpc_port = free_ports(2)
        (data / "cairn.conf").write_text(f"[regtest]\nport={port}\nrpcport={rpc_port}\nbind=127.0.0.1\n")
        environment = dict(os.environ, HOME=home, PATH=f"{os.environ['CAIRN_BIN']}:{os.environ['PATH']}")
        script = "set -eu\ntrap 'cairn-cli -regtest stop >/dev/null 2>&1 || true' EXIT\n" + "\n".join(
            f"echo '$ {line.replace(chr(39), '')}'\n{line}" for line in commands) + "\ntrap - EXIT\n"
        done = subprocess.run(["bash", "-c", script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=240)
        print(done.stdout)
        # `stop` answers before the node has ended; its folder is in use until the pid file is gone.
        wait_for("the node ends", lambda: not (data / "regtest/cairnd.pid").exists())
        if done.returncode != 0:
            log = data / "regtest/debug.log"
            print(log.read_text(errors="replace")[-3000:] if log.exists() else "no log")
            sys.exit(f"{page.name}: a command failed")
    print(f"{len(commands)} commands of {page.name} ran")


main()
