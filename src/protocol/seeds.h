#pragma once
// Where a node that knows too few peers learns of others: nodes named by -seednode, which are asked for addresses, and
// DNS seeds. Seeds could choose whom a node sees and learn that it exists, so each is asked only when nothing better
// leads anywhere, and few at a time. Times are node time. Not thread-safe. Source: Bitcoin Core's ThreadDNSAddressSeed
// and the parts of ThreadOpenConnections that concern -seednode; there are no built-in addresses.

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/context.h"

namespace cairn::protocol {

class Seeds {
public:
    explicit Seeds(Context& context);

    /// From now on the intervals run.
    void start();
    /// Asks the DNS seeds that are due, by Resolve actions. `ready`: full-relay outbound peers whose handshake is
    /// complete; with kEnoughOutbound of them seeds that were not asked yet never are, unless -forcednsseed or an empty
    /// address table at the start says so.
    void query_dns(int ready);
    /// A DNS seed's answer. One that has none is to be asked for addresses as a peer, as its name then stands for
    /// nodes.
    void on_resolved(const std::string& name, std::span<const NetAddress> addresses);
    /// Whom to fetch addresses from now, "host" or "host:port"; each is given once. `outbound`: full-relay connections.
    std::optional<std::string> take_address_source(int outbound);

private:
    void begin_dns();
    void wait_before_dns();
    void finish_dns();
    void log(std::string text) { context_.log(Log::Level::kInfo, std::move(text)); }

    Context& context_;
    std::deque<std::string> seed_nodes_;
    std::vector<std::string> dns_seeds_;  // not asked yet, in an order nobody can foresee
    std::deque<std::string> fetches_;     // DNS seeds without an answer, at most all of them
    bool prefers_seed_nodes_ = false;     // DNS seeds wait for what -seednode leads to
    bool waiting_ = false;                // until next_dns_, for peers that make asking needless
    Time next_dns_{};
    Time next_seed_node_{};
    std::size_t at_once_ = 0;
    std::size_t found_ = 0;
};

}  // namespace cairn::protocol
