#pragma once
// The rooms of a running node, in the order in which they are made: destroyed in the opposite one. Not for others.
// lint: long, because it names every room once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "base/settings/settings.h"
#include "base/shutdown.h"
#include "chain/chain_manager.h"
#include "consensus/script/signature_verifier.h"
#include "crypto/signing_context.h"
#include "events/event_bus.h"
#include "mempool/signature_cache.h"
#include "node/data_lock.h"
#include "node/guard.h"
#include "node/node.h"
#include "notify/command_notifier.h"
#include "rpc/methods/dispatcher.h"
#include "rpc/server/server.h"
#include "services/chain_service.h"
#include "services/control_service.h"
#include "services/mempool_bridge.h"
#include "services/mempool_service.h"
#include "services/mining_service.h"
#include "services/peer_service.h"
#include "wallet/wallet_manager.h"

namespace cairn::node {

struct Node::Parts {
    Parts(base::Settings& node_settings, base::ShutdownSignal& stop) : settings(node_settings), shutdown(stop) {}

    // Steps of start(), in their order. See node.cpp.
    Started start_base();
    Started start_rpc();
    Started start_chain();
    Started start_services();
    Started start_wallets();
    Started start_peers();
    void schedule_jobs();
    /// As soon as the blocks of files are read in.
    void load_mempool();
    void save_mempool();

    /// For threads that fail: says why, and asks the node to stop.
    base::FailureHandler failure_handler();
    std::string notice() const;
    /// Told in the log and, when the start is done, on standard error.
    void warn(std::string text);

    base::Settings& settings;
    base::ShutdownSignal& shutdown;
    std::atomic<bool> failed{false};

    base::NodeClock clock;
    base::OsRandom random;
    base::FileSystem& files = base::os_file_system();
    DataLocks locks;
    std::unique_ptr<PidFile> pid_file;
    consensus::Params params;
    protocol::NetworkInfo network;
    std::unique_ptr<crypto::SigningContext> signing;
    std::unique_ptr<base::Scheduler> scheduler;
    std::unique_ptr<events::EventBus> events;
    std::unique_ptr<notify::CommandNotifier> notifier;

    rpc::Dispatcher dispatcher{clock};
    std::unique_ptr<rpc::Server> rpc_server;

    consensus::ImmediateVerifier verifier;
    std::unique_ptr<mempool::SignatureCache> signatures;
    std::unique_ptr<mempool::SignatureLookup> block_signatures;
    services::MempoolChain mempool_chain;
    std::unique_ptr<services::MempoolEvents> mempool_events;
    std::unique_ptr<mempool::Mempool> mempool;
    std::unique_ptr<services::ChainMempool> chain_mempool;
    std::unique_ptr<chain::ChainManager> chain;

    std::unique_ptr<services::PeerService> peers;
    std::unique_ptr<services::ChainService> chain_service;
    std::unique_ptr<services::MempoolKeeper> mempool_keeper;
    std::unique_ptr<services::MempoolService> mempool_service;
    std::unique_ptr<services::MiningService> mining_service;
    std::unique_ptr<services::ControlService> control_service;
    std::unique_ptr<wallet::WalletManager> wallets;
    bool loads_unnamed = false;         // the unnamed wallet, without being told to: settings.json does not list it yet
    std::vector<std::string> warnings;  // of the start
    std::vector<base::Registration> jobs;
};

}  // namespace cairn::node
