#pragma once
// What every method may use.

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "api/node.h"
#include "base/clock.h"
#include "base/random.h"
#include "consensus/params.h"
#include "crypto/signing_context.h"
#include "keys/address_format.h"

namespace cairn::rpc {

/// The scan of scantxoutset: one at a time.
struct CoinScan {
    std::atomic<bool> running{false};
    api::JobControl control;
};

/// References to what lives as long as the node.
struct Context {
    api::Node node;
    const consensus::Params* params = nullptr;
    keys::AddressFormat addresses = keys::kMainAddresses;
    base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    const crypto::SigningContext* signing = nullptr;
    /// -deprecatedrpc: what is still answered in, or with, its former form.
    std::vector<std::string> deprecated;

    bool is_deprecated_on(std::string_view what) const
    {
        return std::ranges::find(deprecated, what) != deprecated.end();
    }
};

}  // namespace cairn::rpc
