#pragma once
// Everything a method or a server may ask, in one value: references to what lives as long as the node.

#include "api/chain_view.h"
#include "api/mempool_view.h"
#include "api/mining.h"
#include "api/network_control.h"
#include "api/node_control.h"
#include "api/wallet.h"

namespace cairn::api {

/// Null where the node runs without that part (-disablewallet). Not owned.
struct Node {
    ChainView* chain = nullptr;
    MempoolView* mempool = nullptr;
    Mining* mining = nullptr;
    NetworkControl* network = nullptr;
    NodeControl* control = nullptr;
    WalletManager* wallets = nullptr;
};

}  // namespace cairn::api
