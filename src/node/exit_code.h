#pragma once
// With what cairnd ends. Documented in its man page and in docs/running.md.

namespace cairn::node {

enum ExitCode : int {
    kExitSuccess = 0,  // stopped when asked to
    kExitFailure = 1,  // could not start, or had to stop: the reason is on standard error and in debug.log
};

}  // namespace cairn::node
