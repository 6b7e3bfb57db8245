#pragma once
// How an RPC is refused: a number and a text, both interface.
//
// Within rpc, and only there, a refusal travels as an exception: it may arise at any depth of an argument, and each of
// a hundred methods ends at the first one; the dispatcher catches it in one place
// (docs/decisions/0010-rpc-refusals.md).

#include <stdexcept>
#include <string>
#include <utility>

namespace cairn::rpc {

/// The numbers of Bitcoin Core's RPC; those that a room below rpc may say are api::ErrorCode, with equal values.
enum class Code : int {
    kInvalidRequest = -32600,
    kMethodNotFound = -32601,
    kInvalidParams = -32602,
    kInternal = -32603,
    kParse = -32700,
    kMisc = -1,
    kType = -3,
    kWallet = -4,
    kInvalidAddressOrKey = -5,
    kOutOfMemory = -7,
    kInvalidParameter = -8,
    kClientNotConnected = -9,
    kInInitialDownload = -10,
    kWalletNotFound = -18,
    kWalletNotSpecified = -19,
    kDatabase = -20,
    kDeserialization = -22,
    kVerify = -25,
    kVerifyRejected = -26,
    kAlreadyInUtxoSet = -27,
    kInWarmup = -28,
    kP2pDisabled = -31,
    kMethodDeprecated = -32,
    kMempoolDisabled = -33,
    kLimitExceeded = -37,
};

class Error : public std::runtime_error {
public:
    Error(Code code, const std::string& message) : std::runtime_error(message), code_(static_cast<int>(code)) {}
    /// For numbers that come from elsewhere (api, or a server's answer).
    Error(int code, const std::string& message) : std::runtime_error(message), code_(code) {}

    int code() const { return code_; }
    std::string message() const { return what(); }

private:
    int code_;
};

}  // namespace cairn::rpc
