#pragma once
// The parts of the table of methods, one per category.

#include <vector>

#include "rpc/spec/method_spec.h"

namespace cairn::rpc::declare {

std::vector<MethodSpec> blockchain();
std::vector<MethodSpec> mempool();
std::vector<MethodSpec> control();
std::vector<MethodSpec> mining();
std::vector<MethodSpec> network();
std::vector<MethodSpec> raw_transactions();
std::vector<MethodSpec> util();
std::vector<MethodSpec> wallet();
std::vector<MethodSpec> wallet_coins();

}  // namespace cairn::rpc::declare
