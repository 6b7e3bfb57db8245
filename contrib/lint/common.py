"""What the lints share: a finding, and the files of a tree."""
import pathlib
import re
from typing import NamedTuple

CODE_FOLDERS = ("consensus", "src", "wallet", "rpc")


class Finding(NamedTuple):
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


def files(root: pathlib.Path, folders=CODE_FOLDERS, suffixes=(".h", ".cpp")) -> list[pathlib.Path]:
    found = []
    for folder in folders:
        found += [p for p in (root / folder).rglob("*") if p.suffix in suffixes and p.is_file()]
    return sorted(found)


def lines(path: pathlib.Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def code_lines(path: pathlib.Path) -> list[str]:
    """The lines with comments and the contents of string literals taken out, so that words in prose do not count."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    out = []
    for line in text.split("\n"):
        if not line.lstrip().startswith("#include"):
            line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
        out.append(re.sub(r"//.*", "", line))
    return out


def relative(root: pathlib.Path, path: pathlib.Path) -> str:
    return str(path.relative_to(root))
