#pragma once
// Keeps the mempool from one run to the next: writes mempool.dat, and reads it, or another file of its kind, back.

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>

#include "api/mempool_view.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "chain/chain_manager.h"
#include "mempool/mempool.h"
#include "services/mempool_file.h"

namespace cairn::services {

/// Thread-safe. The references must outlive it; it must outlive the chain's threads.
class MempoolKeeper {
public:
    struct Parts {
        chain::ChainManager& chain;
        mempool::Mempool& mempool;
        const base::Clock& clock;
        base::Random& random;
        base::FileSystem& files;
        std::filesystem::path path;
        bool older_format = false;  // -persistmempoolv1
    };
    /// A file above this is not read.
    static constexpr std::uint64_t kMaxFileSize = std::uint64_t{4} << 30;
    /// Transactions handed to the mempool before anything else of the validation thread gets its turn.
    static constexpr std::size_t kAtOnce = 64;

    explicit MempoolKeeper(Parts parts) : parts_(std::move(parts)) {}

    const std::filesystem::path& path() const { return parts_.path; }
    /// Begins to read the file, the first time it is called. Its transactions enter as new ones do, at their former
    /// times, while the node goes on. What is wrong with the file is logged.
    void load();
    /// Nothing is read: the mempool begins empty.
    void begin_empty() { loaded_ = true; }
    bool is_loaded() const { return loaded_; }
    /// Adds what another file holds, and waits for it. False if it cannot be read: the log says why.
    bool import(const std::filesystem::path& path, const api::MempoolImport& options);
    /// Throws IoError.
    void save();

private:
    struct Loading;

    std::shared_ptr<Loading> read(const std::filesystem::path& path, const api::MempoolImport& options);
    /// On the validation thread. True when all is done.
    bool load_some(Loading& loading);
    void go_on(const std::shared_ptr<Loading>& loading);

    Parts parts_;
    std::atomic<bool> begun_{false};
    std::atomic<bool> loaded_{false};
    std::mutex saving_;
};

}  // namespace cairn::services
