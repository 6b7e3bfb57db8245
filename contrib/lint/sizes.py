"""Size of files and functions, of tests and tools too. What is longer says why: `// lint: long, because …` in the six lines above
a function, or in a file's first ten lines. A header of tests has its bodies in it: its limit is that of a .cpp."""
import pathlib
import re

from common import CODE_FOLDERS, Finding, files, lines, relative

MAX_CPP, MAX_HEADER, MAX_FUNCTION, MAX_INCLUDES = 500, 250, 60, 20
REASON = re.compile(r"// lint: long, because \w+")
FOLDERS = (*CODE_FOLDERS, "tests", "contrib")


def check_file(root, path, text) -> list[Finding]:
    is_public = path.suffix == ".h" and not relative(root, path).startswith("tests/")
    limit = MAX_HEADER if is_public else MAX_CPP
    excused = any(REASON.search(line) for line in text[:10])
    found = []
    count = len(text) - 1
    if count > limit and not excused:
        found.append(Finding(relative(root, path), 1, f"{count} lines; at most {limit}"))
    includes = sum(1 for line in text if re.match(r'#include "', line))
    if path.suffix == ".h" and includes > MAX_INCLUDES and not excused:
        found.append(Finding(relative(root, path), 1, f"{includes} project includes; at most {MAX_INCLUDES}"))
    return found


def check_functions(root, path, text) -> list[Finding]:
    """A function's body opens with a brace alone on its line (clang-format sees to that) and ends at the brace below it."""
    found = []
    for start, line in enumerate(text):
        if not re.fullmatch(r"\s*\{", line):
            continue
        indent = len(line) - 1
        end = next((i for i in range(start + 1, len(text)) if re.match(rf"\s{{{indent}}}\}}", text[i])), len(text))
        length = end - start - 1
        if length > MAX_FUNCTION and not any(REASON.search(above) for above in text[max(0, start - 6):start]):
            found.append(Finding(relative(root, path), start + 1, f"a function of {length} lines; at most {MAX_FUNCTION}"))
    return found


def check(root: pathlib.Path) -> list[Finding]:
    found = []
    for path in files(root, FOLDERS):
        if relative(root, path).startswith("tests/lint/"):
            continue
        text = lines(path)
        found += check_file(root, path, text) + check_functions(root, path, text)
    return found
