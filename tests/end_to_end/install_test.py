#!/usr/bin/env python3
"""Installs a build into a folder of its own and looks at what is there: install_test.py CMAKE BUILD."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAMS = ("cairnd", "cairn-cli")


def require(condition, what):
    if not condition:
        sys.exit(f"install: {what}")


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options).stdout


def options_of_help(program):
    return set(re.findall(r"^  (-[a-z0-9-]+)", run(program, "-help"), re.MULTILINE))


def check_man_page(prefix, program, options):
    page = (prefix / f"share/man/man1/{program}.1").read_text()
    lines = page.split("\n")
    require(lines[0].startswith(".TH "), f"{program}.1 does not begin with .TH")
    for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "FILES", "SEE ALSO"):
        require(f".SH {heading}" in lines, f"{program}.1 has no section {heading}")
    known = (".TH ", ".SH ", ".TP", ".PP", ".B ")
    for line in lines:
        require(not line.startswith("'"), f"{program}.1: a line begins with an apostrophe: {line}")
        require(not line.startswith(".") or line.startswith(known), f"{program}.1: an unknown request: {line}")
        require(not re.search(r"\\(?![-e&])", line), f"{program}.1: an unknown escape: {line}")
    shown = {line[3:].replace("\\-", "-").split("=")[0] for line in lines if line.startswith(".B \\-")}
    require(options <= shown, f"{program}.1 lacks {sorted(options - shown)}")


def complete(script, program, *words):
    """What bash offers for the last of `words`."""
    quoted = " ".join(f"'{word}'" for word in (program, *words))
    function = "_" + program.replace("-", "_")
    return run("bash", "-c", f"source '{script}'; COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; {function}; "
                             'printf "%s\\n" "${COMPREPLY[@]}"').split()


def check_completions(prefix, program, options):
    bash = prefix / f"share/bash-completion/completions/{program}"
    run("bash", "-n", str(bash))
    offered = {word.rstrip("=") for word in complete(bash, program, "-")}
    require(options <= offered, f"bash does not complete {sorted(options - offered)}")
    require(complete(bash, program, "-regt") == ["-regtest"], "bash does not complete -regtest")
    zsh = (prefix / f"share/zsh/site-functions/_{program}").read_text()
    require(zsh.startswith(f"#compdef {program}\n"), f"_{program} does not begin with #compdef")
    require(zsh.count("'") % 2 == 0, f"_{program} has an open quote")
    fish = (prefix / f"share/fish/vendor_completions.d/{program}.fish").read_text()
    for option in options:
        require(re.search(rf"'(\*)?{re.escape(option)}[\[=]", zsh), f"zsh does not complete {program} {option}")
        require(re.search(rf"-a '{re.escape(option)}='|-a '{re.escape(option)}'", fish), f"fish lacks {program} {option}")


def main():
    cmake, build = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="cairn-install.") as folder:
        # A path that needs quoting.
        prefix = pathlib.Path(folder).resolve() / "a prefix"
        run(cmake, "--install", build, "--prefix", str(prefix), env={**os.environ, "DESTDIR": ""})
        for program in PROGRAMS:
            path = prefix / "bin" / program
            require(f"version v" in run(str(path), "-version"), f"the installed {program} does not run")
            options = options_of_help(str(path))
            require(len(options) > 20, f"{program} -help shows {len(options)} options")
            check_man_page(prefix, program, options)
            check_completions(prefix, program, options)
        client = prefix / "share/bash-completion/completions/cairn-cli"
        require("getblockcount" in complete(client, "cairn-cli", "-regtest", "getblockc"), "bash does not complete commands")
        require(complete(client, "cairn-cli", "-rpcport", "=", "1", "getblock", "get") == [], "an argument is no command")
        unit = (prefix / "lib/systemd/system/cairnd.service").read_text()
        require(f"ExecStart={prefix}/bin/cairnd -datadir=" in unit, "the unit does not name the installed program")
        require("@CMAKE" not in unit, "the unit has a placeholder left")
        for name in ("LICENSE", "README.md"):
            require((prefix / "share/doc/cairn" / name).is_file(), f"{name} is missing")
        require(not (prefix / "bin/cairn-pages").exists(), "cairn-pages is installed")
    print(f"installed and looked at: {', '.join(PROGRAMS)}")


main()
