#!/usr/bin/env python3
"""What a user is told when cairnd or cairn-cli cannot start."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

PROGRAMS = pathlib.Path(os.environ["CAIRN_BIN"])


def require(condition, what):
    if not condition:
        sys.exit(f"start: {what}")


def run(program, *arguments, **options):
    done = subprocess.run([PROGRAMS / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=120, check=False, **options)
    return done.returncode, done.stderr


def refused(expected, program, *arguments, **options):
    status, told = run(program, *arguments, **options)
    require(status == 1, f"{program} {arguments} exited with {status}: {told}")
    require(expected in told, f"{program} {arguments} said {told!r}, not {expected!r}")


def node_of(folder):
    return (f"-datadir={folder}", "-regtest", "-listen=0", "-rpcport=1", "-server=0", "-printtoconsole=0")


def unreadable_folders(folder):
    for program, command in (("cairnd", ()), ("cairn-cli", ("uptime",))):
        refused("Error: Cannot ", program, f"-datadir={folder}", "-conf=" + 300 * "x", *command)
        if os.geteuid() != 0:
            closed = folder / "closed"
            closed.mkdir(exist_ok=True)
            closed.chmod(0)
            refused("Permission denied", program, f"-datadir={closed}", *command)
            closed.chmod(0o700)


def settings(folder):
    refused("Error: Invalid combination of -regtest, ", "cairnd", *node_of(folder), "-chain=foo")
    refused("-dbcache=abc cannot be: give a whole number", "cairnd", *node_of(folder), "-dbcache=abc")
    refused("-rpcthreads=999999999 cannot be", "cairnd", *node_of(folder), "-rpcthreads=999999999")
    refused("-maxsigcachesize=99999999999999 cannot be", "cairnd", *node_of(folder), "-maxsigcachesize=99999999999999")
    (folder / "cairn.conf").write_text("[regtst]\nserver=0\n")
    # It does not start, so that nothing has to stop it: the warnings come first.
    told = run("cairnd", *node_of(folder), "-par=0", "-asmap=x")[1]
    require(f"Warning: {folder}/cairn.conf:1 Section [regtst] is not recognized.\n" in told, told)
    (folder / "cairn.conf").unlink()


def ports_in_use(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(f"Error: Unable to bind to 127.0.0.1:{port} on this computer. Cairn is probably already running.\n"
                "Failed to listen on any port. Use -listen=0 if you want this, or -port=<port> for another port.",
                "cairnd", f"-datadir={folder}", "-regtest", "-server=0", "-printtoconsole=0", f"-bind=127.0.0.1:{port}")
        refused("Use -rpcport=<port> for another port.", "cairnd", f"-datadir={folder}", "-regtest", "-listen=0",
                "-printtoconsole=0", f"-rpcport={port}")
        # Twice: the second finds the folder free at once.
        for _ in range(2):
            refused("Unable to bind to", "cairnd", f"-datadir={folder}", "-regtest", "-server=0", "-daemonwait",
                    f"-bind=127.0.0.1:{port}")


def main():
    with tempfile.TemporaryDirectory(prefix="cairn-start-") as name:
        folder = pathlib.Path(name)
        unreadable_folders(folder)
        settings(folder)
        ports_in_use(folder)
    print("start: every refusal says why")


if __name__ == "__main__":
    main()
