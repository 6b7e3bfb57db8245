#pragma once
// What the peer-to-peer logic wants of the rest of the node: the actions that are not about sockets. Called on the
// network thread; none may block for long. Answers come back through PeerHost::post.

#include "protocol/actions.h"

namespace cairn::net {

/// What each action asks, and which input of the engine answers it, says protocol/actions.h. An exception ends the
/// network thread, and the node.
class NodePort {
public:
    virtual ~NodePort() = default;
    // For validation. Each is answered.
    virtual void on_action(protocol::SubmitHeaders action) = 0;
    virtual void on_action(protocol::SubmitBlock action) = 0;
    virtual void on_action(protocol::SubmitTransaction action) = 0;
    /// A block for a peer, from disk. Answered, also where it is not there.
    virtual void on_action(const protocol::ReadBlock& action) = 0;
    // Not answered.
    virtual void on_action(const protocol::Save& action) = 0;
    virtual void on_action(const protocol::PresyncProgress& action) = 0;
};

}  // namespace cairn::net
