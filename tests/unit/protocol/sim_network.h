#pragma once
// Several engines in one thread under one fake clock: what they send travels as bytes with a latency, and validation
// answers after a while. Repeats exactly for a seed.

#include <functional>
#include <memory>
#include <queue>

#include "fake_chain.h"
#include "fake_mempool.h"
#include "protocol/address_manager.h"
#include "protocol/engine.h"

namespace cairn::protocol::test {

inline constexpr std::int64_t kSimStart = 1'700'100'000;

struct SimNode {
    SimNode(std::size_t index_in, EngineOptions options, Random& random, Time now)
        : index(index_in), engine(std::move(options), chain, mempool, rules, random, now)
    {
        chain.seed = index + 1;
    }

    std::size_t index;
    FakeChain chain;
    FakeMempool mempool;
    FakeRules rules;
    Engine engine;
    Endpoint endpoint;
    bool listening = true;
    std::size_t submitted_blocks = 0;
    std::size_t submitted_headers = 0;
    std::vector<std::string> log;
    std::vector<Save::What> saves;
    std::vector<std::string> resolves;
};

class SimNetwork {
public:
    explicit SimNetwork(std::uint64_t seed) : random_(seed) {}

    Duration latency = 20ms;
    Duration validation = 1ms;
    bool log = false;

    Time now() const { return now_; }
    std::uint32_t block_time() const { return static_cast<std::uint32_t>(unix_seconds(now_)); }

    EngineOptions options(std::size_t index) const
    {
        EngineOptions o;
        o.network = network_info(Network::kRegtest);
        o.user_agent = "/Satoshi:31.0.0/Cairn:0.1.0(sim)/";
        o.dns_seed = false;
        o.seed0 = index + 1;
        o.seed1 = 7;
        o.connect_given = true;  // connections by hand unless a test says otherwise
        return o;
    }
    SimNode& add_node(std::function<void(EngineOptions&)> change = {})
    {
        const std::size_t index = nodes_.size();
        EngineOptions o = options(index);
        if (change) change(o);
        nodes_.push_back(std::make_unique<SimNode>(index, std::move(o), random_, now_));
        SimNode& node = *nodes_.back();
        node.endpoint = {NetAddress::ipv4({static_cast<std::uint8_t>(11 + index), 1, 0, 1}), 18444};
        node.engine.start(now_);
        return node;
    }
    SimNode& node(std::size_t index) { return *nodes_[index]; }

    void connect(SimNode& from, SimNode& to, ConnectionType type = ConnectionType::kManual)
    {
        from.engine.connect_to(to.endpoint.to_string(), type, now_);
        carry_out(from);
    }
    /// After so many bytes more from `from` to `to`, nothing arrives any more.
    void stall_after(SimNode& from, SimNode& to, std::size_t bytes)
    {
        for (auto& link : links_) {
            if (link->node[0] == &from && link->node[1] == &to) link->allowance[0] = bytes;
            if (link->node[1] == &from && link->node[0] == &to) link->allowance[1] = bytes;
        }
    }

    void run_for(Duration duration)
    {
        run_until(now_ + duration, [] { return false; });
    }
    /// True once `done` holds; false if it does not within the time.
    bool run_until_done(Duration limit, const std::function<bool()>& done) { return run_until(now_ + limit, done); }

    /// A block of the node's own, announced as the node would.
    BlockRef mine(SimNode& node, std::vector<TransactionRef> transactions = {}, std::size_t padding = 0)
    {
        const BlockRef block = node.chain.mine(block_time(), std::move(transactions), padding);
        publish(node);
        carry_out(node);
        return block;
    }
    void submit_local(SimNode& node, const TransactionRef& tx)
    {
        node.mempool.offer(tx);
        node.engine.announce_transaction(tx->txid, tx->wtxid, now_);
        carry_out(node);
    }
    void carry_out(SimNode& node)
    {
        for (Action& action : node.engine.take_actions()) {
            std::visit([&](auto& a) { act(node, a); }, action);
        }
    }
    void after(Duration delay, std::function<void()> what) { events_.push({now_ + delay, order_++, std::move(what)}); }

private:
    struct Link {
        SimNode* node[2] = {nullptr, nullptr};
        PeerId peer[2] = {-1, -1};
        std::optional<std::size_t> allowance[2];  // bytes that may still pass from this side
        bool paused[2] = {false, false};          // this side does not read
        std::vector<Bytes> waiting[2];            // for this side
        bool open = true;
    };
    struct Event {
        Time time;
        std::uint64_t order;
        std::function<void()> what;
        friend bool operator<(const Event& a, const Event& b)
        {
            return std::tie(a.time, a.order) > std::tie(b.time, b.order);
        }
    };

    bool run_until(Time end, const std::function<bool()>& done)
    {
        if (!ticking_) {
            ticking_ = true;
            tick();
        }
        while (!done()) {
            if (events_.empty() || events_.top().time > end) {
                now_ = end;
                return done();
            }
            Event event = events_.top();
            events_.pop();
            now_ = event.time;
            event.what();
        }
        return true;
    }
    void tick()
    {
        for (auto& node : nodes_) {
            node->engine.tick(now_);
            carry_out(*node);
        }
        after(kTickInterval, [this] { tick(); });
    }

    std::pair<Link*, int> find(SimNode& node, PeerId peer)
    {
        for (auto& link : links_) {
            for (const int side : {0, 1}) {
                if (link->open && link->node[side] == &node && link->peer[side] == peer) return {link.get(), side};
            }
        }
        return {nullptr, 0};
    }

    void act(SimNode& node, Send& send)
    {
        const auto [link, side] = find(node, send.peer);
        if (link == nullptr) return;
        const std::size_t size = send.bytes.size();
        after(Duration{0}, [this, &node, peer = send.peer, size] {
            node.engine.on_sent(peer, size, now_);
            carry_out(node);
        });
        if (auto& allowance = link->allowance[side]) {
            const std::size_t passing = std::min(*allowance, size);
            *allowance -= passing;
            send.bytes.resize(passing);
            if (passing == 0) return;
        }
        after(latency,
              [this, to_link = link, to = 1 - side, bytes = std::move(send.bytes)] { deliver(*to_link, to, bytes); });
    }
    void deliver(Link& link, int to, const Bytes& bytes)
    {
        if (!link.open) return;
        if (link.paused[to]) return link.waiting[to].push_back(bytes);
        SimNode& node = *link.node[to];
        node.engine.on_bytes(link.peer[to], bytes, now_);
        carry_out(node);
    }
    void act(SimNode& node, Disconnect& action)
    {
        const auto [link, side] = find(node, action.peer);
        if (link == nullptr) return;
        link->open = false;
        SimNode& other = *link->node[1 - side];
        after(latency, [this, &other, peer = link->peer[1 - side]] {
            other.engine.on_disconnected(peer, now_);
            carry_out(other);
        });
    }
    void act(SimNode& node, SetReading& action)
    {
        const auto [link, side] = find(node, action.peer);
        if (link == nullptr) return;
        link->paused[side] = !action.enabled;
        if (!action.enabled) return;
        for (Bytes& bytes : std::exchange(link->waiting[side], {})) {
            after(Duration{0}, [this, on = link, to = side, b = std::move(bytes)] { deliver(*on, to, b); });
        }
    }
    void act(SimNode& node, Connect& action)
    {
        Endpoint wanted = action.endpoint;
        if (!wanted.is_valid()) {
            if (const auto parsed = Endpoint::parse(action.name, 18444)) wanted = *parsed;
        }
        after(latency, [this, &node, attempt = action.attempt, wanted] { open(node, attempt, wanted); });
    }
    void open(SimNode& from, std::uint64_t attempt, const Endpoint& wanted)
    {
        SimNode* to = nullptr;
        for (auto& candidate : nodes_) {
            if (candidate->endpoint == wanted && candidate->listening) to = candidate.get();
        }
        std::optional<PeerId> there;
        const Endpoint source{from.endpoint.address, static_cast<std::uint16_t>(40000 + links_.size() % 20000)};
        if (to != nullptr) there = to->engine.on_accepted({source, to->endpoint, kPermissionNone, false}, now_);
        if (!there) {
            from.engine.on_connect_failed(attempt, now_);
            return carry_out(from);
        }
        auto link = std::make_unique<Link>();
        link->node[0] = &from;
        link->node[1] = to;
        link->peer[1] = *there;
        const auto here = from.engine.on_connected(attempt, {wanted, source, kPermissionNone, false}, now_);
        if (!here) {
            to->engine.on_disconnected(*there, now_);
            return;
        }
        link->peer[0] = *here;
        links_.push_back(std::move(link));
        carry_out(from);
        carry_out(*to);
    }
    void act(SimNode& node, SubmitHeaders& action)
    {
        ++node.submitted_headers;
        after(validation, [this, &node, peer = action.peer, headers = std::move(action.headers)] {
            node.engine.on_headers_result(peer, node.chain.add_headers(headers), now_);
            carry_out(node);
        });
    }
    void act(SimNode& node, SubmitBlock& action)
    {
        ++node.submitted_blocks;
        after(validation, [this, &node, a = action] {
            const BlockResult result = node.chain.add_block(a.block, a.requested, a.min_work_checked);
            node.engine.on_block_result(a.peer, a.block->hash, result, now_);
            publish(node);
            carry_out(node);
        });
    }
    void act(SimNode& node, SubmitTransaction& action)
    {
        after(validation, [this, &node, a = action] {
            node.engine.on_transaction_result(a.peer, a.transaction->wtxid, node.mempool.offer(a.transaction), now_);
            carry_out(node);
        });
    }
    void act(SimNode& node, ReadBlock& action)
    {
        after(validation, [this, &node, a = action] {
            const BlockRef block = node.chain.block(a.hash);
            std::shared_ptr<const Bytes> raw;
            if (block) raw = std::make_shared<const Bytes>(block->raw.begin(), block->raw.end());
            node.engine.on_block_read(a.peer, a.hash, raw, now_);
            carry_out(node);
        });
    }
    void act(SimNode& node, Resolve& action) { node.resolves.push_back(action.name); }
    void act(SimNode& node, Save& action) { node.saves.push_back(action.what); }
    void act(SimNode&, PresyncProgress&) {}
    void act(SimNode& node, Log& action)
    {
        if (log)
            std::printf("%8.3f n%zu %s\n", std::chrono::duration<double>(now_ - from_unix(kSimStart)).count(),
                        node.index, action.text.c_str());
        node.log.push_back(std::move(action.text));
    }
    /// Tells the engine what the chain connected.
    void publish(SimNode& node)
    {
        HeaderHandle fork;
        const auto connected = node.chain.take_connected(fork);
        for (const BlockRef& block : connected) {
            for (const Transaction& tx : block->transactions) {
                node.mempool.remove(tx.txid);
                node.mempool.confirmed.insert(tx.txid);
            }
            node.engine.on_block_connected(block, now_);
        }
        if (!connected.empty()) {
            node.engine.on_tip_changed(node.chain.tip(), fork, node.chain.initial_download, now_);
        }
    }

    SeededRandom random_;
    Time now_ = from_unix(kSimStart);
    std::vector<std::unique_ptr<SimNode>> nodes_;
    std::vector<std::unique_ptr<Link>> links_;
    std::priority_queue<Event> events_;
    std::uint64_t order_ = 0;
    bool ticking_ = false;
};

}  // namespace cairn::protocol::test
