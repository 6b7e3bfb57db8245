// USES: protocol
// A whole engine, talked to by two peers who say anything in any order while the node answers late or not at all.
// Whatever comes: bounds hold, nothing is sent to who was disconnected, once everything was answered nobody waits any
// more, and stopping closes everything.

#include <array>
#include <cstdlib>
#include <functional>
#include <set>

#include "../unit/protocol/fake_chain.h"
#include "../unit/protocol/fake_mempool.h"
#include "protocol/engine.h"
#include "protocol/limits.h"
#include "protocol/messages.h"
#include "protocol/transport.h"

using namespace cairn;
using namespace cairn::protocol;
using namespace cairn::protocol::test;

namespace {

constexpr std::array kTypes = {
    message::kVersion,   message::kVerack,     message::kWtxidRelay, message::kSendAddrV2, message::kSendHeaders,
    message::kSendCmpct, message::kPing,       message::kPong,       message::kFeeFilter,  message::kInv,
    message::kGetData,   message::kNotFound,   message::kGetHeaders, message::kGetBlocks,  message::kHeaders,
    message::kBlock,     message::kTx,         message::kAddr,       message::kAddrV2,     message::kGetAddr,
    message::kMempool,   message::kFilterLoad, message::kCmpctBlock, message::kGetBlockTxn};

void require(bool holds)
{
    if (!holds) std::abort();
}

EngineOptions fuzz_options()
{
    EngineOptions options;
    options.network = network_info(Network::kRegtest);
    options.user_agent = "/fuzz/";
    options.connect_given = true;
    options.dns_seed = false;
    return options;
}

/// Takes the input apart.
class Script {
public:
    explicit Script(ByteSpan bytes) : rest_(bytes) {}
    bool at_end() const { return rest_.empty(); }
    std::uint8_t byte()
    {
        if (rest_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(rest_[0]);
        rest_ = rest_.subspan(1);
        return value;
    }
    ByteSpan bytes(std::size_t size)
    {
        const ByteSpan result = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(result.size());
        return result;
    }

private:
    ByteSpan rest_;
};

class Conversation {
public:
    explicit Conversation(ByteSpan input)
        : script_(input), engine_(fuzz_options(), chain_, mempool_, rules_, random_, now_)
    {
        for (int i = 0; i < 3; ++i) chain_.mine(1'700'000'500);
        // A family: each spends what the one at half its number made.
        mempool_.confirmed.insert(Txid{});
        for (std::size_t i = 0; i < 12; ++i) {
            family_.push_back(make_spend(i == 0 ? Txid{} : family_[i / 2]->txid, 0, i, i % 3 != 0));
        }
        engine_.start(now_);
        for (std::uint8_t host = 1; host <= 2; ++host) {
            const Endpoint from{NetAddress::ipv4({20, host, 0, 1}), 5000};
            peers_.push_back(
                engine_.on_accepted({from, std::nullopt, host == 2 ? kPermissionNoBan : kPermissionNone, false}, now_)
                    .value());
            VersionMessage version;
            version.version = kProtocolVersion;
            version.services = kNodeNetwork | kNodeWitness;
            say(peers_.back(), message::kVersion, encode_version(version));
            say(peers_.back(), message::kVerack, {});
        }
    }

    void run()
    {
        while (!script_.at_end()) {
            step();
            const auto stats = engine_.peers(now_);
            for (const PeerStats& peer : stats) {
                require(peer.inflight.size() <= kMaxBlocksInFlightPerPeer);
                require(peer.messages_waiting <= kMaxQueuedMessages + 1);
            }
            require(engine_.orphans().size() <= kMaxOrphanLatencyScore);
        }
        while (!due_.empty()) answer();
        engine_.tick(now_);
        carry_out();
        while (!due_.empty()) answer();
        for (const PeerStats& peer : engine_.peers(now_)) require(peer.messages_waiting == 0);
        engine_.stop();
        carry_out();
        require(engine_.connection_count() == 0);
    }

private:
    void say(PeerId peer, std::string_view type, ByteSpan payload)
    {
        engine_.on_bytes(peer, transport_.encode(type, payload), now_);
        carry_out();
    }
    void step()
    {
        const std::uint8_t what = script_.byte();
        const PeerId peer = peers_[what & 1];
        switch (what >> 1 & 7) {
            case 0:
                return answer();
            case 1:
                now_ += std::chrono::seconds{script_.byte()};
                engine_.tick(now_);
                return carry_out();
            case 2:
                return known_thing(peer);
            case 3: {
                const BlockRef block = make_block(chain_.block_header(chain_.tip()), 1'700'000'600, script_.byte());
                const BlockHeader header[] = {block->header};
                say(peer, message::kHeaders, encode_headers(header));
                return say(peer, message::kBlock, block->raw);
            }
            case 4:
                return say(peer, message::kTx, family_[script_.byte() % family_.size()]->raw);
            default: {
                const std::string_view type = kTypes[script_.byte() % kTypes.size()];
                return say(peer, type, script_.bytes(script_.byte()));
            }
        }
    }
    /// Requests and announcements of things that exist.
    void known_thing(PeerId peer)
    {
        const Height height = script_.byte() % 4;
        const HeaderHandle header = chain_.active_at(height);
        if (!header) return;
        const Inventory item{script_.byte() % 2 == 0 ? InvType::kWitnessBlock : InvType::kBlock,
                             chain_.info(header).hash.value};
        const bool ask = script_.byte() % 2 == 0;
        say(peer, ask ? message::kGetData : message::kInv, encode_inventory(std::span{&item, 1}));
    }
    /// One of the results that are due.
    void answer()
    {
        if (due_.empty()) return;
        auto next = std::move(due_.front());
        due_.erase(due_.begin());
        next();
        carry_out();
    }
    void carry_out()
    {
        for (Action& action : engine_.take_actions()) std::visit([&](auto& a) { act(a); }, action);
    }
    void act(Send& a)
    {
        require(!gone_.contains(a.peer));
        engine_.on_sent(a.peer, a.bytes.size(), now_);
    }
    void act(Disconnect& a) { require(gone_.insert(a.peer).second); }
    void act(SubmitHeaders& a)
    {
        due_.push_back([this, a] { engine_.on_headers_result(a.peer, chain_.add_headers(a.headers), now_); });
    }
    void act(SubmitBlock& a)
    {
        due_.push_back([this, a] {
            const auto result = chain_.add_block(a.block, a.requested, a.min_work_checked);
            engine_.on_block_result(a.peer, a.block->hash, result, now_);
            HeaderHandle fork;
            for (const BlockRef& block : chain_.take_connected(fork)) engine_.on_block_connected(block, now_);
            if (fork) engine_.on_tip_changed(chain_.tip(), fork, false, now_);
        });
    }
    void act(SubmitTransaction& a)
    {
        due_.push_back([this, a] {
            engine_.on_transaction_result(a.peer, a.transaction->wtxid, mempool_.offer(a.transaction), now_);
        });
    }
    void act(ReadBlock& a)
    {
        due_.push_back([this, a] {
            const BlockRef block = chain_.block(a.hash);
            std::shared_ptr<const Bytes> raw;
            if (block) raw = std::make_shared<const Bytes>(block->raw.begin(), block->raw.end());
            engine_.on_block_read(a.peer, a.hash, raw, now_);
        });
    }
    template <class Other>
    void act(Other&)
    {
    }

    Script script_;
    Time now_ = from_unix(1'700'000'700);
    FakeChain chain_;
    FakeMempool mempool_;
    FakeRules rules_;
    SeededRandom random_{1};
    Engine engine_;
    TransportV1 transport_{network_info(Network::kRegtest).magic};
    std::vector<PeerId> peers_;
    std::vector<TransactionRef> family_;
    std::vector<std::function<void()>> due_;
    std::set<PeerId> gone_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Conversation(std::as_bytes(std::span{data, size})).run();
    return 0;
}
