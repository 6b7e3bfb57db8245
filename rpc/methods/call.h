#pragma once
// A call under way, as its method sees it, and the ways methods read arguments.

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "api/error.h"
#include "keys/destination.h"
#include "rpc/methods/context.h"
#include "rpc/spec/error.h"
#include "rpc/spec/method_call.h"
#include "rpc/spec/method_spec.h"

namespace cairn::rpc {

class Dispatcher;

struct Call {
    const MethodSpec& spec;
    /// Positional; checked against the spec.
    const Json& arguments;
    const Context& context;
    Dispatcher& dispatcher;
    const std::string& path;

    /// The argument of that name, its fallback where it is missing, or null. Asking for a name that is not in the spec
    /// is a bug.
    const Json& operator[](std::string_view name) const;
    /// A member of an object argument of named options, or null.
    const Json& option(std::string_view argument, std::string_view name) const { return (*this)[argument][name]; }

    api::ChainView& chain() const { return *context.node.chain; }
    api::MempoolView& mempool() const { return *context.node.mempool; }
    api::Mining& mining() const { return *context.node.mining; }
    api::NodeControl& control() const { return *context.node.control; }
    /// Refuses where the node has no network.
    api::NetworkControl& network() const;
    /// Refuses where the node has no wallets (-disablewallet): the method is then unknown.
    api::WalletManager& wallets() const;
    /// The wallet of the request's path, or the only one that is loaded.
    api::WalletRef wallet() const;
};

using Handler = Json (*)(const Call&);
struct Entry {
    std::string_view name;
    Handler handler;
};

[[noreturn]] void refuse(Code code, const std::string& message);
[[noreturn]] void refuse(const api::Error& error);

/// The answer, or the refusal passed on.
template <class T>
T unwrap(api::Result<T> result)
{
    if (!result) refuse(result.error());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// "blockhash must be of length 64 (not 3, for 'abc')", "blockhash must be hexadecimal string (not '…')":
/// kInvalidParameter.
Hash256 parse_hash(const Json& value, std::string_view name);
template <class Strong>
Strong parse_hash_as(const Json& value, std::string_view name)
{
    return Strong{parse_hash(value, name)};
}
/// { txid, vout }. `negative` is the error of such a vout.
Outpoint parse_outpoint(const Json& value, Code negative = Code::kInvalidParameter,
                        const std::string& text = "Invalid parameter, vout cannot be negative");
/// "… must be hexadecimal string (not '…')": kInvalidParameter.
Bytes parse_hex(const Json& value, std::string_view name);
/// kInvalidAddressOrKey with `message` where it is no address of this network.
keys::Destination parse_address(const Call& call, const std::string& text, const std::string& message);
/// A number, or a bool where one is accepted for it (false 0, true 1).
int parse_verbosity(const Json& value, int fallback);
/// "Negative timeout"; nothing for 0.
std::optional<std::chrono::milliseconds> parse_timeout(const Json& value);

struct DescriptorRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;  // included
};
/// An end, or [begin,end]; bounded as Bitcoin Core bounds it.
DescriptorRange parse_descriptor_range(const Json& value);

/// kDeserialization with `message`, where the text is no transaction. As Bitcoin Core: the form with witness is tried
/// first, and the one without where that fails or is asked for.
enum class WitnessForm { kTryBoth, kOnlyWith, kOnlyWithout };
TransactionRef parse_transaction(const std::string& hex, WitnessForm form, const std::string& message);

/// Refuses an unknown key, or a required one that is missing or of another kind: kType with Bitcoin Core's texts.
struct ExpectedMember {
    std::string_view key;
    Json::Kind kind;
};
void check_members(const Json& object, std::span<const ExpectedMember> expected, bool allow_null = false,
                   bool strict = false);

/// The block of that hash. kInvalidAddressOrKey "Block not found".
api::BlockInfo find_block(const Call& call, const Json& hash, std::string_view name = "blockhash");
/// By hash, or by height in the active chain.
api::BlockInfo find_block_by_hash_or_height(const Call& call, const Json& value);

/// kMisc "Block not found on disk" if it cannot be read, or "Block not available …".
BlockRef read_block(const Call& call, const BlockHash& block);
/// What a connected block's transactions spend. kInternal if it cannot be read.
std::shared_ptr<const SpentOutputs> read_spent_outputs(const Call& call, const BlockHash& block);

Json warnings_json(const Context& context, const std::vector<std::string>& warnings);

}  // namespace cairn::rpc
