#include "node/options.h"

#include "base/settings/common_options.h"

namespace cairn::node {

const base::OptionTable& option_table()
{
    static const base::OptionTable table{base::common_options(),     general_options(), connection_options(),
                                         wallet_options(),           debug_options(),   chain_options(),
                                         relay_and_mining_options(), server_options()};
    return table;
}

}  // namespace cairn::node
