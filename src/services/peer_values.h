#pragma once
// Peers, bans and addresses as api shows them.

#include "api/network_control.h"
#include "protocol/address_manager.h"
#include "protocol/engine.h"

namespace cairn::services {

api::PeerInfo to_api(const protocol::PeerStats& peer);
api::AddedNode to_api(const protocol::AddedNodeInfo& node);
api::Ban to_api(const protocol::BanEntry& ban);
api::KnownAddress to_api(const protocol::PeerAddress& address);

}  // namespace cairn::services
