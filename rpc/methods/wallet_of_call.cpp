#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

constexpr std::string_view kWalletPath = "/wallet/";

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string decode_url(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
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
