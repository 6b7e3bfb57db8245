#!/usr/bin/env python3
"""Every lint refuses its fixtures, and says what the fixture expects. A fixture is a folder tests/lint/fixtures/<lint>/<case>:
a small tree, and in expected.txt the finding, without the path of the tree. A line "501 x TEXT" in it stands for 501 lines of TEXT.
A fixture of 'symbols' is one .cpp, built here into a library named after the room it stands for."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LINT = HERE.parents[1] / "contrib/lint/run"


def run(*args):
    done = subprocess.run([sys.executable, str(LINT), *map(str, args)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def run_symbols(case: pathlib.Path):
    with tempfile.TemporaryDirectory() as folder:
        built = pathlib.Path(folder)
        subprocess.run(["g++", "-std=c++20", "-c", str(case / "case.cpp"), "-o", str(built / "case.o")], check=True)
        subprocess.run(["ar", "rcs", str(built / "libcairn_consensus.a"), str(built / "case.o")], check=True)
        return run("--libraries", built, "symbols")


def repeated(text: str) -> str:
    return re.sub(r"^(\d+) x (.*\n)", lambda m: int(m[1]) * m[2], text, flags=re.M)


def run_on_tree(case: pathlib.Path):
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        shutil.copytree(case, tree)
        for path in tree.rglob("*.*"):
            path.write_text(repeated(path.read_text()))
        return run("--root", tree, case.parent.name)


def check(case: pathlib.Path) -> str:
    expected = (case / "expected.txt").read_text().strip()
    code, out = run_symbols(case) if case.parent.name == "symbols" else run_on_tree(case)
    if expected == "no findings":
        return "" if code == 0 else f"expected nothing, got:\n{out}"
    if code == 0 or expected not in out:
        return f"expected '{expected}', exit status 1; got {code}:\n{out}"
    return ""


def main():
    cases = sorted(p.parent for p in HERE.glob("fixtures/*/*/expected.txt"))
    failed = 0
    for case in cases:
        problem = check(case)
        print(f"{'failed' if problem else 'ok    '} {case.parent.name}/{case.name}{': ' + problem if problem else ''}")
        failed += bool(problem)
    lints = {case.parent.name for case in cases}
    for name in ("levels", "purity", "symbols", "sizes", "sleeping", "amounts"):
        if name not in lints:
            print(f"failed {name}: has no fixture")
            failed += 1
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
