#pragma once
// From the user's options to what each room takes as values. Every function refuses a value it cannot use with Bitcoin
// Core's text where it has one; the text is what follows "Error: ".

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "base/log.h"
#include "base/settings/settings.h"
#include "chain/chain_options.h"
#include "consensus/params.h"
#include "mempool/options.h"
#include "mining/block_template.h"
#include "net/socket_options.h"
#include "notify/command_notifier.h"
#include "protocol/engine.h"
#include "protocol/network.h"
#include "protocol/options.h"
#include "rpc/server/server.h"
#include "wallet/wallet_manager.h"

namespace cairn::node {

template <class T>
using Configured = std::expected<T, std::string>;

/// The network's rules, with -signetchallenge, -testactivationheight and -vbparams.
Configured<consensus::Params> configure_params(const base::Settings& settings);
/// Magic, port and seeds of that network.
protocol::NetworkInfo configure_network(const consensus::Params& params);

/// `params` must outlive the result.
Configured<chain::ChainOptions> configure_chain(const base::Settings& settings, const consensus::Params& params,
                                                const protocol::NetworkInfo& network);
/// A -dbcache that leaves too little of the machine's `memory` (bytes) for all else; nothing where it does not.
std::optional<std::string> dbcache_warning(const base::Settings& settings, std::uint64_t memory);
Configured<mempool::MempoolOptions> configure_mempool(const base::Settings& settings, const consensus::Params& params);
Configured<mining::TemplateOptions> configure_mining(const base::Settings& settings);

base::LogOptions configure_log(const base::Settings& settings);
/// -debug, -debugexclude and -loglevel, on the process's log.
Configured<void> configure_log_categories(const base::Settings& settings);

/// "/Satoshi:31.0.0/Cairn:0.1.0(comments)/"
Configured<std::string> configure_user_agent(const base::Settings& settings, std::string_view version);
Configured<protocol::EngineOptions> configure_engine(const base::Settings& settings,
                                                     const protocol::NetworkInfo& network, std::string user_agent);

/// -discover: whether addresses of our own are to be found out.
bool discovers(const base::Settings& settings);
/// The port that peers are told of: of -bind, or -whitebind, or -port.
std::uint16_t listen_port(const base::Settings& settings, const protocol::NetworkInfo& network);
/// -externalip: addresses to tell peers of, with the port listened on where none is given.
Configured<std::vector<protocol::Endpoint>> configure_external_addresses(const base::Settings& settings,
                                                                         const protocol::NetworkInfo& network);
/// With -discover: what of the machine's interfaces, or of the addresses bound, peers can be told of, and its score.
std::vector<std::pair<protocol::Endpoint, int>> discover_addresses(
    const base::Settings& settings, const protocol::NetworkInfo& network, const net::SocketOptions& sockets,
    std::span<const std::vector<std::byte>> interface_addresses);

/// Where to listen for peers: -bind, -whitebind, -port, -listen; and -timeout.
Configured<net::SocketOptions> configure_sockets(const base::Settings& settings, const protocol::NetworkInfo& network);

/// Nothing of it opens a port yet.
Configured<rpc::ServerOptions> configure_rpc(const base::Settings& settings);

/// Folder, addresses, keys and fees of the user's wallets. `notice` is what createwallet shows.
Configured<wallet::WalletSettings> configure_wallet(const base::Settings& settings, const consensus::Params& params,
                                                    const protocol::NetworkInfo& network, std::string notice,
                                                    base::FileSystem& files);
/// Fees so high that a slip of the pen is likely, in Bitcoin Core's words.
std::vector<std::string> high_fee_warnings(const wallet::WalletSettings& wallet);
/// -walletdir; else wallets/ in the network's folder where there is one (a new folder gets it), else that folder
/// itself.
Configured<std::filesystem::path> wallets_folder(const base::Settings& settings, base::FileSystem& files);
keys::AddressFormat address_format(Network network);
/// The wallets to load at start: -wallet, and those that settings.json remembers; nothing if neither says anything.
std::optional<std::vector<std::string>> wallets_to_load(const base::Settings& settings);

/// -alertnotify, -blocknotify, -startupnotify and -shutdownnotify.
notify::Commands configure_commands(const base::Settings& settings);

/// -mocktime; regtest only.
Configured<std::optional<std::chrono::sys_seconds>> configure_mock_time(const base::Settings& settings,
                                                                        const consensus::Params& params);

/// As Bitcoin Core: for what an int cannot hold, the nearest that it can.
int int_option(const base::Settings& settings, std::string_view name, std::int64_t fallback);

/// A fee rate option, per kvB, in coins; nothing where it is not set.
Configured<std::optional<Amount>> fee_option(const base::Settings& settings, std::string_view name);

}  // namespace cairn::node
