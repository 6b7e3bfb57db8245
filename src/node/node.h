#pragma once
// The whole node: makes the rooms, joins them, starts them in order, stops them in the opposite order. Nothing else.

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/settings/settings.h"
#include "base/shutdown.h"

namespace cairn::node {

class Node {
public:
    /// `settings` are loaded. Both must outlive the node.
    Node(base::Settings& settings, base::ShutdownSignal& shutdown);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// Everything up to answering RPC and talking to peers. An error is what standard error shows the owner; what
    /// was started is stopped by the destructor. A request to stop makes it return early, without an error.
    std::expected<void, std::string> start();
    /// What the owner should read after start(), without "Warning: ". The log has it too.
    const std::vector<std::string>& warnings() const;
    /// Returns when a stop is requested, by whomever.
    void wait();
    /// Stops in order and flushes. False if a part failed while the node ran or stopped: the log says which.
    bool stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace cairn::node
