"""No test sleeps to wait: it waits for a condition, or moves the fake clock."""
import pathlib
import re

from common import Finding, code_lines, files, relative

PATTERN = re.compile(r"\bsleep_(for|until)\b|(?<!\w)(u|nano)?sleep\s*\(")


def check(root: pathlib.Path) -> list[Finding]:
    return [Finding(relative(root, path), number, "a test sleeps: wait for a condition, or move the fake clock")
            for path in files(root, ("tests",), (".h", ".cpp"))
            if "tests/lint/" not in relative(root, path)
            for number, line in enumerate(code_lines(path), 1) if PATTERN.search(line)]
