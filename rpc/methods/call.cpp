#include "rpc/methods/call.h"

#include <algorithm>
#include <cassert>

#include "base/io_error.h"
#include "base/thread.h"
#include "crypto/hex.h"
#include "keys/address.h"

namespace cairn::rpc {

void refuse(Code code, const std::string& message)
{
    throw Error(code, message);
}

void refuse(const api::Error& error)
{
    throw Error(static_cast<int>(error.code), error.message);
}

const Json& Call::operator[](std::string_view name) const
{
    const Argument* argument = spec.find_argument(name);
    assert(argument != nullptr);
    const auto position = static_cast<std::size_t>(argument - spec.arguments.data());
    const Json& given = arguments[position];
    return given.is_null() ? argument->fallback : given;
}

api::NetworkControl& Call::network() const
{
    if (context.node.network == nullptr) {
        refuse(Code::kP2pDisabled, "Error: Peer-to-peer functionality missing or disabled");
    }
    return *context.node.network;
}

api::WalletManager& Call::wallets() const
{
    if (context.node.wallets == nullptr) refuse(Code::kMethodNotFound, "Method not found");
    return *context.node.wallets;
}

Hash256 parse_hash(const Json& value, std::string_view name)
{
    const std::string& text = value.as_string();
    if (const auto hash = Hash256::from_hex(text)) return *hash;
    if (text.size() != 64) {
        refuse(Code::kInvalidParameter, std::string(name) + " must be of length 64 (not " +
                                            std::to_string(text.size()) + ", for '" + text + "')");
    }
    refuse(Code::kInvalidParameter, std::string(name) + " must be hexadecimal string (not '" + text + "')");
}

Outpoint parse_outpoint(const Json& value, Code negative, const std::string& text)
{
    const auto txid = parse_hash_as<Txid>(value["txid"], "txid");
    const int index = value["vout"].as_int<int>();
    if (index < 0) refuse(negative, text);
    return {txid, static_cast<std::uint32_t>(index)};
}

keys::Destination parse_address(const Call& call, const std::string& text, const std::string& message)
{
    auto destination = keys::decode_address(text, call.context.addresses);
    if (!destination) refuse(Code::kInvalidAddressOrKey, message);
    return *std::move(destination);
}

Bytes parse_hex(const Json& value, std::string_view name)
{
    const std::string text = value.is_string() ? value.as_string() : "";
    auto bytes = from_hex(text);
    if (!bytes || text.empty()) {
        refuse(Code::kInvalidParameter, std::string(name) + " must be hexadecimal string (not '" + text + "')");
    }
    return *std::move(bytes);
}

int parse_verbosity(const Json& value, int fallback)
{
    if (value.is_null()) return fallback;
    if (value.is_bool()) return value.as_bool() ? 1 : 0;
    return value.as_int<int>();
}

std::optional<std::chrono::milliseconds> parse_timeout(const Json& value)
{
    const int timeout = value.is_null() ? 0 : value.as_int<int>();
    if (timeout < 0) refuse(Code::kMisc, "Negative timeout");
    if (timeout == 0) return std::nullopt;
    return std::chrono::milliseconds(timeout);
}

DescriptorRange parse_descriptor_range(const Json& value)
{
    DescriptorRange range;
    if (value.is_number()) {
        range.end = value.as_int<std::int64_t>();
    } else if (value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number()) {
        range = {value[0].as_int<std::int64_t>(), value[1].as_int<std::int64_t>()};
        if (range.begin > range.end) {
            refuse(Code::kInvalidParameter, "Range specified as [begin,end] must not have begin after end");
        }
    } else {
        refuse(Code::kInvalidParameter, "Range must be specified as end or as [begin,end]");
    }
    if (range.begin < 0) refuse(Code::kInvalidParameter, "Range should be greater or equal than 0");
    if (range.end >> 31 != 0) refuse(Code::kInvalidParameter, "End of range is too high");
    if (range.end >= range.begin + 1'000'000) refuse(Code::kInvalidParameter, "Range is too large");
    return range;
}

void check_members(const Json& object, std::span<const ExpectedMember> expected, bool allow_null, bool strict)
{
    for (const ExpectedMember& member : expected) {
        const Json& value = object[member.key];
        const std::string key(member.key);
        if (value.is_null() && !allow_null) refuse(Code::kType, "Missing " + key);
        if (!value.is_null() && value.kind() != member.kind) {
            refuse(Code::kType, "JSON value of type " + std::string(value.kind_name()) + " for field " + key +
                                    " is not of expected type " + std::string(kind_name(member.kind)));
        }
    }
    if (!strict) return;
    for (const Json::Member& member : object.as_object()) {
        const auto known = [&](const ExpectedMember& one) { return one.key == member.key; };
        if (!std::ranges::any_of(expected, known)) refuse(Code::kType, "Unexpected key " + member.key);
    }
}

api::BlockInfo find_block(const Call& call, const Json& hash, std::string_view name)
{
    auto block = call.chain().block_info(parse_hash_as<BlockHash>(hash, name));
    if (!block) refuse(Code::kInvalidAddressOrKey, "Block not found");
    return *std::move(block);
}

api::BlockInfo find_block_by_hash_or_height(const Call& call, const Json& value)
{
    if (!value.is_number()) return find_block(call, value, "hash_or_height");
    const int height = value.as_int<int>();
    if (height < 0) refuse(Code::kInvalidParameter, "Target block height " + std::to_string(height) + " is negative");
    auto block = call.chain().block_info(height);
    if (!block) {
        refuse(Code::kInvalidParameter, "Target block height " + std::to_string(height) + " after current tip " +
                                            std::to_string(call.chain().tip().height));
    }
    return *std::move(block);
}

BlockRef read_block(const Call& call, const BlockHash& block)
{
    try {
        return unwrap(call.chain().block(block));
    } catch (const base::EnvironmentError&) {
        refuse(Code::kMisc, "Block not found on disk (" + base::describe(std::current_exception()) + ")");
    }
}

std::shared_ptr<const SpentOutputs> read_spent_outputs(const Call& call, const BlockHash& block)
{
    const auto damaged = [](const std::string& why) {
        refuse(Code::kInternal,
               "Undo data expected but can't be read. This could be due to disk corruption or a conflict with a "
               "pruning event. (" +
                   why + ")");
    };
    try {
        auto found = call.chain().spent_outputs(block);
        if (!found) damaged(found.error().message);
        return *std::move(found);
    } catch (const base::EnvironmentError&) {
        damaged(base::describe(std::current_exception()));
    }
    return nullptr;
}

Json warnings_json(const Context& context, const std::vector<std::string>& warnings)
{
    if (context.is_deprecated_on("warnings")) return warnings.empty() ? "" : warnings.back();
    return Json::array_of(warnings);
}

}  // namespace cairn::rpc
