#pragma once
// What a check said, in one word: "" where it accepts, else the network's reason.

#include <expected>
#include <string>

#include "consensus/rejection.h"

namespace cairn::test {

template <class T>
std::string reason(const std::expected<T, Rejection>& result)
{
    return result ? std::string{} : result.error().text();
}

}  // namespace cairn::test
