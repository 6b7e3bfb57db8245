#pragma once
// What block templates ask of the chain. Validation thread only.

#include <memory>

#include "base/clock.h"
#include "chain/chain_manager.h"
#include "consensus/versionbits.h"
#include "mining/block_template.h"

namespace cairn::services {

class TemplatePort final : public mining::TemplatePort {
public:
    TemplatePort(chain::ChainManager& chain, const base::Clock& clock) : chain_(chain), clock_(clock) {}

    Next next() const override;
    /// On the validation thread.
    consensus::VersionBitsCache& version_bits() const { return *version_bits_; }
    std::uint32_t bits_for(std::int64_t block_time) const override;
    std::expected<void, Rejection> check_block(const BlockRef& block) override;

private:
    chain::ChainManager& chain_;
    const base::Clock& clock_;
    const std::unique_ptr<consensus::VersionBitsCache> version_bits_ = std::make_unique<consensus::VersionBitsCache>();
};

}  // namespace cairn::services
