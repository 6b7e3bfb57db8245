"""consensus, crypto, policy, protocol and keys ask nothing of the machine: no clock, randomness, files, threads, sockets,
logging or global state. By words in the source here; contrib/lint/symbols.py looks at what the built libraries call."""
import pathlib
import re

from common import Finding, code_lines, files, relative

PURE = ("consensus", "src/crypto", "src/policy", "src/protocol", "src/keys")
WORDS = [
    (r"#include\s*<(fstream|iostream|cstdio|stdio\.h|thread|mutex|shared_mutex|future|condition_variable|random|ctime|"
     r"filesystem|unistd\.h|fcntl\.h|sys/.*|netdb\.h|pthread\.h)>", "is not pure"),
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b", "asks for the time"),
    (r"(?<![\w:.>])(::|std::)?time\s*\((?=\s*(nullptr|NULL|0|&))", "calls the system"),
    (r"(?<![\w:.>])(::|std::)?(gettimeofday|clock_gettime|rand|srand|getrandom|getenv|fopen|printf|abort|exit)\s*\(", "calls the system"),
    (r"\bstd::(thread|mutex|shared_mutex|async|random_device|mt19937|cout|cerr|getenv)\b", "is not pure"),
    (r"\bthread_local\b", "keeps state of a thread"),
]
# Elsewhere, only base asks the operating system (net and rpc_server through Asio).
SYSTEM_WORDS = [
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b", "asks for the time: take a Clock"),
    (r"\bstd::(random_device|mt19937(_64)?|default_random_engine)\b", "makes randomness: take a Random"),
    (r"(?<![\w:.>])(::)?(gettimeofday|clock_gettime|getrandom|fork|execve|sleep|usleep|nanosleep)\s*\(", "calls the system: that is base's"),
    (r"\bsleep_(for|until)\b", "sleeps: wait for a condition or a timer"),
    (r"\bstd::(thread|jthread)\b(?!::)", "starts a thread: that is base's"),
    (r"\bstd::(ofstream|ifstream|fstream)\b", "opens a file: that is base's"),
]


def search(root, path, patterns) -> list[Finding]:
    found = []
    for number, line in enumerate(code_lines(path), 1):
        for pattern, why in patterns:
            match = re.search(pattern, line)
            if match:
                found.append(Finding(relative(root, path), number, f"'{match.group().strip()}' {why}"))
    return found


def check(root: pathlib.Path) -> list[Finding]:
    found = []
    for path in files(root, PURE):
        found += search(root, path, WORDS)
    for path in files(root):
        name = relative(root, path)
        if not name.startswith(("src/base/", *(p + "/" for p in PURE))):
            found += search(root, path, SYSTEM_WORDS)
    return found
