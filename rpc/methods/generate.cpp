// Mining by the node itself, for regtest.

#include <array>

#include "crypto/hex.h"
#include "keys/descriptor.h"
#include "rpc/methods/descriptor_scripts.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json generate_to(const Call& call, int count, const Bytes& script)
{
    std::uint64_t tries = call["maxtries"].as_int<std::uint64_t>();
    Json hashes = Json::array();
    for (int i = 0; i < count && !call.chain().is_stopping(); ++i) {
        const auto block = unwrap(call.mining().generate(script, tries));
        if (!block) break;
        hashes.push(block->hash.to_hex());
    }
    return hashes;
}

Json generatetoaddress(const Call& call)
{
    const int count = call["nblocks"].as_int<int>();
    const auto destination = parse_address(call, call["address"].as_string(), "Error: Invalid address");
    return generate_to(call, count, keys::script_for(destination));
}

Json generatetodescriptor(const Call& call)
{
    const int count = call["num_blocks"].as_int<int>();
    return generate_to(call, count, script_of_descriptor(call["descriptor"].as_string(), call.context));
}

/// A descriptor, else an address.
Bytes parse_output(const Call& call, const std::string& text)
{
    if (keys::parse_descriptor(text, call.context.addresses, *call.context.signing)) {
        return script_of_descriptor(text, call.context);
    }
    return keys::script_for(parse_address(call, text, "Error: Invalid address or descriptor"));
}

TransactionRef parse_member(const Call& call, const std::string& text)
{
    if (const auto txid = Txid::from_hex(text)) {
        auto found = call.mempool().transaction(*txid);
        if (!found) refuse(Code::kInvalidAddressOrKey, "Transaction " + text + " not in mempool.");
        return found;
    }
    return parse_transaction(text, WitnessForm::kTryBoth,
                             "Transaction decode failed for " + text + ". Make sure the tx has at least one input.");
}

Json generateblock(const Call& call)
{
    const Bytes script = parse_output(call, call["output"].as_string());
    std::vector<TransactionRef> transactions;
    for (const Json& member : call["transactions"].as_array()) {
        transactions.push_back(parse_member(call, member.as_string()));
    }
    const bool submit = call["submit"].as_bool();
    const api::GeneratedBlock made = unwrap(call.mining().generate_block(script, std::move(transactions), submit));
    Json out = Json::object();
    out.set("hash", made.hash.to_hex());
    if (!submit) out.set("hex", to_hex(made.block->raw));
    return out;
}

Json generate(const Call& call)
{
    refuse(Code::kMethodNotFound, method_help(call.spec));
}

}  // namespace

std::span<const Entry> generate_methods()
{
    static constexpr std::array kTable{Entry{"generatetoaddress", generatetoaddress},
                                       Entry{"generatetodescriptor", generatetodescriptor},
                                       Entry{"generateblock", generateblock}, Entry{"generate", generate}};
    return kTable;
}

}  // namespace cairn::rpc
