#include "rpc/methods/wallet_of_call.h"

#include "crypto/hex.h"

namespace cairn::rpc {

namespace {

constexpr std::string_view kWalletPath = "/wallet/";

}  // namespace

std::string decode_url(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto escaped = text[i] == '%' && i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
        out += escaped ? std::to_integer<char>(escaped->front()) : text[i];
        if (escaped) i += 2;
    }
    return out;
}

std::optional<std::string> wallet_of_path(std::string_view path)
{
    if (!path.starts_with(kWalletPath)) return std::nullopt;
    return decode_url(path.substr(kWalletPath.size()));
}

std::string wallet_name_of(const Call& call, const Json& argument)
{
    const auto from_path = wallet_of_path(call.path);
    if (from_path) {
        if (!argument.is_null() && argument.as_string() != *from_path) {
            refuse(Code::kInvalidParameter,
                   "The RPC endpoint wallet and the wallet name parameter specify different wallets");
        }
        return *from_path;
    }
    if (argument.is_null()) {
        refuse(Code::kInvalidParameter, "Either the RPC endpoint wallet or the wallet name parameter must be provided");
    }
    return argument.as_string();
}

std::string parse_label(const Json& value)
{
    const std::string& label = value.as_string();
    if (label == "*") refuse({api::ErrorCode::kWalletInvalidLabel, "Invalid label name"});
    return label;
}

api::WalletRef Call::wallet() const
{
    api::WalletManager& manager = wallets();
    if (const auto wanted = wallet_of_path(path)) {
        auto found = manager.find(*wanted);
        if (!found) refuse(Code::kWalletNotFound, "Requested wallet does not exist or is not loaded");
        return found;
    }
    const auto loaded = manager.loaded();
    if (loaded.size() == 1) return loaded.front();
    if (loaded.empty()) {
        refuse(Code::kWalletNotFound,
               "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A "
               "default "
               "wallet is no longer automatically created)");
    }
    refuse(Code::kWalletNotSpecified,
           "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the "
           "/wallet/<walletname> URI path.");
}

}  // namespace cairn::rpc
