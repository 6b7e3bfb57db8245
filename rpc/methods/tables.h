#pragma once
// The methods, by the file that has them.

#include <span>

#include "rpc/methods/call.h"

namespace cairn::rpc {

std::span<const Entry> block_methods();
std::span<const Entry> block_statistics_methods();
std::span<const Entry> chain_methods();
std::span<const Entry> wait_methods();
std::span<const Entry> coin_methods();
std::span<const Entry> scan_methods();
std::span<const Entry> proof_methods();
std::span<const Entry> mempool_methods();
std::span<const Entry> send_methods();
std::span<const Entry> control_methods();
std::span<const Entry> test_methods();
std::span<const Entry> mining_methods();
std::span<const Entry> template_methods();
std::span<const Entry> generate_methods();
std::span<const Entry> peer_methods();
std::span<const Entry> network_methods();
std::span<const Entry> ban_methods();
std::span<const Entry> transaction_methods();
std::span<const Entry> create_methods();
std::span<const Entry> sign_methods();
std::span<const Entry> script_methods();
std::span<const Entry> address_methods();
std::span<const Entry> message_methods();
std::span<const Entry> descriptor_methods();
std::span<const Entry> wallet_file_methods();
std::span<const Entry> wallet_secret_methods();
std::span<const Entry> wallet_address_methods();
std::span<const Entry> wallet_coin_methods();
std::span<const Entry> wallet_pay_methods();
std::span<const Entry> wallet_history_methods();
std::span<const Entry> wallet_descriptor_methods();

}  // namespace cairn::rpc
