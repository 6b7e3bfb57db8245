#pragma once
// What the peer-to-peer logic wants of the rest of the node: the actions that are not about sockets. Called on the
// network thread; none may block for long. Answers come back through PeerHost::post.

#include "protocol/actions.h"

namespace cairn::net {

class NodePort {
public:
    virtual ~NodePort() = default;
    virtual void on_action(protocol::SubmitHeaders action) = 0;
    virtual void on_action(protocol::SubmitBlock action) = 0;
    virtual void on_action(protocol::SubmitTransaction action) = 0;
    virtual void on_action(const protocol::ReadBlock& action) = 0;
    virtual void on_action(const protocol::Save& action) = 0;
    virtual void on_action(const protocol::PresyncProgress& action) = 0;
};

}  // namespace cairn::net
