// Encryption of wallets.

#include <algorithm>
#include <array>

#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

std::string parse_passphrase(const Json& value)
{
    if (value.as_string().empty()) refuse(Code::kInvalidParameter, "passphrase cannot be empty");
    return value.as_string();
}

Json encryptwallet(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    return unwrap(wallet->encrypt(parse_passphrase(call["passphrase"])));
}

Json walletpassphrase(const Call& call)
{
    constexpr std::int64_t kLongest = 100'000'000;
    const api::WalletRef wallet = call.wallet();
    if (!wallet->info().unlocked_until) {
        refuse({api::ErrorCode::kWalletWrongEncryptionState,
                "Error: running with an unencrypted wallet, but walletpassphrase was called."});
    }
    const auto seconds = call["timeout"].as_int<std::int64_t>();
    if (seconds < 0) refuse(Code::kInvalidParameter, "Timeout cannot be negative.");
    const std::string passphrase = parse_passphrase(call["passphrase"]);
    unwrap(wallet->unlock(passphrase, std::chrono::seconds(std::min(seconds, kLongest))));
    return {};
}

Json walletpassphrasechange(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    if (!wallet->info().unlocked_until) {
        refuse({api::ErrorCode::kWalletWrongEncryptionState,
                "Error: running with an unencrypted wallet, but walletpassphrasechange was called."});
    }
    const std::string old_one = parse_passphrase(call["oldpassphrase"]);
    unwrap(wallet->change_passphrase(old_one, parse_passphrase(call["newpassphrase"])));
    return {};
}

Json walletlock(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    if (!wallet->info().unlocked_until) {
        refuse({api::ErrorCode::kWalletWrongEncryptionState,
                "Error: running with an unencrypted wallet, but walletlock was called."});
    }
    unwrap(wallet->lock());
    return {};
}

Json getrecoveryphrase(const Call& call)
{
    return unwrap(call.wallet()->recovery_phrase());
}

}  // namespace

std::span<const Entry> wallet_secret_methods()
{
    static constexpr std::array kTable{Entry{"encryptwallet", encryptwallet},
                                       Entry{"walletpassphrase", walletpassphrase},
                                       Entry{"walletpassphrasechange", walletpassphrasechange},
                                       Entry{"walletlock", walletlock}, Entry{"getrecoveryphrase", getrecoveryphrase}};
    return kTable;
}

}  // namespace cairn::rpc
