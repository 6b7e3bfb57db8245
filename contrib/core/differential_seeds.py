#!/usr/bin/env python3
"""Seeds for the differential program (tests/core/differential) from the folder of test vectors.

    contrib/core/differential_seeds.py VECTORS FILE

FILE gets lines: "spend INPUT TX VALUE:SCRIPT…" (an output for each input), "tx HEX", "block HEX"."""
import ast
import gzip
import hashlib
import json
import pathlib
import re
import struct
import sys

OPCODES = """PUSHDATA1 PUSHDATA2 PUSHDATA4 1NEGATE RESERVED 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 NOP VER IF NOTIF VERIF VERNOTIF
ELSE ENDIF VERIFY RETURN TOALTSTACK FROMALTSTACK 2DROP 2DUP 3DUP 2OVER 2ROT 2SWAP IFDUP DEPTH DROP DUP NIP OVER PICK ROLL ROT SWAP
TUCK CAT SUBSTR LEFT RIGHT SIZE INVERT AND OR XOR EQUAL EQUALVERIFY RESERVED1 RESERVED2 1ADD 1SUB 2MUL 2DIV NEGATE ABS NOT
0NOTEQUAL ADD SUB MUL DIV MOD LSHIFT RSHIFT BOOLAND BOOLOR NUMEQUAL NUMEQUALVERIFY NUMNOTEQUAL LESSTHAN GREATERTHAN
LESSTHANOREQUAL GREATERTHANOREQUAL MIN MAX WITHIN RIPEMD160 SHA1 SHA256 HASH160 HASH256 CODESEPARATOR CHECKSIG CHECKSIGVERIFY
CHECKMULTISIG CHECKMULTISIGVERIFY NOP1 CHECKLOCKTIMEVERIFY CHECKSEQUENCEVERIFY NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10 CHECKSIGADD"""
NUMBERS = {name: 0x4c + i for i, name in enumerate(OPCODES.split())} | {"NOP2": 0xb1, "NOP3": 0xb2}
LARGEST_BLOCK = 400_000  # bytes; larger ones would take most of the time


def compact(n):
    return bytes([n]) if n < 0xfd else b"\xfd" + struct.pack("<H", n) if n <= 0xffff else b"\xfe" + struct.pack("<I", n)


def sized(data):
    return compact(len(data)) + data


def push(data):
    if len(data) < 0x4c:
        return bytes([len(data)]) + data
    return (b"\x4c" + bytes([len(data)]) if len(data) <= 0xff else b"\x4d" + struct.pack("<H", len(data))) + data


def number(n):
    if n == 0:
        return b"\0"
    if n == -1 or 1 <= n <= 16:
        return bytes([0x50 + n])
    data, rest = b"", abs(n)
    while rest:
        data, rest = data + bytes([rest & 0xff]), rest >> 8
    if data[-1] & 0x80:
        data += b"\0"
    if n < 0:
        data = data[:-1] + bytes([data[-1] | 0x80])
    return push(data)


def assemble(text):
    """The notation of Bitcoin Core's script tests."""
    script = b""
    for word in text.split():
        if re.fullmatch(r"-?\d+", word):
            script += number(int(word))
        elif word.startswith("0x"):
            script += bytes.fromhex(word[2:])
        elif word[0] == "'":
            script += push(word[1:-1].encode())
        else:
            script += bytes([NUMBERS[word.removeprefix("OP_")]])
    return script


def spend_line(index, transaction, spent):
    return f"spend {index} {transaction.hex()} " + " ".join(f"{value}:{script.hex()}" for value, script in spent)


def script_tests(rows):
    """Each row's scripts in the two transactions that Bitcoin Core's test puts them in."""
    for row in rows:
        if len(row) < 4 or "#" in str(row):
            continue
        witness, value = [], 0
        if isinstance(row[0], list):
            witness, value, row = [bytes.fromhex(i) for i in row[0][:-1]], round(row[0][-1] * 100_000_000), row[1:]
        script_sig, script_pubkey = assemble(row[0]), assemble(row[1])
        credit = (struct.pack("<i", 1) + b"\1" + bytes(32) + b"\xff" * 4 + sized(b"\0\0") + b"\xff" * 4 + b"\1" +
                  struct.pack("<q", value) + sized(script_pubkey) + bytes(4))
        txid = hashlib.sha256(hashlib.sha256(credit).digest()).digest()
        spend = (struct.pack("<i", 1) + (b"\0\1" if witness else b"") + b"\1" + txid + bytes(4) + sized(script_sig) + b"\xff" * 4 +
                 b"\1" + struct.pack("<q", value) + sized(b"") +
                 (compact(len(witness)) + b"".join(map(sized, witness)) if witness else b"") + bytes(4))
        yield spend_line(0, spend, [(value, script_pubkey)])


class Reader:
    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, count):
        self.place += count
        return self.data[self.place - count:self.place]

    def size(self):
        first = self.take(1)[0]
        return first if first < 0xfd else int.from_bytes(self.take({0xfd: 2, 0xfe: 4, 0xff: 8}[first]), "little")

    def transaction(self):
        """The outpoints it spends."""
        self.take(4)
        count, witness = self.size(), False
        if count == 0:
            witness = self.take(1) == b"\1"
            count = self.size()
        outpoints = []
        for _ in range(count):
            outpoints.append((self.take(32)[::-1].hex(), int.from_bytes(self.take(4), "little")))
            self.take(self.size())
            self.take(4)
        for _ in range(self.size()):
            self.take(8)
            self.take(self.size())
        for _ in range(count if witness else 0):
            for _ in range(self.size()):
                self.take(self.size())
        self.take(4)
        return outpoints


def transaction_tests(rows):
    """tx_valid and tx_invalid: each input of those whose spent outputs are all given."""
    for row in rows:
        if len(row) < 3:
            continue
        spent = {(txid, index & 0xffffffff): (rest[0] if rest else 0, assemble(script)) for txid, index, script, *rest in row[0]}
        yield f"tx {row[1]}"
        try:
            outpoints = Reader(bytes.fromhex(row[1])).transaction()
        except (IndexError, KeyError):
            continue
        if outpoints and all(o in spent for o in outpoints):
            for index in range(len(outpoints)):
                yield spend_line(index, bytes.fromhex(row[1]), [spent[o] for o in outpoints])


def with_input(transaction, index, script_sig, witness):
    """The transaction, which has no witness, with one input's script and witness."""
    reader = Reader(transaction)
    head = reader.take(4)
    inputs, outputs = [], []
    count = reader.size()
    for i in range(count):
        outpoint, script, sequence = reader.take(36), reader.take(reader.size()), reader.take(4)
        inputs.append(outpoint + sized(script_sig if i == index else script) + sequence)
    for _ in range(reader.size()):
        value = reader.take(8)
        outputs.append(value + sized(reader.take(reader.size())))
    stacks = b"".join(compact(len(witness)) + b"".join(map(sized, witness)) if i == index else b"\0" for i in range(count))
    return (head + (b"\0\1" if witness else b"") + compact(count) + b"".join(inputs) + compact(len(outputs)) + b"".join(outputs) +
            (stacks if witness else b"") + reader.take(4))


def taproot_assets(rows):
    for row in rows:
        spent = []
        for prevout in row["prevouts"]:
            reader = Reader(bytes.fromhex(prevout))
            spent.append((int.from_bytes(reader.take(8), "little", signed=True), reader.take(reader.size())))
        for way in ("success", "failure"):
            parts = row.get(way)
            parts = ast.literal_eval(parts) if isinstance(parts, str) else parts
            if parts:
                yield spend_line(row["index"], with_input(bytes.fromhex(row["tx"]), row["index"], bytes.fromhex(parts["scriptSig"]),
                                                          [bytes.fromhex(i) for i in parts["witness"]]), spent)


def real_blocks(folder):
    for path in sorted(folder.glob("*.json.gz")):
        block = bytes.fromhex(json.loads(gzip.open(path).read())["block"])
        if len(block) <= LARGEST_BLOCK:
            yield f"block {block.hex()}"


def main():
    vectors, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    core = vectors / "consensus/core"
    lines = list(script_tests(json.loads((core / "script_tests.json").read_text())))
    for name in ("tx_valid", "tx_invalid"):
        lines += transaction_tests(json.loads((core / f"{name}.json").read_text()))
    lines += taproot_assets(json.loads((vectors / "consensus/taproot/taproot_assets_btcd.json").read_text()))
    lines += real_blocks(vectors / "blocks/with-prevouts/normalized")
    out.write_text("\n".join(lines) + "\n")
    kinds = [line.split(" ", 1)[0] for line in lines]
    print(", ".join(f"{kinds.count(kind)} {kind}" for kind in ("spend", "tx", "block")))


main()
