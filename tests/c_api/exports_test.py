"""The shared library exports exactly the functions of its header: exports_test.py LIBRARY HEADER."""
import re
import subprocess
import sys

library, header = sys.argv[1:]
out = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", library], check=True, capture_output=True, text=True)
exported = {line.split()[0] for line in out.stdout.splitlines() if line.split()[1] != "A"}
declared = set(re.findall(r"^(?:int|unsigned int) (cairnconsensus_\w+)\(", open(header).read(), re.M))
if not declared or exported != declared:
    sys.exit(f"exported but not declared: {sorted(exported - declared)}; declared but not exported: {sorted(declared - exported)}")
print(f"exports {len(exported)} functions, all declared")
