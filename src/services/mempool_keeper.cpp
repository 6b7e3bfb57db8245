#include "services/mempool_keeper.h"

#include <algorithm>

#include "base/log.h"

namespace cairn::services {

struct MempoolKeeper::Loading {
    SavedMempool saved;
    api::MempoolImport options;
    std::size_t next = 0;
    std::size_t accepted = 0;
    std::size_t refused = 0;
    std::size_t expired = 0;
    std::size_t there = 0;
};

std::shared_ptr<MempoolKeeper::Loading> MempoolKeeper::read(const std::filesystem::path& path,
                                                            const api::MempoolImport& options)
{
    try {
        if (!parts_.files.exists(path)) {
            base::log_info("There is no mempool file {}. Continuing anyway.", path.string());
            return nullptr;
        }
        auto saved = decode_mempool_file(base::read_file(parts_.files, path, kMaxFileSize));
        if (saved) {
            base::log_info("Loading {} mempool transactions from file...", saved->entries.size());
            return std::make_shared<Loading>(Loading{*std::move(saved), options});
        }
        base::log_warning("Failed to deserialize mempool data on file: {}. Continuing anyway.", text(saved.error()));
    } catch (const base::IoError& error) {
        base::log_warning("Failed to open mempool file: {}. Continuing anyway.", error.what());
    }
    return nullptr;
}

bool MempoolKeeper::load_some(Loading& loading)
{
    mempool::Mempool& mempool = parts_.mempool;
    const auto now = base::unix_seconds(parts_.clock.now());
    const auto& options = loading.options;
    const auto& entries = loading.saved.entries;
    const std::size_t end = std::min(entries.size(), loading.next + kAtOnce);
    for (; loading.next < end; ++loading.next) {
        const auto& entry = entries[loading.next];
        const Txid& txid = entry.transaction->txid;
        if (options.apply_fee_deltas && entry.fee_delta != Amount{}) mempool.prioritise(txid, entry.fee_delta);
        const auto time = options.use_current_time ? now : entry.time;
        if (time <= now - mempool.options().expiry_seconds) {
            ++loading.expired;
        } else if (mempool.contains(txid)) {
            ++loading.there;
        } else {
            ++(mempool.accept(entry.transaction, {.now = now, .entered = time}) ? loading.accepted : loading.refused);
        }
    }
    if (loading.next < entries.size()) return false;
    if (options.apply_fee_deltas) {
        for (const auto& [txid, delta] : loading.saved.deltas) mempool.prioritise(txid, delta);
    }
    if (options.apply_unbroadcast) {
        for (const Txid& txid : loading.saved.unbroadcast) mempool.add_unbroadcast(txid);
    }
    base::log_info(
        "Imported mempool transactions from file: {} succeeded, {} failed, {} expired, {} already there, {} waiting "
        "for "
        "initial broadcast",
        loading.accepted, loading.refused, loading.expired, loading.there,
        options.apply_unbroadcast ? loading.saved.unbroadcast.size() : 0);
    return true;
}

void MempoolKeeper::go_on(const std::shared_ptr<Loading>& loading)
{
    // After a stop nothing runs any more, and the file stays as it is.
    parts_.chain.post([this, loading] {
        if (load_some(*loading)) {
            loaded_ = true;
        } else {
            go_on(loading);
        }
    });
}

void MempoolKeeper::load()
{
    if (begun_.exchange(true)) return;
    const auto loading = read(parts_.path, {false, true, true});
    if (loading) {
        go_on(loading);
    } else {
        loaded_ = true;
    }
}

bool MempoolKeeper::import(const std::filesystem::path& path, const api::MempoolImport& options)
{
    const auto loading = read(path, options);
    if (!loading) return false;
    bool done = false;
    while (!done) parts_.chain.run([&] { done = load_some(*loading); });
    return true;
}

void MempoolKeeper::save()
{
    const std::lock_guard lock(saving_);
    SavedMempool saved;
    for (const auto& entry : parts_.mempool.entries()) {
        saved.entries.push_back({entry.transaction, entry.time, entry.modified_fee - entry.fee});
    }
    for (const auto& found : parts_.mempool.prioritisations()) {
        if (!found.in_mempool) saved.deltas[found.txid] = found.delta;
    }
    saved.unbroadcast = parts_.mempool.unbroadcast();
    std::ranges::sort(saved.unbroadcast);
    std::optional<MempoolFileKey> key;
    if (!parts_.older_format) parts_.random.fill(key.emplace());
    const Bytes file = encode_mempool_file(saved, key);
    base::replace_file(parts_.files, parts_.path, file);
    base::log_info("Dumped mempool: {} transactions, {} bytes dumped to file", saved.entries.size(), file.size());
}

}  // namespace cairn::services
