#!/usr/bin/env python3
"""Writes the seeds of those fuzz targets whose inputs are made rather than found: tests/fuzz/make_seeds.py [--check]

Each seed is a whole, meaningful input, named after what it shows, from which a fuzzer gets far by small changes; what a fuzzer
finds is committed beside them. With --check nothing is written: exit status 1 if a seed in the tree is another."""
import argparse
import hashlib
import pathlib
import struct
import sys

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
REGTEST_MAGIC = bytes.fromhex("fabfb5da")
TIME = 1_700_000_000


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def compact(number):
    return bytes([number]) if number < 0xfd else b"\xfd" + struct.pack("<H", number)


def sized(data):
    return compact(len(data)) + data


def hash_of(name):
    return hashlib.sha256(name.encode()).digest()


def transaction(inputs, outputs, witness=()):
    """Version 2, final, of outpoints and (value, script) pairs; `witness` is that of the first input."""
    ins = compact(len(inputs)) + b"".join(txid + struct.pack("<I", index) + b"\0" + b"\xff" * 4 for txid, index in inputs)
    outs = compact(len(outputs)) + b"".join(struct.pack("<q", value) + sized(script) for value, script in outputs)
    stacks = compact(len(witness)) + b"".join(map(sized, witness)) + b"\0" * (len(inputs) - 1) if witness else b""
    return struct.pack("<i", 2) + (b"\0\1" if witness else b"") + ins + outs + stacks + bytes(4)


PAYMENT = transaction([(hash_of("coin"), 1)], [(50_000, b"\0\x14" + bytes(20))], [b"\x30" * 71, b"\2" * 33])


def linearize():
    """Transactions of a cluster: fee + 4000 (two bytes, high first), size - 1, parents (as a count, then each one's number)."""
    def cluster(*members):
        return b"".join(struct.pack(">HBB", fee + 4000, size - 1, len(parents)) + bytes(parents)
                        for fee, size, *parents in members)

    yield "alone", cluster((100, 100))
    yield "child_pays_for_parent", cluster((10, 100), (1000, 100, 0))
    yield "parent_pays_more", cluster((1000, 100), (10, 100, 0))
    yield "diamond", cluster((50, 100), (10, 90, 0), (700, 80, 0), (400, 70, 1, 2))
    yield "two_parents_one_child", cluster((5, 200), (300, 50), (900, 100, 0, 1), (20, 10, 0))
    yield "equal_rates", cluster(*[(100, 50)] + [(100, 50, i) for i in range(12)])
    yield "negative_and_zero_fees", cluster((-4000, 100), (0, 100, 0), (0, 1), (4000, 256, 0, 2))
    yield "full_chain", cluster(*[(i * 37 % 500, 1 + i * 53 % 256, *([i - 1] if i else [])) for i in range(64)])
    yield "full_fan", cluster((1, 256), *[(i * 91 % 800, 10 + i % 7, 0) for i in range(1, 64)])
    # Every other one depends on two of far before: no order by ancestors alone is best.
    yield "full_lattice", cluster(*[(i * i * 29 % 2000, 1 + i * 11 % 200, *([i // 2, i // 3] if i % 2 else [])) for i in range(64)])


def mempool_operations():
    """Steps of four bytes: kind, and three numbers for it."""
    def submit(coin, other=0, shape=1):
        return bytes([4, coin, other, shape])

    def mine(most, conflict=False):
        return bytes([0, most, 0 if conflict else 1, 0])

    def take_back(count):
        return bytes([1, count - 1, 0, 0])

    def prioritise(coin, by):
        return bytes([2, coin, by, 0])

    def wait(hours):
        return bytes([3, hours, 0, 0])

    chain = submit(0, 1) + b"".join(submit(8 + i, 2 + i) for i in range(10))
    yield "chain_to_the_limit", chain
    yield "chain_mined_and_back", chain + mine(3) + mine(5) + take_back(2) + mine(5)
    yield "block_conflicts", submit(0, 5) + submit(8, 9) + submit(1, 3) + mine(2, conflict=True) + take_back(1)
    yield "replaced", submit(0, 1) + submit(8, 1) + submit(0, 40) + submit(0, 200)
    yield "joined_clusters", b"".join(submit(i, 3 * i) for i in range(8)) + submit(8, 11, 4) + submit(12, 15, 8)
    yield "prioritised", submit(0, 1) + submit(1, 9) + prioritise(8, 255) + mine(1) + prioritise(9, 0) + mine(1)
    yield "expired", submit(0, 1) + submit(1, 2) + wait(255) + wait(255) + submit(2, 3)
    yield "evicted", b"".join(submit(i % 8 if i < 8 else i, 1 + i % 60, 3 * i % 252) for i in range(90)) + wait(1) + mine(5)
    yield "truc", submit(0, 9, 2) + submit(8, 30, 2) + submit(9, 60, 5) + submit(1, 9, 2) + mine(1) + take_back(1)


def net_address_text():
    for name, text in (
            ("ipv4", "1.2.3.4"), ("ipv4_port", "1.2.3.4:8333"), ("ipv6", "2001:db8::8a2e:370:7334"), ("ipv6_port", "[::1]:18444"),
            ("mapped", "::ffff:9.8.7.6"), ("subnet", "10.0.0.0/8"), ("subnet_mask", "192.168.0.0/255.255.0.0"), ("subnet_ipv6", "fe80::/10"),
            ("onion", "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"),
            ("i2p", "ukeu3k5oycgaauneqgtnvselmt4yemvoilkln7jpvamvfx7dnkdq.b32.i2p:0"), ("cjdns", "fc00:1:2:3:4:5:6:7"),
            ("whitelist", "in,out,noban,mempool@10.1.0.0/16"), ("whitebind", "relay,forcerelay@127.0.0.1:1234"), ("host_port", "example.org:99")):
        yield name, text.encode()


def endpoint(v6, port):
    return v6 + struct.pack(">H", port)


def mapped(*ipv4):
    return bytes(10) + b"\xff\xff" + bytes(ipv4)


def addrv2_entry(network, address, port, services=9):
    return struct.pack("<I", TIME) + compact(services) + bytes([network]) + sized(address) + struct.pack(">H", port)


def version_payload():
    return (struct.pack("<iQq", 70016, 0x409, TIME) + struct.pack("<Q", 1) + endpoint(mapped(1, 2, 3, 4), 8333) +
            struct.pack("<Q", 0x409) + endpoint(mapped(5, 6, 7, 8), 8333) + struct.pack("<Q", 7) + sized(b"/seed:1/") +
            struct.pack("<iB", 800_000, 1))


def header(name, bits=0x207fffff):
    return struct.pack("<i", 4) + hash_of(name) + hash_of(name + "'s root") + struct.pack("<III", TIME, bits, 2)


ADDRV2 = compact(6) + b"".join((
    addrv2_entry(1, bytes([1, 2, 3, 4]), 8333), addrv2_entry(2, bytes.fromhex("20010db8") + bytes(12), 8333),
    addrv2_entry(4, hash_of("onion"), 8333), addrv2_entry(5, hash_of("i2p"), 0), addrv2_entry(6, b"\xfc" + bytes(15), 8333),
    addrv2_entry(99, b"unknown", 1)))


def p2p_messages():
    """The first byte says which decoder gets the rest."""
    yield "version", b"\0" + version_payload()
    yield "version_of_old", b"\0" + version_payload()[:46]
    yield "inventory", b"\1" + compact(4) + b"".join(struct.pack("<I", kind) + hash_of(str(kind)) for kind in (1, 5, 0x40000002, 77))
    yield "headers", b"\2" + compact(2) + header("one") + b"\0" + header("two") + b"\0"
    yield "header_with_transactions", b"\2" + compact(1) + header("one") + b"\1"
    yield "locator", b"\3" + struct.pack("<i", 70016) + compact(3) + hash_of("tip") + hash_of("middle") + hash_of("genesis") + bytes(32)
    yield "locator_too_long", b"\3" + struct.pack("<i", 70016) + compact(102) + hash_of("tip") * 102 + bytes(32)
    yield "addr", b"\4" + compact(2) + b"".join(struct.pack("<IQ", TIME, 9) + endpoint(v6, 8333)
                                                for v6 in (mapped(1, 2, 3, 4), bytes.fromhex("20010db8") + bytes(12)))
    yield "addrv2", b"\5" + ADDRV2
    yield "sendcmpct", b"\6" + struct.pack("<BQ", 1, 2)


def frame(name, payload, magic=REGTEST_MAGIC, checksum=None):
    return magic + name.ljust(12, b"\0") + struct.pack("<I", len(payload)) + (checksum or sha256d(payload)[:4]) + payload


def p2p_transport():
    """The first byte is the size of the pieces, less one; then the stream."""
    ping = frame(b"ping", bytes(8))
    yield "one_message", b"\xff" + ping
    yield "byte_by_byte", b"\0" + ping + frame(b"verack", b"")
    yield "cut_in_the_header", b"\x0c" + frame(b"version", version_payload()) + ping
    yield "wrong_checksum", b"\x1f" + frame(b"ping", bytes(8), checksum=b"abcd") + ping
    yield "wrong_magic", b"\x1f" + ping + frame(b"ping", bytes(8), magic=b"\xf9\xbe\xb4\xd9")
    yield "strange_type", b"\x1f" + frame(b"ping\0x", b"") + frame(b"tw\xfflve", b"") + ping
    yield "longest_type", b"\x07" + frame(b"twelveletter", PAYMENT)
    yield "too_long", b"\xff" + REGTEST_MAGIC + b"block".ljust(12, b"\0") + struct.pack("<I", 4_000_001) + bytes(4)


TYPES = ("version verack wtxidrelay sendaddrv2 sendheaders sendcmpct ping pong feefilter inv getdata notfound getheaders getblocks headers "
         "block tx addr addrv2 getaddr mempool filterload cmpctblock getblocktxn").split()


def p2p_conversation():
    """Steps of two peers: the lowest bit of a step says which one speaks, the next three what happens."""
    def message(name, payload=b"", peer=0):
        return bytes([4 << 1 | peer, TYPES.index(name), len(payload)]) + payload

    def tick(seconds):
        return bytes([1 << 1, seconds])

    def known(height, ask=True, witness=True, peer=0):
        return bytes([2 << 1 | peer, height, not witness, not ask])

    def block(tag, peer=0):
        return bytes([3 << 1 | peer, tag])

    answer = b"\0"
    inv_of_payment = compact(1) + struct.pack("<I", 1) + sha256d(PAYMENT)
    # Both are known: the second peer's announcement waits for the first one's request to end.
    yield "blocks", b"".join(block(tag, tag % 2) + answer * 3 for tag in range(1, 6)) + tick(1) + answer
    yield "blocks_late", block(1) + block(2, 1) + tick(255) * 4 + answer * 8
    yield "serving", b"".join(known(h, witness=h % 2 == 0) for h in range(4)) + answer * 4 + known(1, ask=False, peer=1)
    yield "transaction", message("inv", inv_of_payment) + tick(3) + message("tx", PAYMENT) + answer * 2 + tick(10)
    yield "orphans", message("tx", PAYMENT, 1) + tick(2) + message("tx", PAYMENT) + message("notfound", inv_of_payment, 1) + answer + tick(60)
    yield "announced_by_both", (message("wtxidrelay") + message("inv", inv_of_payment) + message("inv", inv_of_payment, 1) + tick(3) +
                                tick(61) + message("tx", PAYMENT, 1) + answer)
    yield "addresses", message("sendaddrv2") + message("addrv2", ADDRV2[:200]) + message("getaddr", peer=1) + tick(60) + message("addr", b"\0")
    yield "headers", (message("getheaders", struct.pack("<i", 70016) + b"\0" + bytes(32)) + message("sendheaders", peer=1) +
                      message("headers", compact(1) + header("unknown", 16) + b"\0", 1) + answer + tick(120))
    yield "misbehaving", message("headers", b"\xfd") + message("version", version_payload(), 1) + message("filterload") + tick(1)
    yield "pings", message("ping", bytes(8)) + tick(130) + message("pong", bytes(8)) + message("ping", b"", 1) + tick(255) * 5
    yield "low_bandwidth", message("mempool", peer=1) + message("feefilter", struct.pack("<Q", 1000)) + message("sendcmpct", b"\0" + struct.pack("<Q", 2))


def peers_file():
    """The file's entries; the target adds what stands before and after."""
    def entry(network, address, source, success=0, tried=False, buckets=(), attempts=0):
        return (bytes([network]) + sized(address) + struct.pack("<HQq", 8333, 9, TIME - 3600) + b"\1" + sized(source) +
                struct.pack("<qqIB", success, success, attempts, tried) + compact(len(buckets)) +
                b"".join(struct.pack("<H", bucket) for bucket in buckets))

    def whole(*entries):
        return hash_of("key") + compact(len(entries)) + b"".join(entries)

    source = bytes([9, 9, 9, 9])
    heard = [entry(1, bytes([20 + i, 1, 2, 3]), source, buckets=(i,)) for i in range(5)]
    reached = [entry(1, bytes([40 + i, 1, 2, 3]), source, success=TIME - 60, tried=True) for i in range(5)]
    yield "empty", whole()
    yield "heard_of", whole(*heard)
    yield "reached", whole(*reached)
    yield "networks", whole(entry(2, bytes.fromhex("20020102") + bytes(12), source), entry(3, hash_of("onion"), source),
                            entry(4, hash_of("i2p"), source), entry(5, b"\xfc" + hash_of("cjdns")[:15], source))
    yield "in_many_buckets", whole(entry(1, bytes([30, 1, 2, 3]), source, buckets=range(8), attempts=3), *heard)
    yield "named_twice", whole(heard[0], heard[0], reached[0], reached[0])
    yield "not_routable", whole(entry(1, bytes([127, 0, 0, 1]), source, buckets=(1,)), entry(6, bytes(10), source), *reached[:1])
    yield "tried_and_never_reached", whole(entry(1, bytes([30, 1, 2, 3]), source, tried=True, buckets=(5,)))
    yield "unknown_bucket", whole(entry(1, bytes([30, 1, 2, 3]), source, buckets=(1024,)))


def wallet_records():
    """Values of records: docs/formats/wallet.md."""
    def texts(pairs):
        return compact(len(pairs)) + b"".join(sized(a) + sized(b) for a, b in pairs)

    def tx_record(block, index, values):
        return (PAYMENT + block + b"\0" + struct.pack("<i", index) + b"\0" + texts(values) + texts([]) +
                struct.pack("<II", 0, TIME) + b"\0\0")

    yield "transaction_confirmed", tx_record(hash_of("block"), 3, [(b"fromaccount", b""), (b"n", b"7"), (b"timesmart", str(TIME).encode())])
    yield "transaction_abandoned", tx_record(b"\1" + bytes(31), -1, [(b"comment", b"for tea")])
    yield "transaction_conflicted", tx_record(hash_of("block"), -1, [])
    yield "transaction_replaced", tx_record(bytes(32), 0, [(b"replaced_by_txid", b"ab" * 32)])
    descriptor = b"wpkh([d34db33f/84h/0h/0h]xpub6DJ2dNUysrn5Vt36jH2KLBT2i1auw1tTSSomg8PhqNiUtx8QX2SvC9nrHu81fT41fvDUnhMjEzQgXnQjKEu3oaqMSzhSrHMxyyoEAmUHQbY/0/*)"
    yield "descriptor", sized(descriptor) + struct.pack("<Qiii", TIME, 5, 0, 1000)
    yield "locator", struct.pack("<i", 70016) + compact(3) + hash_of("tip") + hash_of("middle") + hash_of("genesis")
    yield "text", sized("Grüße".encode())
    yield "core_master_key", sized(hash_of("key") + hash_of("padding")[:16]) + sized(bytes(range(8))) + struct.pack("<II", 0, 25_000) + b"\0"
    # A private key as Bitcoin Core keeps it (here 1, whose public key is the generator), behind the secret that the target takes.
    prime, order = "f" * 55 + "efffffc2f", "f" * 31 + "ebaaedce6af48a03bbfd25e8cd0364141"
    generator = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    secret = (1).to_bytes(32, "big")
    der = (bytes.fromhex("3081d30201010420") + secret +
           bytes.fromhex("a08185308182020101302c06072a8648ce3d0101022100" + prime + "300604010004010704210279be667ef9dcbbac55a06295ce870b07"
                         "029bfcdb2dce28d959f2815b16f81798022100" + order + "020101a124032200") + generator)
    yield "private_key", secret + sized(der) + sha256d(generator + der)
    yield "private_key_der", der


TARGETS = (linearize, mempool_operations, net_address_text, p2p_conversation, p2p_messages, p2p_transport, peers_file, wallet_records)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    different = 0
    for target in TARGETS:
        folder = CORPUS / target.__name__
        for name, seed in target():
            path = folder / name
            if path.is_file() and path.read_bytes() == seed:
                continue
            different += 1
            print(path.relative_to(CORPUS))
            if not check:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(seed)
    print(f"{different} seeds {'are other than their maker makes them' if check else 'written'}")
    sys.exit(1 if check and different else 0)


main()
