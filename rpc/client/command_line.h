#pragma once
// cairn-cli: what the user typed, as calls to the node, and the answer shown.
//
// The exit status is 0, 1 for a mistake here or no connection, else the size of the RPC's error number.

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace cairn::rpc {

/// `arguments` without the program's name. Standard streams are passed in, so that tests can play them.
struct CommandLineStreams {
    std::istream& in;
    std::ostream& out;
    std::ostream& error;
    bool out_is_terminal = false;
    bool in_is_terminal = false;  // passwords are asked for, and not shown while they are typed
};
int run_command_line(std::span<const char* const> arguments, std::string_view version, CommandLineStreams streams);

}  // namespace cairn::rpc
