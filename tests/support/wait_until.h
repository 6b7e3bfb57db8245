#pragma once
// Waiting for what other threads bring about.

#include <chrono>
#include <stdexcept>
#include <thread>

namespace cairn::test {

/// Returns once the condition holds. After two minutes without, throws, which fails the test: where nothing is wrong,
/// no build and no busy machine takes that long.
template <class Condition>
void wait_until(Condition condition)
{
    constexpr std::chrono::minutes kLimit{2};
    const auto end = std::chrono::steady_clock::now() + kLimit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) throw std::runtime_error("waited two minutes in vain");
        std::this_thread::yield();
    }
}

}  // namespace cairn::test
