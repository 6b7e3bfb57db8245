#include <iostream>

#include "base/terminal.h"
#include "cairn_version.h"
#include "rpc/client/command_line.h"

int main(int argc, char** argv)
{
    std::ios::sync_with_stdio(false);
    const std::span<const char* const> arguments(argv + (argc > 0 ? 1 : 0),
                                                 static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    return cairn::rpc::run_command_line(
        arguments, CAIRN_VERSION_DESCRIPTION,
        {std::cin, std::cout, std::cerr, cairn::base::output_is_terminal(), cairn::base::input_is_terminal()});
}
