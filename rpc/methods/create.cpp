// createrawtransaction.

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "consensus/limits.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/script.h"
#include "crypto/hex.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

using consensus::kSequenceFinal;
constexpr std::uint32_t kNotFinal = kSequenceFinal - 1;
constexpr std::uint32_t kReplaceable = kSequenceFinal - 2;

std::uint32_t parse_sequence(const Json& value, bool replaceable, std::uint32_t lock_time)
{
    if (!value.is_number()) return replaceable ? kReplaceable : lock_time != 0 ? kNotFinal : kSequenceFinal;
    const auto sequence = value.as_int<std::int64_t>();
    if (sequence < 0 || sequence > std::int64_t{kSequenceFinal}) {
        refuse(Code::kInvalidParameter, "Invalid parameter, sequence number is out of range");
    }
    return static_cast<std::uint32_t>(sequence);
}

TxInputDraft parse_input(const Json& value, bool replaceable, std::uint32_t lock_time)
{
    (void)value.as_object();
    TxInputDraft input;
    input.prevout.txid = parse_hash_as<Txid>(value["txid"], "txid");
    if (!value["vout"].is_number()) refuse(Code::kInvalidParameter, "Invalid parameter, missing vout key");
    const int index = value["vout"].as_int<int>();
    if (index < 0) refuse(Code::kInvalidParameter, "Invalid parameter, vout cannot be negative");
    input.prevout.index = static_cast<std::uint32_t>(index);
    input.sequence = parse_sequence(value["sequence"], replaceable, lock_time);
    return input;
}

/// The members of an object, or of an array of objects with one each.
std::vector<Json::Member> parse_pairs(const Json& value)
{
    if (value.is_null()) {
        refuse(Code::kInvalidParameter, "Invalid parameter, output argument must be non-null");
    }
    if (value.is_object()) return value.as_object();
    std::vector<Json::Member> pairs;
    for (const Json& pair : value.as_array()) {
        if (!pair.is_object()) {
            refuse(Code::kInvalidParameter, "Invalid parameter, key-value pair not an object as expected");
        }
        if (pair.size() != 1) {
            refuse(Code::kInvalidParameter, "Invalid parameter, key-value pair must contain exactly one key");
        }
        pairs.push_back(pair.as_object().front());
    }
    return pairs;
}

Bytes data_script(const Json& value)
{
    // A number is taken as digits, as Bitcoin Core does.
    const Bytes data = parse_hex(value.is_number() ? Json(value.as_number_text()) : value, "Data");
    return ScriptWriter{}.op(Opcode::kReturn).push(data).take();
}

std::vector<TxOutputDraft> parse_outputs(const Call& call, const Json& value)
{
    std::set<keys::Destination> seen;
    bool has_data = false;
    std::vector<TxOutputDraft> outputs;
    for (const Json::Member& pair : parse_pairs(value)) {
        if (pair.key == "data") {
            if (has_data) refuse(Code::kInvalidParameter, "Invalid parameter, duplicate key: data");
            has_data = true;
            outputs.push_back({Amount{}, data_script(pair.value)});
            continue;
        }
        const Amount amount = pair.value.as_amount();
        const auto destination = parse_address(call, pair.key, "Invalid Bitcoin address: " + pair.key);
        if (!seen.insert(destination).second) {
            refuse(Code::kInvalidParameter, "Invalid parameter, duplicated address: " + pair.key);
        }
        outputs.push_back({amount, keys::script_for(destination)});
    }
    return outputs;
}

Json createrawtransaction(const Call& call)
{
    TransactionDraft draft;
    const auto lock_time = call["locktime"].as_int<std::int64_t>();
    if (lock_time < 0 || lock_time > std::numeric_limits<std::uint32_t>::max()) {
        refuse(Code::kInvalidParameter, "Invalid parameter, locktime out of range");
    }
    draft.lock_time = static_cast<std::uint32_t>(lock_time);
    draft.version = call["version"].as_int<std::uint32_t>();
    if (draft.version < 1 || draft.version > 3) {
        refuse(Code::kInvalidParameter, "Invalid parameter, version out of range(1~3)");
    }
    const bool replaceable = call["replaceable"].as_bool();
    for (const Json& input : call["inputs"].as_array()) {
        draft.inputs.push_back(parse_input(input, replaceable, draft.lock_time));
    }
    draft.outputs = parse_outputs(call, call["outputs"]);
    const auto signals = [](const TxInputDraft& input) { return input.sequence <= kReplaceable; };
    const bool wanted = replaceable && call.arguments[3].is_bool();
    if (wanted && !draft.inputs.empty() && !std::ranges::any_of(draft.inputs, signals)) {
        refuse(Code::kInvalidParameter,
               "Invalid parameter combination: Sequence number(s) contradict replaceable option");
    }
    return to_hex(draft.encode());
}

}  // namespace

std::span<const Entry> create_methods()
{
    static constexpr std::array kTable{Entry{"createrawtransaction", createrawtransaction}};
    return kTable;
}

}  // namespace cairn::rpc
