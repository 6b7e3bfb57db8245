// USES: rpc_spec
// JSON text: what is accepted, written and read again is the same; amounts pass through unchanged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rpc/spec/error.h"
#include "rpc/spec/json.h"

using cairn::rpc::Json;

namespace {

void check_amount(const Json& value)
{
    try {
        const auto amount = value.as_amount();
        if (!amount.is_money() || Json::parse(Json(amount).write())->as_amount() != amount) std::abort();
    } catch (const cairn::rpc::Error&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = Json::parse(text);
    if (!value) return 0;
    for (const int indent : {0, 2}) {
        const auto again = Json::parse(value->write(indent));
        if (!again || *again != *value || again->write() != value->write()) std::abort();
    }
    check_amount(*value);
    for (std::size_t i = 0; i < value->size(); ++i) check_amount((*value)[i]);
    return 0;
}
