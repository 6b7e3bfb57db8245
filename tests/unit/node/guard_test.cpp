// Whatever a step of start or stop throws becomes an error for the owner.

#include "node/guard.h"

#include <filesystem>
#include <new>
#include <stdexcept>

#include <gtest/gtest.h>

#include "base/io_error.h"

namespace cairn::node {
namespace {

TEST(GuardedStart, IsWhatTheStepSays)
{
    EXPECT_TRUE(guarded_start([]() -> Started { return {}; }));
    EXPECT_EQ(guarded_start([]() -> Started { return std::unexpected("no port"); }).error(), "no port");
}

TEST(GuardedStart, MakesAnErrorOfAnyException)
{
    const auto error = [](auto thrown) { return guarded_start([&]() -> Started { throw thrown; }).error(); };
    EXPECT_EQ(error(base::EnvironmentError("The disk is full.", "Free some space.")),
              "The disk is full. Free some space.");
    EXPECT_EQ(error(std::runtime_error("no threads")), "no threads");
    EXPECT_EQ(error(std::bad_alloc()), std::bad_alloc().what());
    const std::filesystem::filesystem_error missing("cannot open", std::make_error_code(std::errc::permission_denied));
    EXPECT_EQ(error(missing), missing.what());
    EXPECT_EQ(error(7), "unknown failure");
}

TEST(GuardedStop, GoesOnAfterAnyException)
{
    EXPECT_TRUE(guarded_stop("a part", [] {}));
    EXPECT_FALSE(guarded_stop("a part", [] { throw std::runtime_error("broken"); }));
    EXPECT_FALSE(guarded_stop("a part", [] { throw 7; }));
}

}  // namespace
}  // namespace cairn::node
