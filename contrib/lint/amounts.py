"""No floating type where money is: none in consensus, mempool, mining, keys or wallet, and in rpc and api only where the line
says what it is (`// floating: difficulty`, progress, a displayed fee rate)."""
import pathlib
import re

from common import Finding, code_lines, files, lines, relative

FOLDERS = ("consensus", "src/policy", "src/mempool", "src/mining", "src/keys", "src/chain", "src/storage", "src/api", "src/services", "wallet", "rpc")
PATTERN = re.compile(r"\b(double|float|long double)\b|\bstd::(stod|stof|strtod)\b")
REASON = re.compile(r"// floating: \w+")


def check(root: pathlib.Path) -> list[Finding]:
    found = []
    for path in files(root, FOLDERS):
        raw = lines(path)
        for number, line in enumerate(code_lines(path), 1):
            if not PATTERN.search(line):
                continue
            near = raw[max(0, number - 3):number]
            if not any(REASON.search(text) for text in near):
                found.append(Finding(relative(root, path), number,
                                     "a floating type; money never is one. Where it is none, say '// floating: what it is'"))
    return found
