"""What may be done to a block of block_model.Plan: most of it breaks one rule, or stays just inside it. Each function of
MUTATIONS takes the plan; one that finds no coin it needs leaves the plan as it is."""
import copy

import block_model
from block_model import MATURITY, MAX_MONEY, WITNESS_MAGIC, number, sha256

MUTATIONS = []
MAX_WEIGHT, MAX_SIGOPS_COST = 4_000_000, 80_000
CHECKSIG, IF, ENDIF = b"\xac", b"\x63", b"\x68"


def mutation(function):
    MUTATIONS.append(function)
    return function


def any_spend(plan):
    coin = plan.take()
    return plan.spend([coin]) if coin else None


def pick_transaction(plan):
    return plan.random.choice(plan.transactions) if plan.transactions else any_spend(plan)


# Inputs


@mutation
def missing_coin(plan):
    coin = plan.take()
    if coin:
        coin = copy.copy(coin)
        coin.outpoint = plan.random.choice([(f"{plan.random.getrandbits(256):064x}", 0), (coin.outpoint[0], coin.outpoint[1] + 7)])
        plan.spend([coin])


@mutation
def double_spend(plan):
    coin = plan.take()
    if coin:
        plan.spend([coin])
        plan.spend([coin], fee=2_000)


@mutation
def duplicate_input(plan):
    coin = plan.take()
    if coin:
        plan.spend([coin, coin])


@mutation
def duplicate_transaction(plan):
    transaction = pick_transaction(plan)
    if transaction:
        plan.transactions.append(transaction)


@mutation
def family(plan):
    """A child after its parent, or before it."""
    coin = plan.take()
    if not coin:
        return
    parent = plan.spend([coin], outputs=2)
    if plan.made[id(parent)][1][1][0] != "false":
        plan.spend([plan.coin_of(parent, 1)])
    if plan.random.random() < 0.5:
        plan.transactions.reverse()


@mutation
def premature_coinbase(plan):
    """One block too early, as early as may be, or in the very block."""
    age = plan.random.choice((MATURITY - 1, MATURITY, 1))
    for coin in plan.parent.coins.values():
        if coin.coinbase and plan.height - coin.height == age:
            plan.spend([coin])
            return


@mutation
def null_prevout(plan):
    transaction = pick_transaction(plan)
    if transaction:
        spent = block_model.m.CTxIn(block_model.m.COutPoint(0, 0xffffffff), b"\0" * 4)
        transaction.vin = [*transaction.vin, spent] if plan.random.random() < 0.5 else [spent]
        transaction.wit.vtxinwit = []


@mutation
def no_inputs_or_outputs(plan):
    transaction = pick_transaction(plan)
    if transaction and plan.random.random() < 0.5:
        transaction.vout = []
    elif transaction:
        transaction.vin, transaction.wit.vtxinwit = [], []


@mutation
def locked_by_time(plan):
    """Final in this block, or not yet; ignored where all inputs are final."""
    coin = plan.take()
    if coin:
        median = plan.parent.median_time()
        lock = plan.random.choice((plan.height - 1, plan.height, median - 1, median, plan.time, 499_999_999, 500_000_000, 0xffffffff))
        plan.spend([coin], lock_time=lock, sequence=plan.random.choice((0, 0xfffffffe, 0xfffffffe, 0xffffffff)))


@mutation
def locked_by_age(plan):
    """BIP68: at the height or time, or one beyond, or switched off."""
    coin = plan.take(lambda c: plan.height - c.height < 0xffff)
    if not coin:
        return
    blocks = plan.height - coin.height + plan.random.choice((0, 1))
    units = max(0, (plan.parent.median_time() - coin.median_before) // 512 + plan.random.choice((0, 1)))
    sequence = plan.random.choice((blocks, 1 << 22 | min(units, 0xffff), 1 << 31 | 0xffff, blocks | 1 << 16, 1 << 22 | 0xffff))
    plan.spend([coin], sequence=sequence, version=plan.random.choice((2, 2, 3, 0xffffffff, 0x80000000, 1, 0)))


# Scripts


@mutation
def script_fails(plan):
    way = plan.random.randrange(6)
    unspendable = [c for c in plan.parent.coins.values() if c.spend[0] == "false"]
    if way == 0 and unspendable:
        plan.spend([plan.random.choice(unspendable)])
        return
    coin = plan.take(lambda c: way < 2 or c.spend[0] == ("true", "wsh", "sh", "sh-wsh")[way - 2])
    if not coin:
        return
    transaction = plan.spend([coin])
    stack = transaction.wit.vtxinwit[0].scriptWitness.stack
    change = plan.random.randrange(5)
    if change == 0:
        transaction.vin[0].scriptSig += b"\x51"
    elif change == 1:
        transaction.vin[0].scriptSig += b"\0"
    elif change == 2:
        stack.append(b"\x01")
    elif change == 3 and stack:
        stack.pop()
    else:
        stack.insert(0, b"")


# Amounts


@mutation
def amounts(plan):
    coin = plan.take()
    if coin:
        values = plan.random.choice(([coin.value], [coin.value + 1], [-1], [MAX_MONEY], [MAX_MONEY + 1], [MAX_MONEY, 1], [0], [0, coin.value]))
        fees = plan.fees
        plan.spend([coin], outputs=[(value, "true", b"\x51") for value in values])
        if plan.fees < fees:
            plan.fees = fees


@mutation
def coinbase_amount(plan):
    more = plan.random.choice((1, 1, -1, 100_000_000, -5_000_000_000 // 2, MAX_MONEY))

    def change(block):
        block.vtx[0].vout[0].nValue += more
    plan.after_coinbase.append(change)


# Coinbase


@mutation
def coinbase_script(plan):
    high = number(plan.height)
    script = plan.random.choice((
        number(plan.height + 1) + b"\0" * 4, number(plan.height - 1) + b"\0" * 4, b"\x4c" + high + b"\0" * 4, b"", b"\0", high,
        high + b"\0" * (100 - len(high)), high + b"\0" * (101 - len(high)), bytes([len(high)]) + high[1:] + b"\0" * 4,
        b"\x04" + plan.height.to_bytes(4, "little")))

    def change(block):
        block.vtx[0].vin[0].scriptSig = script
    plan.after_coinbase.append(change)


@mutation
def coinbase_shape(plan):
    way = plan.random.randrange(8)

    def change(block):
        coinbase = block.vtx[0]
        if way == 0:
            coinbase.vout = []
        elif way == 1:
            coinbase.vin[0].prevout.n = 0
        elif way == 2:
            coinbase.nLockTime, coinbase.vin[0].nSequence = plan.height, plan.random.choice((0, 0xffffffff))
        elif way == 3:
            coinbase.vin.append(copy.deepcopy(coinbase.vin[0]))
        elif way == 4:
            block.vtx.insert(1, copy.deepcopy(coinbase))
        elif way == 5 and len(block.vtx) > 1:
            block.vtx.append(block.vtx.pop(0))
        elif way == 6:
            coinbase.version = plan.random.choice((0, 1, 0xffffffff))
        else:
            coinbase.vin[0].nSequence = plan.random.choice((0, 1, 1 << 22))
    plan.after_coinbase.append(change)
    if way in (3, 5):
        plan.commitment = False


@mutation
def old_coinbase(plan):
    """Of a block before: where BIP34 is not active, a txid that may still have coins (BIP30)."""
    plan.transactions, plan.fees = [], 0
    old = [block.vtx[0] for block, _ in plan.sent if block.vtx]

    def change(block):
        if old:
            block.vtx[0] = copy.deepcopy(plan.random.choice(old))
    plan.after_commitment.append(change)


# Witness commitment


@mutation
def commitment_or_not(plan):
    plan.commitment = not plan.commitment


@mutation
def commitment_form(plan):
    way = plan.random.randrange(10)

    def change(block):
        if not block.vtx or not block.vtx[0].wit.vtxinwit:
            return
        coinbase, stack = block.vtx[0], block.vtx[0].wit.vtxinwit[0].scriptWitness.stack
        output = block_model.m.CTxOut(0, WITNESS_MAGIC + bytes(32))
        right = coinbase.vout[-1]
        if way == 0:
            coinbase.vout.append(output)  # the last one counts
        elif way == 1:
            coinbase.vout.insert(len(coinbase.vout) - 1, output)
        elif way == 2:
            right.scriptPubKey = right.scriptPubKey[:-1]
        elif way == 3:
            right.scriptPubKey += plan.random.randbytes(plan.random.randint(1, 40))
        elif way == 4:
            stack[0] = stack[0][:31]
        elif way == 5:
            stack.append(bytes(32))
        elif way == 6:
            stack[0] = b"\x01" * 32
        elif way == 7:
            stack[0] = b"\x01" * 32
            right.scriptPubKey = WITNESS_MAGIC + sha256(sha256(block.calc_witness_merkle_root().to_bytes(32, "little") + stack[0]))
        elif way == 8:
            stack.clear()
        else:
            coinbase.vout.append(block_model.m.CTxOut(0, right.scriptPubKey[:37]))
    plan.after_commitment.append(change)


@mutation
def witness_changed(plan):
    """After the commitment was made: the txids stay."""
    def change(block):
        transaction = plan.random.choice(block.vtx)
        if not transaction.wit.vtxinwit:
            transaction.wit.vtxinwit = [block_model.m.CTxInWitness() for _ in transaction.vin]
        if transaction.wit.vtxinwit:
            stack = transaction.wit.vtxinwit[0].scriptWitness.stack
            stack.append(b"\x01") if plan.random.random() < 0.5 else stack.clear()
    plan.after_commitment.append(change)


# Header


@mutation
def version(plan):
    plan.version = plan.random.choice((-1, 0, 1, 2, 3, 4, 5, 0x7fffffff, -0x80000000))


@mutation
def time(plan):
    median = plan.parent.median_time()
    plan.time = plan.random.choice((median, median - 1, median + 1, 0, 0xffffffff))


@mutation
def bits(plan):
    plan.bits = plan.random.choice((0x1f7fffff, 0x207ffffe, 0, 0x1d00ffff, 0x21008000, 0x20800000, 0xff7fffff))


@mutation
def unknown_previous(plan):
    plan.previous = plan.random.getrandbits(256)


@mutation
def wrong_root(plan):
    def change(block):
        block.hashMerkleRoot ^= 1 << plan.random.randrange(256)
    plan.after_root.append(change)


@mutation
def no_work(plan):
    def change(block, _):
        target = 0x7fffff << 8 * (0x20 - 3)
        while block.hash_int <= target:
            block.nNonce += 1
        return block.serialize()
    plan.after_work.append(change)


# The bytes


@mutation
def repeated_tail(plan):
    """The same Merkle root with transactions repeated (CVE-2012-2459)."""
    def change(block, _):
        count = len(block.vtx)
        tail = count & -count
        block.vtx += block.vtx[count - tail:]
        return block.serialize()
    plan.after_work.append(change)


@mutation
def other_bytes(plan):
    way = plan.random.randrange(5)

    def change(block, data):
        if way == 0:
            return data + b"\0" * plan.random.randint(1, 4)
        if way == 1:
            return data[:plan.random.randrange(len(data))]
        if way == 2:
            place = plan.random.randrange(80, len(data))
            return data[:place] + bytes([data[place] ^ 1 << plan.random.randrange(8)]) + data[place + 1:]
        if way == 3:
            return data[:80] + b"\0"
        return data[:80]
    plan.after_work.append(change)


@mutation
def small_transaction(plan):
    """64 bytes without witness, as an inner node of the Merkle tree; or one more or less."""
    coin = plan.take(lambda c: c.spend[0] in ("true", "wsh"))
    if coin:
        transaction = plan.spend([coin], outputs=[(coin.value, "true", b"\x51")])
        transaction.vout[0].scriptPubKey = b"\x6a" + b"\0" * plan.random.choice((2, 3, 4))


# Limits


@mutation
def signature_operations(plan):
    """Just inside the limit or one over: in outputs, behind P2SH, behind a witness, or together."""
    over, way = plan.random.choice((0, 1)), plan.random.randrange(3)
    checks = 0
    if way > 0:
        coin = plan.take(lambda c: c.spend[0] == "true")
        if not coin:
            return
        checks = 100 + (over if way == 2 else 0)
        script = b"\0" + IF + CHECKSIG * checks + ENDIF + b"\x51"
        parent = plan.spend([coin], outputs=[(coin.value, "sh" if way == 1 else "wsh", script)])
        plan.spend([plan.coin_of(parent, 0)], outputs=[(coin.value, "true", b"\x51")])
    rest = MAX_SIGOPS_COST - 100 * (0, 4, 1)[way]

    def change(block):
        block.vtx[0].vout.append(block_model.m.CTxOut(0, CHECKSIG * (rest // 4 + (over if way < 2 else 0))))
    plan.after_coinbase.append(change)


@mutation
def weight(plan):
    """A block as heavy as may be, or one more: by outputs, or by witness."""
    if plan.random.random() < 0.7:
        return  # these take long
    over = plan.random.choice((0, 1))
    coin = plan.take(lambda c: c.spend[0] == "wsh")
    if not coin:
        return
    script = b"\x75" * 4 + b"\x51"  # drops what is in the witness for its weight only
    parent = plan.spend([coin], outputs=[(coin.value, "wsh", script)])
    child = plan.spend([plan.coin_of(parent, 0)], outputs=[(coin.value, "true", b"\x51")])
    stack = child.wit.vtxinwit[0].scriptWitness.stack
    stack[:0] = [b"\0" * 500] * 4

    def fill(block):
        filler = block_model.m.CTxOut(0, b"\x6a" + b"\0" * 100_000)
        block.vtx[0].vout.append(filler)
        probe = copy.deepcopy(block)
        plan.commit(probe)
        short = MAX_WEIGHT + over - probe.get_weight()
        filler.scriptPubKey += b"\0" * (short // 4)
        stack[0] += b"\0" * (short % 4)
    plan.after_coinbase.append(fill)
