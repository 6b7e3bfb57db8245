#include "services/peer_service.h"

#include "base/log.h"
#include "protocol/address_manager.h"

namespace cairn::services {

using protocol::Engine;
using protocol::Time;

namespace {

/// Blocks waiting to be read for peers: the engine asks for one per peer at a time.
constexpr std::size_t kMaxWaitingReads = 1024;

std::unique_ptr<Engine> make_engine(protocol::EngineOptions options, const PeerChain& chain, PeerMempool& mempool,
                                    const PeerHeaderRules& rules, PeerRandom& random, Time now)
{
    return std::make_unique<Engine>(std::move(options), chain, mempool, rules, random, now);
}

protocol::TransactionResult accept(mempool::Mempool& mempool, const base::Clock& clock,
                                   const TransactionRef& transaction)
{
    const auto accepted = mempool.accept(transaction, {.now = base::unix_seconds(clock.now())});
    if (accepted) return {};
    base::log_debug(base::LogCategory::kMempoolRej, "{} was not accepted: {}", transaction->txid.to_hex(),
                    accepted.error().to_string());
    return to_protocol(accepted.error());
}

}  // namespace

PeerService::PeerService(Parts parts, protocol::EngineOptions options, net::SocketOptions sockets)
    : parts_(std::move(parts)),
      peer_chain_(parts_.chain),
      peer_mempool_(parts_.mempool, parts_.clock),
      header_rules_(parts_.chain.params()),
      random_(parts_.random),
      files_(parts_.files, parts_.folder),
      host_(std::make_shared<net::PeerHost>(
          std::move(sockets),
          make_engine(std::move(options), peer_chain_, peer_mempool_, header_rules_, random_, parts_.clock.now()),
          static_cast<net::NodePort&>(*this), parts_.clock,
          [this](std::string_view thread, std::exception_ptr failure) {
              // Nobody is to wait for events that a thread that failed does not take any more.
              if (subscription_) subscription_->end();
              if (parts_.on_failure) parts_.on_failure(thread, std::move(failure));
          })),
      control_(*host_, parts_.chain)
{
}

PeerService::~PeerService()
{
    stop();
}

std::expected<void, std::string> PeerService::start()
{
    const auto bans = files_.load_bans();
    host_->run([&](Engine& engine, Time now) {
        files_.load_addresses(engine.addresses(), now);
        engine.restore_bans(bans, now);
    });
    reader_ = std::make_unique<base::SerialExecutor>("blockread", kMaxWaitingReads, parts_.on_failure);
    last_tip_ = parts_.chain.tip();
    subscription_ = parts_.events.subscribe_on(
        [this](std::function<void()> hand_over) {
            host_->post([hand_over = std::move(hand_over)](const Engine&, Time) { hand_over(); });
        },
        "peers", *this, parts_.event_bound);
    verdict_registration_ =
        parts_.chain.on_block_checked([this](const chain::BlockNode& node, const std::optional<Rejection>& rejection) {
            on_verdict(node, rejection);
        });
    return host_->start();
}

void PeerService::stop()
{
    if (!reader_) return;
    verdict_registration_.reset();
    host_->stop();
    subscription_.reset();
    save_all();
    reader_.reset();
}

void PeerService::save_all()
{
    host_->run([this](const Engine& engine, Time now) {
        files_.save_addresses(engine.addresses().encode());
        files_.save_bans(engine.bans(now));
    });
}

void PeerService::announce(const TransactionRef& transaction)
{
    host_->post([txid = transaction->txid, wtxid = transaction->wtxid](Engine& engine, Time now) {
        engine.announce_transaction(txid, wtxid, now);
    });
}

std::vector<api::OrphanTransaction> PeerService::orphans() const
{
    std::vector<api::OrphanTransaction> out;
    host_->run([&](const Engine& engine, Time) {
        for (const auto& orphan : engine.orphans()) out.push_back({orphan.transaction, orphan.announcers});
    });
    return out;
}

std::function<void(net::PeerHost::Work)> PeerService::poster() const
{
    return [weak = std::weak_ptr(host_)](net::PeerHost::Work work) {
        if (const auto host = weak.lock()) host->post(std::move(work));
    };
}

void PeerService::on_action(protocol::SubmitHeaders action)
{
    parts_.chain.submit_headers(std::move(action.headers), true,
                                [post = poster(), peer = action.peer](const chain::HeadersResult& result) {
                                    post([peer, answer = to_protocol(result)](Engine& engine, Time now) {
                                        engine.on_headers_result(peer, answer, now);
                                    });
                                });
}

void PeerService::on_action(protocol::SubmitBlock action)
{
    const auto hash = action.block->hash;
    parts_.chain.submit_block(std::move(action.block),
                              {.requested = action.requested, .work_checked = action.min_work_checked},
                              [post = poster(), peer = action.peer, hash](const chain::BlockResult& result) {
                                  post([peer, hash, answer = to_protocol(result)](Engine& engine, Time now) {
                                      engine.on_block_result(peer, hash, answer, now);
                                  });
                              });
}

void PeerService::on_action(protocol::SubmitTransaction action)
{
    // Mempool and clock outlive the chain's thread.
    parts_.chain.post([post = poster(), &mempool = parts_.mempool, &clock = parts_.clock, peer = action.peer,
                       transaction = std::move(action.transaction)] {
        post([peer, wtxid = transaction->wtxid, answer = accept(mempool, clock, transaction)](
                 Engine& engine, Time now) { engine.on_transaction_result(peer, wtxid, answer, now); });
    });
}

void PeerService::on_action(const protocol::ReadBlock& action)
{
    const auto answer = [this, peer = action.peer, hash = action.hash](const std::shared_ptr<const Bytes>& raw) {
        host_->post([peer, hash, raw](Engine& engine, Time now) { engine.on_block_read(peer, hash, raw, now); });
    };
    base::Task task = [this, answer, hash = action.hash] { answer(read_block(hash)); };
    if (reader_->try_post(task)) return;
    // Peers that came and went have left more to be read than there is room for: the network does not wait for the
    // disk.
    base::log_debug(base::LogCategory::kNet, "Too many blocks to read, peer={}", action.peer);
    answer(nullptr);
}

std::shared_ptr<const Bytes> PeerService::read_block(const BlockHash& hash) const
try {
    const auto* node = parts_.chain.tree().find(hash);
    return node ? parts_.chain.read_raw_block(*node) : nullptr;
} catch (const base::EnvironmentError& error) {
    // As Bitcoin Core: an old block that cannot be read is no reason to stop when a peer asks for it.
    base::log_error("Cannot load block {} for a peer: {}", hash.to_hex(), error.what());
    return nullptr;
}

void PeerService::on_action(const protocol::Save& action)
{
    host_->post([this, what = action.what](const Engine& engine, Time now) {
        // The disk is another thread's business: the network does not wait for it.
        base::Task task;
        if (what == protocol::Save::What::kAddresses) {
            task = [this, encoded = engine.addresses().encode()] { files_.save_addresses(encoded); };
        } else {
            task = [this, bans = engine.bans(now)] { files_.save_bans(bans); };
        }
        // Where it has no room, the next time, or stop(), saves all the same.
        reader_->try_post(task);
    });
}

void PeerService::on_action(const protocol::PresyncProgress& action)
{
    base::log_info("Pre-synchronizing blockheaders, height: {}", action.height);
}

bool PeerService::wants(const events::Fact& fact) const
{
    // The mempool is asked when it is needed: nothing is kept that its events would change.
    return !std::holds_alternative<events::TransactionAdded>(fact) &&
           !std::holds_alternative<events::TransactionRemoved>(fact);
}

void PeerService::on_event(const events::Event& event)
{
    host_->run([&](Engine& engine, Time now) {
        std::visit(
            [&](const auto& fact) {
                if constexpr (requires { on_fact(fact, engine, now); }) on_fact(fact, engine, now);
            },
            event.fact);
    });
}

void PeerService::on_fact(const events::BlockConnected& connected, Engine& engine, Time now)
{
    engine.on_block_connected(connected.block, now);
}

void PeerService::on_fact(const events::BlockDisconnected&, Engine& engine, Time now)
{
    engine.on_block_disconnected(now);
}

void PeerService::on_fact(const events::TipChanged& changed, Engine& engine, Time now)
{
    on_tip(*parts_.chain.tree().find(changed.tip), changed.initial_download, engine, now);
}

void PeerService::on_fact(const events::EventsLost&, Engine& engine, Time now)
{
    engine.on_blocks_missed(now);
    on_tip(*parts_.chain.tip(), parts_.chain.in_initial_block_download(), engine, now);
}

void PeerService::on_tip(const chain::BlockNode& tip, bool initial_download, Engine& engine, Time now)
{
    const auto* fork = last_tip_ ? chain::last_common_ancestor(last_tip_, &tip) : &tip;
    last_tip_ = &tip;
    engine.on_tip_changed(handle(&tip), handle(fork), initial_download, now);
}

void PeerService::on_verdict(const chain::BlockNode& node, const std::optional<Rejection>& rejection)
{
    host_->post([hash = node.hash(), verdict = block_verdict(rejection),
                 reason = rejection ? rejection->to_string() : std::string{}](Engine& engine, Time now) {
        engine.on_block_checked(hash, verdict, reason, now);
    });
}

}  // namespace cairn::services
