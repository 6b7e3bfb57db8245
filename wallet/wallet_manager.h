#pragma once
// The wallets of a node: made, opened, followed along the chain. What `node` makes and `rpc` sees as
// api::WalletManager.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/chain_view.h"
#include "api/mempool_view.h"
#include "api/wallet.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "base/locked_memory.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "events/event_bus.h"
#include "keys/address_format.h"
#include "keys/descriptor.h"

namespace cairn::wallet {

/// What a passphrase costs to try (Argon2id). The defaults take a quarter of a gigabyte and about a second.
struct PassphraseCost {
    std::uint32_t memory_kib = 256 * 1024;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 2;
};

struct WalletSettings {
    std::filesystem::path folder;                 // -walletdir; else wallets/ in the network's folder, or that
    std::array<std::uint8_t, 4> network_magic{};  // application_id of the files
    keys::AddressFormat address_format = keys::kMainAddresses;
    std::uint32_t keypool_size = 1000;                          // -keypool
    keys::OutputType address_type = keys::OutputType::kBech32;  // -addresstype
    std::optional<keys::OutputType> change_type;                // -changetype
    Amount fallback_fee;                                        // -fallbackfee, per kvB; 0: none
    Amount minimum_fee{1000};                                   // -mintxfee, per kvB
    Amount discard_fee{10'000};                                 // -discardfee, per kvB
    Amount calm_fee{10'000};                                    // -consolidatefeerate, per kvB
    Amount maximum_fee{10'000'000};                             // -maxtxfee, of a transaction
    Amount dust_relay_fee{3000};                                // -dustrelayfee, per kvB
    bool spend_unconfirmed_change = true;                       // -spendzeroconfchange
    bool avoid_partial_spends = false;                          // -avoidpartialspends
    std::optional<Amount> grouping_fee = Amount{};              // -maxapsfee; nothing: grouping is not tried
    bool reject_long_chains = true;                             // -walletrejectlongchains
    bool replaceable = true;                                    // -walletrbf
    bool broadcast = true;                                      // -walletbroadcast
    bool allow_other_chains = false;                            // -walletcrosschain
    PassphraseCost passphrase_cost;
    /// Shown by createwallet (until 1.0); empty: nothing.
    std::string notice;
};

/// What wallets work with. References must outlive the manager and all wallets obtained from it.
struct Surroundings {
    api::ChainView& chain;
    api::MempoolView& mempool;
    events::EventBus& events;
    base::Scheduler& scheduler;
    base::Clock& clock;
    base::Random& random;
    base::FileSystem& files;
    /// Called when a wallet is to be loaded at the next start, or no more (the "wallet" list of settings.json); false
    /// if that could not be kept.
    std::function<bool(const std::string& name, bool load)> remember;
};

/// Opens nothing until it is asked to.
class WalletManager : public api::WalletManager {
public:
    /// -wallet and settings.json; nothing where neither says anything: then the unnamed wallet, if there is one. One
    /// that is not there, of the legacy type or given twice is skipped, with a warning; any other error names the
    /// reason, and the node does not start.
    virtual api::Result<std::vector<std::string>> load_all(const std::optional<std::vector<std::string>>& names) = 0;
    /// Unloads all, in order; after it nothing is written.
    virtual void close() = 0;
    /// The memory that holds the keys of all wallets.
    virtual base::LockedMemory::Use locked_memory() const = 0;
};

std::unique_ptr<WalletManager> make_wallet_manager(WalletSettings settings, Surroundings surroundings);

}  // namespace cairn::wallet
