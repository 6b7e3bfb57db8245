"""No floating type where money is. Any room has one only where the code says what it is: `// floating: difficulty`, a time, a
chance, a displayed fee rate, on the line or in the five above it."""
import pathlib
import re

from common import Finding, code_lines, files, lines, relative

PATTERN = re.compile(r"\b(double|float|long double)\b|\bstd::(stod|stof|strtod)\b")
REASON = re.compile(r"// floating: \w+")


def check(root: pathlib.Path) -> list[Finding]:
    found = []
    for path in files(root):
        raw = lines(path)
        for number, line in enumerate(code_lines(path), 1):
            if not PATTERN.search(line):
                continue
            near = raw[max(0, number - 6):number]
            if not any(REASON.search(text) for text in near):
                found.append(Finding(relative(root, path), number,
                                     "a floating type; money never is one. Where it is none, say '// floating: what it is'"))
    return found
