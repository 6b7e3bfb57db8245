#pragma once
// What all wallets of a manager share. Inner header of wallet.

#include <string>

#include "base/locked_memory.h"
#include "crypto/signing_context.h"
#include "wallet/wallet_manager.h"

namespace cairn::wallet {

struct Shared {
    WalletSettings settings;
    Surroundings surroundings;
    crypto::SigningContext signing;
    base::LockedMemory memory;
};

}  // namespace cairn::wallet
