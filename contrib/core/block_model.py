"""Regtest blocks made from a seed, and a model of the chain they extend: what is unspent after each block.

Bitcoin Core's test framework (its messages.py, from the tree that is tested against) encodes them; call use_framework first."""
import hashlib
import struct
import sys

KINDS = ("true", "wsh", "sh", "sh-wsh", "false")
MATURITY = 100
EASIEST_BITS = 0x207fffff
MAX_MONEY = 2_100_000_000_000_000
WITNESS_MAGIC = bytes.fromhex("6a24aa21a9ed")
m = None  # the framework's module `messages`


def use_framework(core_source):
    sys.path.insert(0, str(core_source / "test/functional"))
    global m
    from test_framework import messages
    m = messages
    return messages


def sha256(data):
    return hashlib.sha256(data).digest()


def hash160(data):
    from test_framework.crypto.ripemd160 import ripemd160
    return ripemd160(sha256(data))


def number(n):
    """As BIP34 wants the height pushed."""
    if n == 0:
        return b"\0"
    if n <= 16:
        return bytes([0x50 + n])
    data = n.to_bytes((n.bit_length() + 8) // 8, "little")
    return bytes([len(data)]) + data


def push(data):
    return (bytes([len(data)]) if len(data) < 0x4c else bytes([0x4c, len(data)])) + data


def p2wsh(script):
    return b"\0\x20" + sha256(script)


def p2sh(script):
    return b"\xa9\x14" + hash160(script) + b"\x87"


def locked(kind, script=b"\x51"):
    """The script_pubkey of a kind, and what spends it: script_sig and witness."""
    if kind == "true":
        return script, b"", []
    if kind == "wsh":
        return p2wsh(script), b"", [script]
    if kind == "sh":
        return p2sh(script), push(script), []
    if kind == "sh-wsh":
        return p2sh(p2wsh(script)), push(p2wsh(script)), [script]
    return b"\0", b"", []  # "false": no one can


class Coin:
    def __init__(self, txid, index, value, height, median_before, coinbase, spend):
        self.outpoint, self.value, self.height, self.coinbase = (txid, index), value, height, coinbase
        self.median_before = median_before  # of the block before the one that made it: where BIP68 counts times from
        self.spend = spend  # (kind, script)


class Entry:
    """A block of the model with the coins after it."""

    def __init__(self, previous, block_hash, time, coins):
        self.previous, self.hash, self.time, self.coins = previous, block_hash, time, coins
        self.height = previous.height + 1 if previous else 0

    def median_time(self):
        times, entry = [], self
        while entry and len(times) < 11:
            times.append(entry.time)
            entry = entry.previous
        return sorted(times)[len(times) // 2]


class Plan:
    """A block on its way: its parts may be changed before finish()."""

    def __init__(self, parent, random, made, segwit_height, sent):
        self.parent, self.random, self.height, self.made, self.sent = parent, random, parent.height + 1, made, sent
        self.version, self.bits, self.time = 0x20000000, EASIEST_BITS, parent.time + random.choice((1, 1, 60, 600))
        self.previous, self.transactions, self.fees = int(parent.hash, 16), [], 0
        self.time = max(self.time, parent.median_time() + 1)
        self.segwit = self.height >= segwit_height
        self.commitment = self.segwit
        self.free = [c for c in parent.coins.values() if self.may_spend(c)]
        self.after_coinbase, self.after_commitment, self.after_root, self.after_work = [], [], [], []

    def may_spend(self, coin):
        """Both programs run witness scripts in all blocks; before segwit's height none may have a witness."""
        mature = not coin.coinbase or self.height - coin.height >= MATURITY
        return mature and (coin.spend[0] in ("true", "sh") or (coin.spend[0] != "false" and self.segwit))

    def take(self, condition=lambda coin: True):
        """A coin that may be spent and that no other transaction of the block spends."""
        fitting = [c for c in self.free if condition(c)]
        if not fitting:
            return None
        coin = self.random.choice(fitting)
        self.free.remove(coin)
        return coin

    def spend(self, coins, outputs=None, sequence=0xffffffff, lock_time=0, version=2, fee=1_000):
        """A transaction of the block, valid if the coins are. `outputs`: (value, kind, script) or as a number, how many."""
        transaction = m.CTransaction()
        transaction.version, transaction.nLockTime = version, lock_time
        for place, coin in enumerate(coins):
            _, script_sig, witness = locked(*coin.spend)
            transaction.vin.append(m.CTxIn(m.COutPoint(int(coin.outpoint[0], 16), coin.outpoint[1]), script_sig, sequence))
            transaction.wit.vtxinwit.append(m.CTxInWitness())
            transaction.wit.vtxinwit[place].scriptWitness.stack = list(witness)
        total = sum(c.value for c in coins) - fee
        if not isinstance(outputs, list):
            count = outputs or self.random.randint(1, 3)
            outputs = [(total // count, self.random.choice(KINDS[:4] if self.random.random() < 0.9 else KINDS), b"\x51")
                       for _ in range(count)]
        for value, kind, script in outputs:
            transaction.vout.append(m.CTxOut(value, locked(kind, script)[0]))
        self.fees += sum(c.value for c in coins) - sum(o[0] for o in outputs)
        self.add(transaction, [o[1:] for o in outputs])
        return transaction

    def add(self, transaction, spends):
        self.transactions.append(transaction)
        self.made[id(transaction)] = (transaction, spends)

    def coin_of(self, transaction, index):
        """The output of a transaction of this block, as a coin."""
        return Coin(transaction.txid_hex, index, transaction.vout[index].nValue, self.height, self.parent.median_time(), False,
                    self.made[id(transaction)][1][index])

    def coinbase(self):
        coinbase = m.CTransaction()
        script_sig = number(self.height) + struct.pack("<BI", 4, self.random.getrandbits(32))
        coinbase.vin = [m.CTxIn(m.COutPoint(0, 0xffffffff), script_sig, 0xffffffff)]
        kind = self.random.choice(KINDS[:4])
        coinbase.vout = [m.CTxOut((5_000_000_000 >> self.height // 150) + self.fees, locked(kind)[0])]
        self.made[id(coinbase)] = (coinbase, [(kind, b"\x51")])
        return coinbase

    def commit(self, block):
        """The output and the reserved value that commit to the block's witnesses."""
        nonce = bytes(32)
        root = block.calc_witness_merkle_root().to_bytes(32, "little")
        block.vtx[0].vout.append(m.CTxOut(0, WITNESS_MAGIC + sha256(sha256(root + nonce))))
        block.vtx[0].wit.vtxinwit = [m.CTxInWitness()]
        block.vtx[0].wit.vtxinwit[0].scriptWitness.stack = [nonce]

    def finish(self):
        """The block, changed by all steps in their order, and its bytes."""
        block = m.CBlock()
        block.nVersion, block.hashPrevBlock, block.nBits, block.nTime = self.version, self.previous, self.bits, self.time
        block.vtx = [self.coinbase(), *self.transactions]
        for change in self.after_coinbase:
            change(block)
        if self.commitment:
            self.commit(block)
        for change in self.after_commitment:
            change(block)
        block.hashMerkleRoot = block.calc_merkle_root() if block.vtx else 0
        for change in self.after_root:
            change(block)
        if block.nBits == EASIEST_BITS:
            block.solve()
        data = block.serialize()
        for change in self.after_work:
            data = change(block, data)
        return block, data


def connect(parent, block, made):
    """The model's entry for a block that was accepted."""
    coins = dict(parent.coins)
    height = parent.height + 1
    for place, transaction in enumerate(block.vtx):
        if place:
            for i in transaction.vin:
                del coins[(f"{i.prevout.hash:064x}", i.prevout.n)]
        spends = made[id(transaction)][1] if id(transaction) in made else []
        txid = transaction.txid_hex
        for index, output in enumerate(transaction.vout):
            if index < len(spends):
                coins[(txid, index)] = Coin(txid, index, output.nValue, height, parent.median_time(), place == 0, spends[index])
    return Entry(parent, block.hash_hex, block.nTime, coins)
