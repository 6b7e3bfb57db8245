#pragma once
// Which wallets are in an operation's hands.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace cairn::wallet {

/// The names of the wallets that are being made, opened or restored: each is in one operation's hands at a time.
class Claims {
public:
    class Claim {
    public:
        Claim(Claims& owner, std::string name) : owner_(&owner), name_(std::move(name)) {}
        Claim(Claim&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), name_(std::move(other.name_)) {}
        Claim& operator=(Claim&&) = delete;
        ~Claim()
        {
            if (owner_ != nullptr) owner_->give_back(name_);
        }

    private:
        Claims* owner_;
        std::string name_;
    };

    /// Nothing if another operation has it, or after close().
    std::optional<Claim> take(const std::string& name)
    {
        const std::lock_guard lock{mutex_};
        if (closed_ || !names_.insert(name).second) return std::nullopt;
        return Claim{*this, name};
    }
    /// Waits until none is left, and gives no more until reopened.
    void close()
    {
        std::unique_lock lock{mutex_};
        closed_ = true;
        changed_.wait(lock, [this] { return names_.empty(); });
    }
    void reopen()
    {
        const std::lock_guard lock{mutex_};
        closed_ = false;
    }

private:
    void give_back(const std::string& name)
    {
        const std::lock_guard lock{mutex_};
        names_.erase(name);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> names_;
    bool closed_ = false;
};

}  // namespace cairn::wallet
