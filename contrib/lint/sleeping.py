"""No test sleeps or spins to wait: it waits for a condition (tests/support/wait_until.h, which fails after a while), or moves the
fake clock. So a test that waits in vain says so, and none takes longer on a busy machine than it must."""
import pathlib
import re

from common import Finding, code_lines, files, relative

SLEEPS = re.compile(r"\bsleep_(for|until)\b|(?<!\w)(u|nano)?sleep\s*\(")
YIELDS = re.compile(r"\bthis_thread::yield\b|\b(sched|pthread)_yield\b")
WAITS = "tests/support/wait_until.h"


def loops_without_body(line: str) -> bool:
    """A `while` whose condition nothing follows; the end of a do-while is none."""
    for match in re.finditer(r"(?<!\} )\bwhile \(", line):
        depth, end = 1, match.end()
        while depth > 0 and end < len(line):
            depth += {"(": 1, ")": -1}.get(line[end], 0)
            end += 1
        if re.fullmatch(r"\s*(;|\{\s*\})\s*", line[end:]):
            return True
    return False


def check(root: pathlib.Path) -> list[Finding]:
    found = []
    for path in files(root, ("tests",), (".h", ".cpp", ".c", ".py")):
        name = relative(root, path)
        if name.startswith("tests/lint/") or name == WAITS:
            continue
        for number, line in enumerate(code_lines(path), 1):
            if SLEEPS.search(line):
                found.append(Finding(name, number, "a test sleeps: wait for a condition, or move the fake clock"))
            elif YIELDS.search(line) or loops_without_body(line):
                found.append(Finding(name, number, f"a test spins, perhaps for ever: wait_until() of {WAITS} fails loudly"))
    return found
