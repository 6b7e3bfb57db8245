// Encryption of wallets.

#include <array>

#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json encryptwallet(const Call& call)
{
    return unwrap(call.wallet()->encrypt(call["passphrase"].as_string()));
}

Json walletpassphrase(const Call& call)
{
    const std::chrono::seconds duration{call["timeout"].as_int<std::int64_t>()};
    unwrap(call.wallet()->unlock(call["passphrase"].as_string(), duration));
    return {};
}

Json walletpassphrasechange(const Call& call)
{
    unwrap(call.wallet()->change_passphrase(call["oldpassphrase"].as_string(), call["newpassphrase"].as_string()));
    return {};
}

Json walletlock(const Call& call)
{
    unwrap(call.wallet()->lock());
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
