#pragma once
// Why a request through `api` was refused: the error numbers that Bitcoin's JSON-RPC clients know, with the text they
// see. Source: the numbers are Bitcoin Core's and are interface.

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace cairn::api {

enum class ErrorCode : std::int32_t {
    kMisc = -1,
    kType = -3,                 // a value of the wrong type, or an amount out of range
    kInvalidAddressOrKey = -5,  // also: no such block or transaction
    kOutOfMemory = -7,
    kInvalidParameter = -8,
    kClientNotConnected = -9,
    kInInitialDownload = -10,
    kDatabase = -20,
    kDeserialization = -22,
    kNodeAlreadyAdded = -23,
    kNodeNotAdded = -24,
    kVerify = -25,
    kVerifyRejected = -26,
    kAlreadyInUtxoSet = -27,
    kInWarmup = -28,
    kNodeNotConnected = -29,
    kInvalidIpOrSubnet = -30,
    kP2pDisabled = -31,
    kMethodDeprecated = -32,
    kNodeCapacityReached = -34,
    kWallet = -4,
    kWalletInsufficientFunds = -6,
    kWalletInvalidLabel = -11,
    kWalletKeypoolRanOut = -12,
    kWalletUnlockNeeded = -13,
    kWalletPassphraseIncorrect = -14,
    kWalletWrongEncryptionState = -15,
    kWalletEncryptionFailed = -16,
    kWalletAlreadyUnlocked = -17,
    kWalletNotFound = -18,
    kWalletNotSpecified = -19,
    kWalletAlreadyLoaded = -35,
    kWalletAlreadyExists = -36,
};

struct Error {
    ErrorCode code = ErrorCode::kMisc;
    std::string message;
};

/// An answer, or why there is none. Only the asker's fault is an Error; a broken disk is an exception.
template <class T>
using Result = std::expected<T, Error>;

/// Such a Result of any type.
inline std::unexpected<Error> refuse(ErrorCode code, std::string message)
{
    return std::unexpected(Error{code, std::move(message)});
}

}  // namespace cairn::api
