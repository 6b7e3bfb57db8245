#pragma once
// What cairnd does from its command line to its exit code.

namespace cairn::node {

/// -help, -version, or a node until it is asked to stop. Returns an ExitCode. Errors go to standard error, and nothing
/// else does.
int run_program(int argc, char** argv);

}  // namespace cairn::node
