"""What the built libraries of the pure rooms call: none of the functions by which a program reaches the machine.
Needs the libraries: run with --libraries FOLDER (ctest does), and with none it finds nothing to say."""
import pathlib
import re
import subprocess

from common import Finding
from purity import PURE

FORBIDDEN = re.compile(
    r"^(open(64|at)?|fopen(64)?|read|write|pread.*|pwrite.*|socket|connect|bind|time|clock_gettime|gettimeofday|rand|random|"
    r"getrandom|getenv|printf|puts|fputs|fprintf|pthread_create|pthread_mutex_lock|nanosleep|"
    r"_ZNSt6chrono3_V2\d+(system|steady)_clock3nowEv|_ZNSt13random_device.*|_ZNSt6thread.*|_ZNSt8ios_base.*|"
    r"_ZSt4cout|_ZSt4cerr|_ZSt4clog|_ZNSt14basic_ofstream.*|_ZNSt14basic_ifstream.*|_ZNSt13basic_filebuf.*)$")


def undefined_symbols(library: pathlib.Path) -> list[str]:
    out = subprocess.run(["nm", "--undefined-only", "--format=posix", str(library)], check=True, capture_output=True, text=True)
    return [line.split()[0] for line in out.stdout.split("\n") if len(line.split()) >= 2 and line.split()[1] in "Uw"]


def check_libraries(folder: pathlib.Path) -> list[Finding]:
    found = []
    for room in (folder_of_room.split("/")[-1] for folder_of_room in PURE):
        for library in sorted(folder.rglob(f"libcairn_{room}.a")):
            for symbol in sorted(set(undefined_symbols(library))):
                if FORBIDDEN.match(symbol):
                    found.append(Finding(library.name, 1, f"calls {symbol}: {room} is pure"))
    return found
