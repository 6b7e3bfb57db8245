#include "net/name_lookup.h"

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "base/thread.h"
#include "net/asio_address.h"

namespace cairn::net {

namespace {

NameLookup::Addresses ask_system(const std::string& name)
try {
    boost::asio::io_context io;
    boost::asio::ip::tcp::resolver resolver(io);
    boost::system::error_code error;
    NameLookup::Addresses addresses;
    for (const auto& result : resolver.resolve(name, "", error)) {
        const auto address = from_asio(result.endpoint()).address;
        if (addresses.empty() || addresses.back() != address) addresses.push_back(address);
    }
    return addresses;
} catch (const boost::system::system_error& error) {
    base::log_warning("{} cannot be looked up: {}", name, error.what());  // such as for want of descriptors
    return {};
}

}  // namespace

/// What outlives the object: a thread may be in the system's resolver when the node stops.
struct NameLookup::Shared {
    /// Under the mutex, and not once stopped. The callback goes from here: it is called, or destroyed by stop(), on the
    /// network thread, and never held by another, which may still run when what it refers to is gone.
    void answer(const std::shared_ptr<Shared>& self, std::uint64_t request, Addresses addresses)
    {
        auto found = requests.extract(request);
        boost::asio::post(*io, [self, call = std::move(found.mapped()), addresses = std::move(addresses)] {
            if (!self->stopped) call(addresses);
        });
    }

    Resolver resolver;
    boost::asio::io_context* io = nullptr;
    std::mutex mutex;
    std::map<std::uint64_t, Found> requests;  // those that wait and those under way
    std::deque<std::pair<std::uint64_t, std::string>> waiting;
    std::uint64_t next_request = 0;
    std::size_t threads = 0;
    std::atomic<bool> stopped = false;
};

NameLookup::NameLookup(boost::asio::io_context& io, Resolver resolver) : shared_(std::make_shared<Shared>())
{
    shared_->resolver = resolver ? std::move(resolver) : ask_system;
    shared_->io = &io;
}

NameLookup::~NameLookup()
{
    stop();
}

void NameLookup::look_up(std::string name, Found found)
{
    Shared& shared = *shared_;
    const std::lock_guard lock(shared.mutex);
    if (shared.stopped) return;
    const auto request = shared.next_request++;
    shared.requests.emplace(request, std::move(found));
    if (shared.waiting.size() >= kMaxWaiting || !start_thread()) {
        base::log_warning("Too many names to look up: {} has to wait for another time", name);
        return shared.answer(shared_, request, {});
    }
    shared.waiting.emplace_back(request, std::move(name));
}

/// Under the mutex. False if nobody would look a name up.
bool NameLookup::start_thread()
{
    if (shared_->threads >= kMaxThreads) return true;
    try {
        base::run_detached("dnslookup", [shared = shared_] { work(shared); });
        ++shared_->threads;
    } catch (const std::system_error& error) {
        base::log_debug(base::LogCategory::kNet, "No thread for looking names up, {} must do: {}", shared_->threads,
                        error.what());
    }
    return shared_->threads > 0;
}

void NameLookup::work(const std::shared_ptr<Shared>& self)
{
    Shared& shared = *self;
    std::unique_lock lock(shared.mutex);
    while (!shared.waiting.empty()) {
        const auto [request, name] = std::move(shared.waiting.front());
        shared.waiting.pop_front();
        lock.unlock();
        auto addresses = shared.resolver(name);
        lock.lock();
        if (!shared.stopped) shared.answer(self, request, std::move(addresses));
    }
    --shared.threads;
}

void NameLookup::stop()
{
    std::map<std::uint64_t, Found> forgotten;
    const std::lock_guard lock(shared_->mutex);
    shared_->stopped = true;
    shared_->waiting.clear();
    forgotten.swap(shared_->requests);
}

}  // namespace cairn::net
