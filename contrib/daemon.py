"""What the scripts that run nodes share: ports, waiting for a condition, and a process that is started, killed and stopped."""
import pathlib
import signal
import socket
import subprocess
import time

LIMIT = 120  # seconds that one wait may take


class Failed(Exception):
    """A step did not hold; the text says which."""


def require(held, what):
    if not held:
        raise Failed(what)


def free_ports(count):
    """Ports of loopback that nobody used a moment ago, each another."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def wait_for(what, condition, limit=LIMIT):
    """The condition's answer, once it is a true one; after `limit` seconds without, Failed."""
    deadline = time.monotonic() + limit
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {limit} s")
        time.sleep(0.05)


class Daemon:
    """A node's process, with a folder of its own; what it prints goes to output.txt there."""

    def __init__(self, name, folder):
        self.name, self.folder, self.process = name, pathlib.Path(folder), None
        self.folder.mkdir(parents=True, exist_ok=True)

    def launch(self, command, **options):
        with open(self.folder / "output.txt", "ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, **options)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """As a user stops it; Failed if it does not end, or not well."""
        if not self.is_running():
            return
        self.process.terminate()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} did not end within {LIMIT} s of being asked to stop") from None
        if self.process.returncode != 0:
            raise Failed(f"{self.name} ended with {self.process.returncode} when asked to stop")

    def end(self):
        """Whatever happened: no process is left."""
        if self.is_running():
            self.kill()
