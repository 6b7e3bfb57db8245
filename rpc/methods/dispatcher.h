#pragma once
// Runs a call: finds the method, puts its arguments in order, checks them, and turns refusals into errors.
//
// Threads: run() from any thread; begin() and the warm-up's status from one.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rpc/methods/context.h"
#include "rpc/spec/method_call.h"
#include "rpc/spec/method_spec.h"

namespace cairn::rpc {

/// A call that is being served.
struct ActiveCall {
    std::string method;
    std::chrono::microseconds duration{0};
};

class Dispatcher {
public:
    explicit Dispatcher(base::Clock& clock);
    ~Dispatcher();

    /// Until begin(), every call is refused with kInWarmup and this text.
    void set_warmup_status(std::string status);
    /// What `context` points to must live until the last call has ended.
    void begin(const Context& context);

    /// Throws Error.
    Json run(const MethodCall& call);

    std::vector<ActiveCall> active_calls() const;
    CoinScan& coin_scan() { return scan_; }

private:
    class Registered;

    base::Clock& clock_;
    mutable std::mutex mutex_;
    std::string warmup_status_ = "RPC server started";
    std::unique_ptr<const Context> context_;
    std::uint64_t next_call_ = 0;
    std::map<std::uint64_t, std::pair<std::string, base::SteadyTime>> active_;  // as many as the server has threads
    CoinScan scan_;
};

/// Whether a method of that name has code: for the test that every declared one does, and no other.
bool has_handler(std::string_view method);

}  // namespace cairn::rpc
