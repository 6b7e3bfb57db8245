#pragma once
// Telling peers of new blocks: by headers where they asked for that and will be able to connect them, else by inv.
// Source: BIP130, and Bitcoin Core's rules for when headers would not help.

#include "protocol/context.h"

namespace cairn::protocol {

class BlockAnnouncer {
public:
    explicit BlockAnnouncer(Context& context) : context_(context) {}

    void on_tip_changed(HeaderHandle tip, HeaderHandle fork);
    void maintain(Peer& peer);

private:
    /// The headers to send; nothing if an inv serves better.
    std::optional<std::vector<HeaderHandle>> headers_for(const Peer& peer) const;

    Context& context_;
};

}  // namespace cairn::protocol
