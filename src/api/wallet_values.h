#pragma once
// What the wallet says and is told: values only, without a lock or a pointer into the wallet, so that any thread may
// hold them. What they do and how they are refused says wallet.h.
//
// Amounts are in satoshis, fee rates in satoshis per 1000 virtual bytes, sizes in virtual bytes, times in seconds since
// 1970. Ranges of descriptors are [first, last], both ends included. A height or hash named last_block is of the block
// up to which the wallet has followed the chain. Names of fields and fixed words ("send", "unset") are those of Bitcoin
// Core's answers, which rpc/methods makes of them; so are the defaults, which are the methods' own.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "keys/descriptor.h"

namespace cairn::api {

/// createwallet.
struct WalletOptions {
    std::string name;
    bool disable_private_keys = false;
    bool blank = false;
    std::string passphrase;  // empty: not encrypted
    bool avoid_reuse = false;
    std::optional<bool> load_on_startup;
};

/// A wallet made, loaded or unloaded, with what the owner should read.
struct WalletOutcome {
    std::string name;
    std::vector<std::string> warnings;
};

/// A wallet in the folder, loaded or not.
struct WalletListing {
    std::string name;
    std::vector<std::string> warnings;
};

/// A rescan under way.
struct RescanState {
    std::int64_t seconds = 0;  // since it began
    double progress = 0;       // floating: progress, 0 to 1
};

/// getwalletinfo.
struct WalletInfo {
    std::string name;
    std::uint64_t transactions = 0;
    std::uint64_t keypool_size = 0;
    std::optional<std::uint64_t> keypool_size_internal;
    std::optional<std::int64_t> unlocked_until;  // only where encrypted; 0: locked
    bool private_keys_enabled = true;
    bool avoid_reuse = false;
    std::optional<RescanState> scanning;
    bool blank = false;
    std::optional<std::int64_t> birth_time;
    std::vector<std::string> flags;
    BlockHash last_block;
    Height last_height = 0;
};

/// getbalances. Every coin of the wallet counts in one of the first three.
struct WalletBalances {
    Amount trusted;            // confirmed, or unconfirmed from the wallet itself
    Amount untrusted_pending;  // unconfirmed, from others
    Amount immature;           // of coinbases with fewer than 100 blocks on top
    /// Coins spent by transactions of the wallet that are not in the mempool.
    Amount non_mempool;
    std::optional<Amount> used;  // only with avoid_reuse
    BlockHash last_block;
    Height last_height = 0;
};

/// What getaddressinfo adds to what the address itself says.
struct WalletAddressInfo {
    bool is_mine = false;
    bool solvable = false;
    std::optional<std::string> descriptor;
    std::optional<std::string> parent_descriptor;
    bool is_change = false;
    std::optional<std::int64_t> timestamp;
    std::optional<std::string> key_path;
    std::optional<std::string> master_fingerprint;
    std::optional<Bytes> public_key;     // single keys
    std::optional<Bytes> redeem_script;  // P2SH
    std::optional<Bytes> witness_script;
    std::vector<std::string> labels;
};

/// Which coins listunspent shows; bounds are included.
struct CoinFilter {
    int minimum_confirmations = 1;
    int maximum_confirmations = 9'999'999;
    std::set<Bytes> scripts;  // empty: all
    bool include_unsafe = true;
    bool include_immature = false;
    Amount minimum_amount;
    Amount maximum_amount = kMaxMoney;
    Amount minimum_sum = kMaxMoney;
    std::uint64_t maximum_count = 0;  // 0: no limit
};

/// A coin of the wallet, as listunspent shows it.
struct WalletCoin {
    Outpoint outpoint;
    Amount amount;
    Bytes script_pubkey;
    std::optional<std::string> address;
    std::optional<std::string> label;
    std::optional<Bytes> redeem_script;
    std::optional<Bytes> witness_script;
    int confirmations = 0;
    bool solvable = true;
    std::optional<std::string> descriptor;
    std::vector<std::string> parent_descriptors;
    bool safe = true;
    std::optional<bool> reused;
    // Only where unconfirmed: its family in the mempool.
    std::optional<std::uint64_t> ancestor_count;
    std::optional<std::uint64_t> ancestor_size;  // virtual bytes
    std::optional<Amount> ancestor_fees;         // prioritisation counted
};

/// One output of a transaction, seen from the wallet.
struct WalletTransactionDetail {
    std::optional<std::string> address;
    /// "send", "receive", "generate", "immature", "orphan"
    std::string category;
    Amount amount;  // negative where sent
    std::optional<std::string> label;
    std::uint32_t vout = 0;
    std::optional<Amount> fee;  // negative; only where sent
    bool abandoned = false;
    std::vector<std::string> parent_descriptors;
};

/// A transaction of the wallet.
struct WalletTransaction {
    TransactionRef transaction;
    int confirmations = 0;  // negative: conflicts with the chain, so many blocks deep
    bool generated = false;
    bool trusted = false;
    struct Place {
        BlockHash block;
        Height height = 0;
        std::uint32_t index = 0;
        std::int64_t time = 0;
    };
    std::optional<Place> place;
    std::vector<Txid> wallet_conflicts;
    std::vector<Txid> mempool_conflicts;
    std::optional<Txid> replaced_by;
    std::optional<Txid> replaces;
    std::optional<std::string> comment;
    std::optional<std::string> to;
    std::int64_t time = 0;
    std::int64_t time_received = 0;
    std::string bip125_replaceable = "unknown";  // "yes", "no", "unknown"
    Amount amount;                               // of gettransaction, without the fee
    std::optional<Amount> fee;                   // negative; only where the wallet paid it
    std::vector<WalletTransactionDetail> details;
    BlockHash last_block;
    Height last_height = 0;
};

/// Which of a wallet's transactions, and what of them.
struct TransactionFilter {
    std::optional<std::string> label{};  // only what addresses of that label received
    std::size_t wanted = SIZE_MAX;       // the newest only, until they have so many details together
    bool include_change = false;
    std::optional<int> less_deep_than{};  // confirmations, or how deep a conflict is
    /// Only these, in this order, as far as the wallet has them; also what conflicting ones would have received.
    std::optional<std::vector<Txid>> among{};
};

/// One recipient.
struct Payment {
    keys::Destination to;
    Amount amount;
    bool subtract_fee = false;  // they bear the fee, or an equal share of it with others of whom that is said
};

/// sendtoaddress, sendmany. What is not given is as the wallet's options say.
struct SendRequest {
    std::vector<Payment> payments;
    std::string comment;
    std::string comment_to;
    std::optional<bool> replaceable;
    std::optional<Amount> fee_rate;  // per kvB
    bool avoid_reuse = true;
};

/// A payment that was made; whether the mempool took it, the wallet goes on trying.
struct SendResult {
    Txid txid;
    std::string fee_reason;  // where its rate came from, in Bitcoin Core's words ("Fallback fee")
};

/// One entry of importdescriptors.
struct DescriptorImport {
    std::string descriptor;
    bool active = false;
    std::optional<std::pair<std::int64_t, std::int64_t>> range;
    std::optional<std::int64_t> next_index;
    std::optional<std::int64_t> timestamp;  // nothing: "now"
    std::optional<bool> internal;
    std::optional<std::string> label;
};

/// One entry of listdescriptors.
struct WalletDescriptor {
    std::string descriptor;
    std::int64_t timestamp = 0;
    bool active = false;
    std::optional<bool> internal;  // only where active
    std::optional<std::pair<std::int64_t, std::int64_t>> range;
    std::optional<std::int64_t> next_index;
};

/// rescanblockchain.
struct RescanResult {
    Height start = 0;
    std::optional<Height> stop;  // nothing: no block was looked at
};

}  // namespace cairn::api
