#pragma once
// One engine and peers played by hand: each message is sent and each answer looked at by the test.

#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "fake_chain.h"
#include "fake_mempool.h"
#include "protocol/address_manager.h"
#include "protocol/engine.h"
#include "protocol/messages.h"
#include "protocol/transport.h"

namespace cairn::protocol::test {

inline constexpr std::int64_t kBenchStart = 1'700'000'600;

inline EngineOptions bench_options()
{
    EngineOptions options;
    options.network = network_info(Network::kRegtest);
    options.user_agent = "/Satoshi:31.0.0/Cairn:0.1.0/";
    options.dns_seed = false;
    options.connect_given = true;
    options.seed0 = 5;
    return options;
}

class PeerBench {
public:
    explicit PeerBench(EngineOptions options = bench_options(), std::uint64_t seed = 1)
        : random(seed), engine(std::move(options), chain, mempool, rules, random, now)
    {
        engine.start(now);
    }

    /// A message that the engine sent.
    struct Sent {
        std::string type;
        Bytes payload;
    };
    /// One connection as the test plays it.
    struct Remote {
        PeerId id = -1;
        TransportV1 transport{network_info(Network::kRegtest).magic};
        std::vector<Sent> received;
        bool disconnected = false;
        bool reading = true;
        bool reports_sent = true;  // tells the engine that its bytes left
        std::size_t unreported = 0;
    };

    Time now = from_unix(kBenchStart);
    FakeChain chain;
    FakeMempool mempool;
    FakeRules rules;
    SeededRandom random;
    Engine engine;
    std::map<PeerId, std::unique_ptr<Remote>> remotes;
    std::vector<Connect> connects;
    std::vector<Resolve> resolves;
    std::vector<SubmitBlock> blocks;
    std::vector<SubmitHeaders> headers;
    std::vector<SubmitTransaction> transactions;
    std::vector<ReadBlock> reads;
    std::vector<std::string> log;
    std::vector<PresyncProgress> presync;
    bool answer = true;  // validation answers at once

    Remote* accept(std::uint8_t host = 1, Permissions permissions = kPermissionNone)
    {
        const Endpoint from{NetAddress::ipv4({20, host, 0, 1}), static_cast<std::uint16_t>(30000 + remotes.size())};
        return accept(from, permissions);
    }
    Remote* accept(const Endpoint& from, Permissions permissions = kPermissionNone,
                   const Endpoint& here = {NetAddress::ipv4({127, 0, 0, 1}), 18444})
    {
        const auto id = engine.on_accepted({from, here, permissions, false}, now);
        carry_out();
        return id ? add(*id) : nullptr;
    }
    /// Answers the Connect action that is waiting.
    Remote* dialled()
    {
        const Connect connect = connects.front();
        connects.erase(connects.begin());
        Endpoint there = connect.endpoint;
        if (!there.is_valid()) there = Endpoint{NetAddress::ipv4({30, 0, 0, 1}), 18444};
        const auto id = engine.on_connected(connect.attempt, {there, std::nullopt, kPermissionNone, false}, now);
        if (!id) return nullptr;
        Remote* remote = add(*id);
        carry_out();
        return remote;
    }
    Remote* dial(ConnectionType type, std::uint8_t host = 1)
    {
        EXPECT_TRUE(engine.connect_to("30." + std::to_string(host) + ".0.1:18444", type, now));
        carry_out();
        return dialled();
    }

    static VersionMessage version_message()
    {
        VersionMessage version;
        version.version = kProtocolVersion;
        version.services = kNodeNetwork | kNodeWitness | kNodeNetworkLimited;
        version.time = kBenchStart;
        version.user_agent = "/test/";
        version.start_height = 0;
        return version;
    }
    void send(Remote* remote, std::string_view type, ByteSpan payload = {})
    {
        send_bytes(remote, remote->transport.encode(type, payload));
    }
    void send_bytes(Remote* remote, ByteSpan bytes)
    {
        engine.on_bytes(remote->id, bytes, now);
        carry_out();
    }
    void handshake(Remote* remote, VersionMessage version = version_message(), bool wtxid = true)
    {
        send(remote, message::kVersion, encode_version(version));
        if (wtxid) send(remote, message::kWtxidRelay);
        send(remote, message::kSendAddrV2);
        send(remote, message::kVerack);
    }
    Remote* ready_inbound(std::uint8_t host = 1, Permissions permissions = kPermissionNone)
    {
        Remote* remote = accept(host, permissions);
        handshake(remote);
        return remote;
    }
    /// Passes time in steps, so that everything due happens in order.
    void pass(Duration duration, Duration step = 100ms)
    {
        const Time end = now + duration;
        while (now < end) {
            now = std::min(now + step, end);
            engine.tick(now);
            carry_out();
        }
    }
    void tick()
    {
        engine.tick(now);
        carry_out();
    }
    void inv(Remote* remote, InvType type, const Hash256& hash)
    {
        const Inventory item{type, hash};
        send(remote, message::kInv, encode_inventory(std::span{&item, 1}));
    }
    void getdata(Remote* remote, std::vector<Inventory> items)
    {
        send(remote, message::kGetData, encode_inventory(items));
    }
    void mine(int count = 1)
    {
        for (int i = 0; i < count; ++i) chain.mine(static_cast<std::uint32_t>(unix_seconds(now)) - 60);
        publish();
    }
    void publish()
    {
        HeaderHandle fork;
        for (const BlockRef& block : chain.take_connected(fork)) engine.on_block_connected(block, now);
        if (fork) engine.on_tip_changed(chain.tip(), fork, chain.initial_download, now);
        carry_out();
    }

    static std::size_t count(const Remote* remote, std::string_view type)
    {
        return static_cast<std::size_t>(
            std::ranges::count_if(remote->received, [&](const Sent& m) { return m.type == type; }));
    }
    static const Sent* last(const Remote* remote, std::string_view type)
    {
        for (auto it = remote->received.rbegin(); it != remote->received.rend(); ++it) {
            if (it->type == type) return &*it;
        }
        return nullptr;
    }
    static std::vector<Inventory> items(const Remote* remote, std::string_view type)
    {
        std::vector<Inventory> all;
        for (const Sent& m : remote->received) {
            if (m.type != type) continue;
            const auto list = decode_inventory(m.payload);
            all.insert(all.end(), list->items.begin(), list->items.end());
        }
        return all;
    }
    bool logged(std::string_view text) const
    {
        return std::ranges::any_of(log, [&](const std::string& line) { return line.find(text) != line.npos; });
    }
    PeerStats stats(const Remote* remote)
    {
        for (PeerStats& peer : engine.peers(now)) {
            if (peer.id == remote->id) return peer;
        }
        ADD_FAILURE() << "no such peer";
        return {};
    }
    void carry_out()
    {
        while (true) {
            auto actions = engine.take_actions();
            if (actions.empty()) return;
            for (Action& action : actions) std::visit([&](auto& a) { act(a); }, action);
        }
    }

    void answer_block(const SubmitBlock& a)
    {
        const BlockResult result = chain.add_block(a.block, a.requested, a.min_work_checked);
        engine.on_block_result(a.peer, a.block->hash, result, now);
        publish();
    }
    void answer_read(const ReadBlock& a)
    {
        const BlockRef block = chain.block(a.hash);
        std::shared_ptr<const Bytes> raw;
        if (block) raw = std::make_shared<const Bytes>(block->raw.begin(), block->raw.end());
        engine.on_block_read(a.peer, a.hash, raw, now);
        carry_out();
    }

private:
    Remote* add(PeerId id)
    {
        auto remote = std::make_unique<Remote>();
        remote->id = id;
        Remote* result = remote.get();
        remotes.emplace(id, std::move(remote));
        return result;
    }
    void act(Send& a)
    {
        const auto found = remotes.find(a.peer);
        if (found == remotes.end()) return;
        Remote& remote = *found->second;
        std::vector<Received> messages;
        EXPECT_TRUE(remote.transport.receive(a.bytes, messages));
        for (Received& m : messages) remote.received.push_back({m.type, std::move(m.payload)});
        if (remote.reports_sent) {
            engine.on_sent(a.peer, a.bytes.size(), now);
        } else {
            remote.unreported += a.bytes.size();
        }
    }
    void act(Disconnect& a)
    {
        const auto found = remotes.find(a.peer);
        if (found != remotes.end()) found->second->disconnected = true;
    }
    void act(SetReading& a) { remotes.at(a.peer)->reading = a.enabled; }
    void act(Connect& a) { connects.push_back(a); }
    void act(Resolve& a) { resolves.push_back(a); }
    void act(Save&) {}
    void act(PresyncProgress& a) { presync.push_back(a); }
    void act(Log& a) { log.push_back(a.text); }
    void act(SubmitHeaders& a)
    {
        headers.push_back(a);
        if (answer) engine.on_headers_result(a.peer, chain.add_headers(a.headers), now);
    }
    void act(SubmitBlock& a)
    {
        blocks.push_back(a);
        if (answer) answer_block(a);
    }
    void act(SubmitTransaction& a)
    {
        transactions.push_back(a);
        if (answer) engine.on_transaction_result(a.peer, a.transaction->wtxid, mempool.offer(a.transaction), now);
    }
    void act(ReadBlock& a)
    {
        reads.push_back(a);
        if (answer) answer_read(a);
    }
};

}  // namespace cairn::protocol::test
