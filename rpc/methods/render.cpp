#include "rpc/methods/render.h"

#include <fmt/format.h>

#include "crypto/hex.h"
#include "keys/address.h"
#include "keys/descriptor.h"
#include "keys/script_text.h"
#include "policy/options.h"
#include "policy/script_type.h"

namespace cairn::rpc {

Json hex_list(std::span<const ByteSpan> items)
{
    Json out = Json::array();
    for (const ByteSpan item : items) out.push(to_hex(item));
    return out;
}

std::string hex32(std::uint32_t value)
{
    return fmt::format("{:08x}", value);
}

double difficulty(std::uint32_t bits)  // floating: difficulty
{
    int shift = static_cast<int>(bits >> 24);
    double value = 65535.0 / static_cast<double>(bits & 0x00ffffffU);  // floating: difficulty
    for (; shift < 29; ++shift) value *= 256.0;
    for (; shift > 29; --shift) value /= 256.0;
    return value;
}

Json script_json(ByteSpan script, const keys::AddressFormat& format, ScriptParts parts,
                 const keys::SigningProvider* provider)
{
    static const keys::SigningProvider kNothing;
    Json out = Json::object();
    out.set("asm", keys::script_to_asm(script));
    out.set("desc", keys::infer_descriptor(script, provider != nullptr ? *provider : kNothing).to_string(format));
    if (parts == ScriptParts::kWithHex) out.set("hex", to_hex(script));
    if (const auto address = keys::address_of(script, format)) out.set("address", *address);
    out.set("type", policy::name(policy::classify_script(script).type));
    return out;
}

namespace {

Json input_json(const Transaction& transaction, std::size_t index, const keys::AddressFormat& format,
                const SpentView& spent)
{
    const TxInput& input = transaction.inputs[index];
    Json out = Json::object();
    if (transaction.is_coinbase()) {
        out.set("coinbase", to_hex(input.script_sig));
    } else {
        out.set("txid", input.prevout.txid.to_hex());
        out.set("vout", input.prevout.index);
        Json script = Json::object();
        script.set("asm", keys::script_to_asm(input.script_sig, keys::SighashNames::kShown));
        script.set("hex", to_hex(input.script_sig));
        out.set("scriptSig", std::move(script));
    }
    if (!input.witness.empty()) out.set("txinwitness", hex_list(input.witness));
    if (spent.outputs != nullptr && spent.shown) {
        const SpentOutputs::Entry& coin = (*spent.outputs)[spent.first + index];
        Json prevout = Json::object();
        prevout.set("generated", coin.coinbase).set("height", coin.height).set("value", coin.value);
        prevout.set("scriptPubKey", script_json(spent.outputs->script_pubkey(spent.first + index), format));
        out.set("prevout", std::move(prevout));
    }
    out.set("sequence", input.sequence);
    return out;
}

Amount fee_of(const Transaction& transaction, const SpentView& spent)
{
    Amount fee;
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) fee += (*spent.outputs)[spent.first + i].value;
    for (const TxOutput& output : transaction.outputs) fee += -output.value;
    return fee;
}

}  // namespace

void append_transaction(Json& entry, const Transaction& transaction, const keys::AddressFormat& format,
                        const SpentView& spent)
{
    entry.set("txid", transaction.txid.to_hex());
    entry.set("hash", transaction.wtxid.to_hex());
    entry.set("version", transaction.version);
    entry.set("size", transaction.raw.size());
    entry.set("vsize", policy::virtual_size(transaction.weight()));
    entry.set("weight", transaction.weight());
    entry.set("locktime", transaction.lock_time);
    Json inputs = Json::array();
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) inputs.push(input_json(transaction, i, format, spent));
    entry.set("vin", std::move(inputs));
    Json outputs = Json::array();
    for (std::size_t i = 0; i < transaction.outputs.size(); ++i) {
        const TxOutput& output = transaction.outputs[i];
        Json out = Json::object();
        out.set("value", output.value).set("n", i).set("scriptPubKey", script_json(output.script_pubkey, format));
        outputs.push(std::move(out));
    }
    entry.set("vout", std::move(outputs));
    if (spent.outputs != nullptr) entry.set("fee", fee_of(transaction, spent));
}

Json header_json(const api::BlockInfo& block)
{
    Json out = Json::object();
    out.set("hash", block.hash.to_hex());
    out.set("confirmations", block.confirmations);
    out.set("height", block.height);
    out.set("version", block.header.version);
    out.set("versionHex", hex32(static_cast<std::uint32_t>(block.header.version)));
    out.set("merkleroot", block.header.merkle_root.to_hex());
    out.set("time", block.header.time);
    out.set("mediantime", block.median_time_past);
    out.set("nonce", block.header.nonce);
    out.set("bits", hex32(block.header.bits));
    out.set("target", block.target.to_hex());
    out.set("difficulty", Json::real(difficulty(block.header.bits)));
    out.set("chainwork", block.chain_work.to_hex());
    out.set("nTx", block.transactions);
    if (block.height > 0) out.set("previousblockhash", block.header.previous.to_hex());
    if (block.next) out.set("nextblockhash", block.next->to_hex());
    return out;
}

namespace {

Json coinbase_json(const Transaction& coinbase)
{
    const TxInput& input = coinbase.inputs[0];
    Json out = Json::object();
    out.set("version", coinbase.version);
    out.set("locktime", coinbase.lock_time);
    out.set("sequence", input.sequence);
    out.set("coinbase", to_hex(input.script_sig));
    if (!input.witness.empty()) out.set("witness", to_hex(input.witness[0]));
    return out;
}

}  // namespace

Json block_json(const api::BlockInfo& info, const Block& block, int verbosity, const SpentOutputs* spent,
                const keys::AddressFormat& format)
{
    Json out = header_json(info);
    out.set("strippedsize", block.stripped_size);
    out.set("size", block.raw.size());
    out.set("weight", block.weight());
    out.set("coinbase_tx", coinbase_json(block.transactions[0]));
    Json transactions = Json::array();
    std::size_t first = 0;
    for (const Transaction& transaction : block.transactions) {
        if (verbosity == 1) {
            transactions.push(transaction.txid.to_hex());
            continue;
        }
        const bool coinbase = &transaction == block.transactions.data();
        Json entry = Json::object();
        append_transaction(entry, transaction, format, {coinbase ? nullptr : spent, first, verbosity >= 3});
        if (!coinbase) first += transaction.inputs.size();
        entry.set("hex", to_hex(transaction.raw));
        transactions.push(std::move(entry));
    }
    out.set("tx", std::move(transactions));
    return out;
}

}  // namespace cairn::rpc
