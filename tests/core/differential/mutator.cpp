#include "mutator.h"

#include <algorithm>
#include <array>
#include <optional>

#include "consensus/limits.h"
#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "crypto/hashes.h"
#include "crypto/public_key.h"
#include "crypto/sha256.h"
#include "support/block_builder.h"

namespace cairn::differential {

namespace {

constexpr std::uint32_t kEasiestBits = 0x207fffff;

/// What the last instruction pushes.
std::optional<Bytes> last_push(ByteSpan script)
{
    std::optional<Instruction> last;
    ScriptReader reader(script);
    while (const auto instruction = reader.next()) last = instruction;
    if (!last || !last->is_push()) return std::nullopt;
    return Bytes(last->data.begin(), last->data.end());
}

/// `script` with another last push.
Bytes with_last_push(ByteSpan script, ByteSpan data)
{
    std::size_t begin = 0;
    ScriptReader reader(script);
    for (std::size_t place = 0; reader.next(); place = reader.position()) begin = place;
    return ScriptWriter{}.append(script.first(begin)).push(data).take();
}

std::size_t count_without_annex(const std::vector<Bytes>& witness)
{
    const bool annex = witness.size() >= 2 && !witness.back().empty() && witness.back()[0] == consensus::kAnnexTag;
    return witness.size() - (annex ? 1 : 0);
}

/// The script_pubkey whose taproot commitment the witness's last two items are; the control block's parity is put
/// right.
std::optional<Bytes> taproot_script_pubkey(std::vector<Bytes>& witness)
{
    const std::size_t count = count_without_annex(witness);
    if (count < 2) return std::nullopt;
    Bytes& control = witness[count - 1];
    if (!consensus::is_control_block_size(control.size())) return std::nullopt;
    const auto internal = crypto::XOnlyKey::parse(ByteSpan{control}.subspan(1, 32));
    if (!internal) return std::nullopt;
    const auto version = static_cast<std::uint8_t>(static_cast<std::uint8_t>(control[0]) & consensus::kTaprootLeafMask);
    const auto root = consensus::taproot_merkle_root(control, consensus::tapleaf_hash(version, witness[count - 2]));
    const auto output = internal->taproot_output(root);
    control[0] = static_cast<std::byte>(version | (output->odd ? 1 : 0));
    return make_witness_program_script(1, output->key.bytes());
}

std::optional<Bytes> program_for(const WitnessProgram& program, std::vector<Bytes>& witness)
{
    if (witness.empty()) return std::nullopt;
    if (program.is_p2wsh()) return make_witness_program_script(0, crypto::sha256(witness.back()).span());
    if (program.is_p2wpkh()) return make_witness_program_script(0, crypto::hash160(witness.back()));
    if (program.is_p2tr() && witness.size() > 1) return taproot_script_pubkey(witness);
    return std::nullopt;
}

}  // namespace

void put_commitments_right(Spend& spend)
{
    auto& input = spend.transaction.inputs[spend.input];
    auto& script_pubkey = spend.spent[spend.input].script_pubkey;
    if (const auto program = witness_program(script_pubkey)) {
        if (auto script = program_for(*program, input.witness)) script_pubkey = std::move(*script);
        return;
    }
    if (!is_p2sh(script_pubkey)) {
        if (is_p2pkh(script_pubkey)) {
            if (const auto key = last_push(input.script_sig)) script_pubkey = make_p2pkh_script(crypto::hash160(*key));
        }
        return;
    }
    auto redeem = last_push(input.script_sig);
    if (!redeem) return;
    if (const auto program = witness_program(*redeem)) {
        if (auto script = program_for(*program, input.witness)) {
            redeem = std::move(script);
            input.script_sig = with_last_push(input.script_sig, *redeem);
        }
    }
    script_pubkey = make_p2sh_script(crypto::hash160(*redeem));
}

void Mutator::mutate(Spend& spend)
{
    for (auto changes = 1 + random_.below(4); changes > 0; --changes) {
        switch (random_.below(10)) {
            case 0:
            case 1:
            case 2:
            case 3:
                change_scripts(spend);
                break;
            case 4:
            case 5:
                change_witness(spend.transaction.inputs[spend.input].witness);
                break;
            case 6:
                change_signature(spend);
                break;
            case 7:
            case 8:
                change_fields(spend);
                break;
            default:
                change_shape(spend);
                break;
        }
    }
    if (random_.chance(7, 8)) put_commitments_right(spend);
}

/// One of those that are run: script_sig, script_pubkey, redeem script, witness script, leaf.
void Mutator::change_scripts(Spend& spend)
{
    auto& input = spend.transaction.inputs[spend.input];
    auto& script_pubkey = spend.spent[spend.input].script_pubkey;
    const std::size_t count = count_without_annex(input.witness);
    const auto program = witness_program(script_pubkey);
    const bool hidden = program || is_p2sh(script_pubkey);
    if (hidden && count > 0 && random_.chance(7, 8)) {
        const bool leaf = program && program->is_p2tr() && count > 1;
        scripts_.mutate(input.witness[count - (leaf ? 2 : 1)]);
    } else if (auto redeem = last_push(input.script_sig); redeem && is_p2sh(script_pubkey) && random_.chance(3, 4)) {
        scripts_.mutate(*redeem);
        input.script_sig = with_last_push(input.script_sig, *redeem);
    } else if (random_.chance(1, 2)) {
        scripts_.mutate(input.script_sig);
    } else if (!hidden || random_.chance(1, 4)) {
        scripts_.mutate(script_pubkey);
    }
}

void Mutator::change_witness(std::vector<Bytes>& witness)
{
    const auto place = static_cast<std::ptrdiff_t>(random_.below(witness.size() + 1));
    const bool at_end = place == static_cast<std::ptrdiff_t>(witness.size());
    const auto at = witness.begin() + place;
    switch (random_.below(8)) {
        case 0:
            witness.insert(at, scripts_.interesting_data());
            break;
        case 1:
            if (!at_end) witness.erase(at);
            break;
        case 2:
            if (!at_end) witness.insert(at, Bytes(*at));
            break;
        case 3:
            if (!at_end) std::swap(*at, witness[random_.below(witness.size())]);
            break;
        case 4: {  // an annex, or what is nearly one
            Bytes annex = scripts_.interesting_data();
            annex.insert(annex.begin(), random_.chance(7, 8) ? consensus::kAnnexTag : std::byte{0x51});
            witness.push_back(std::move(annex));
            break;
        }
        case 5: {  // a control block of another length, up to one node too many
            if (witness.empty()) break;
            Bytes& control = witness[count_without_annex(witness) - 1];
            static constexpr std::array<std::size_t, 8> kSizes{32, 33, 34, 65, 97, 128, 33 + 32 * 128, 33 + 32 * 129};
            control.resize(kSizes[random_.below(kSizes.size())]);
            break;
        }
        case 6:
            if (!at_end) *at = scripts_.interesting_data();
            break;
        default:
            if (!at_end) scripts_.mutate_bytes(*at);
            break;
    }
}

/// The hash type, the length or a byte of what may be a signature.
void Mutator::change_signature(Spend& spend)
{
    static constexpr std::array<std::uint8_t, 14> kTypes{0,    1,    2,    3,    4,    0x40, 0x80,
                                                         0x81, 0x82, 0x83, 0x84, 0xc1, 0xff, 0x21};
    auto& input = spend.transaction.inputs[spend.input];
    const auto change = [&](Bytes& signature) {
        if (signature.size() < 9) return;
        const auto type = static_cast<std::byte>(kTypes[random_.below(kTypes.size())]);
        switch (random_.below(4)) {
            case 0:
                if (signature.size() == 64) {
                    signature.push_back(type);
                    break;
                }
                [[fallthrough]];
            case 1:
                signature.back() = type;
                break;
            case 2:
                signature.insert(signature.begin() + static_cast<std::ptrdiff_t>(random_.below(signature.size())),
                                 std::byte{0});
                break;
            default:
                scripts_.mutate_bytes(signature);
                break;
        }
    };
    std::vector<Bytes*> candidates;
    for (auto& item : input.witness) {
        if (item.size() >= 9 && item.size() <= 73) candidates.push_back(&item);
    }
    if (!candidates.empty()) {
        change(*candidates[random_.below(candidates.size())]);
        return;
    }
    std::vector<Bytes> pushes;
    ScriptReader reader(input.script_sig);
    while (const auto instruction = reader.next())
        pushes.emplace_back(instruction->data.begin(), instruction->data.end());
    if (pushes.empty() || !reader.at_end()) return;
    change(pushes[random_.below(pushes.size())]);
    ScriptWriter writer;
    for (const auto& push : pushes) writer.push(push);
    input.script_sig = writer.take();
}

void Mutator::change_fields(Spend& spend)
{
    auto& transaction = spend.transaction;
    auto& any_input = transaction.inputs[random_.below(transaction.inputs.size())];
    auto& own_input = transaction.inputs[spend.input];
    const auto amount = [&]() -> Amount {
        static constexpr std::array<std::int64_t, 7> kAmounts{
            0, 1, -1, 2'100'000'000'000'000, 2'100'000'000'000'001, INT64_MAX, INT64_MIN};
        return Amount{kAmounts[random_.below(kAmounts.size())]};
    };
    switch (random_.below(7)) {
        case 0:
            own_input.sequence = scripts_.interesting_number();
            break;
        case 1:
            any_input.sequence = scripts_.interesting_number();
            break;
        case 2:
            transaction.lock_time = scripts_.interesting_number();
            break;
        case 3:
            transaction.version = scripts_.interesting_number();
            break;
        case 4:
            spend.spent[random_.below(spend.spent.size())].value = amount();
            break;
        case 5:
            if (!transaction.outputs.empty())
                transaction.outputs[random_.below(transaction.outputs.size())].value = amount();
            break;
        default:
            any_input.prevout.index = scripts_.interesting_number();
            break;
    }
}

/// Inputs and outputs more, fewer, or in another order.
void Mutator::change_shape(Spend& spend)
{
    auto& [transaction, spent, input] = spend;
    const auto other = static_cast<std::uint32_t>(random_.below(transaction.inputs.size()));
    const auto at = static_cast<std::ptrdiff_t>(other);
    switch (random_.below(6)) {
        case 0:
            transaction.inputs.push_back(transaction.inputs[other]);
            transaction.inputs.back().prevout.index ^= random_.chance(3, 4) ? 1U : 0U;
            spent.push_back(spent[other]);
            break;
        case 1:
            if (other == input) break;
            transaction.inputs.erase(transaction.inputs.begin() + at);
            spent.erase(spent.begin() + at);
            if (other < input) --input;
            break;
        case 2:
            std::swap(transaction.inputs[other], transaction.inputs[input]);
            std::swap(spent[other], spent[input]);
            input = other;
            break;
        case 3:
            if (!transaction.outputs.empty()) transaction.outputs.pop_back();
            break;
        case 4: {
            Bytes script = scripts_.interesting_data();
            transaction.outputs.push_back(
                {Amount{static_cast<std::int64_t>(random_.below(1'000'000))}, std::move(script)});
            break;
        }
        default:
            input = other;
            break;
    }
}

void Mutator::change_transactions(std::vector<TransactionDraft>& transactions)
{
    if (transactions.empty()) return;
    const std::size_t place = random_.below(transactions.size());
    auto& transaction = transactions[place];
    switch (random_.below(9)) {
        case 0:
            transactions.push_back(transactions[place]);
            break;
        case 1: {  // the tail again, as CVE-2012-2459 does
            const std::size_t tail = std::min<std::size_t>(transactions.size(), std::size_t{1} << random_.below(3));
            for (std::size_t i = 0; i < tail; ++i) transactions.push_back(transactions[transactions.size() - tail]);
            break;
        }
        case 2:
            transactions.erase(transactions.begin() + static_cast<std::ptrdiff_t>(place));
            break;
        case 3:
            std::swap(transactions[place], transactions[random_.below(transactions.size())]);
            break;
        case 4: {  // legacy signature operations near the limit, or size
            const auto checks = static_cast<std::size_t>(consensus::kMaxBlockSigopCost / 4) - random_.below(3);
            const Bytes script = random_.chance(1, 2) ? Bytes(checks, static_cast<std::byte>(Opcode::kCheckSig))
                                                      : Bytes(999'000 + random_.below(1'000));
            transaction.outputs.push_back({Amount{}, script});
            break;
        }
        case 5:
            if (!transaction.inputs.empty())
                scripts_.mutate(transaction.inputs[random_.below(transaction.inputs.size())].script_sig);
            break;
        case 6:
            if (!transaction.inputs.empty()) transaction.inputs.pop_back();
            break;
        default:
            if (transaction.inputs.empty()) break;
            Spend spend{transaction, std::vector<TxOutputDraft>(transaction.inputs.size()), 0};
            random_.chance(1, 2) ? change_fields(spend) : change_shape(spend);
            transaction = std::move(spend.transaction);
            break;
    }
}

Bytes Mutator::mutate(const Block& block)
{
    std::vector<TransactionDraft> transactions;
    for (const Transaction& transaction : block.transactions) transactions.emplace_back(transaction);
    for (auto changes = 1 + random_.below(3); changes > 0; --changes) change_transactions(transactions);
    test::BlockDraft draft;
    draft.header = block.header;
    for (const auto& transaction : transactions) draft.transactions.push_back(transaction.finish());
    if (random_.chance(7, 8)) draft.set_merkle_root();
    if (random_.chance(7, 8)) {
        draft.header.bits = kEasiestBits;
        draft.mine();
    }
    Bytes encoded = draft.encode();
    if (random_.chance(1, 8)) mutate(encoded);
    return encoded;
}

}  // namespace cairn::differential
