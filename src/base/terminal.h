#pragma once
// The terminal that a program of the command line talks to.

#include <memory>

namespace cairn::base {

bool input_is_terminal();
bool output_is_terminal();

/// While it lives, what is typed at the terminal behind a file descriptor is not shown. Nothing happens where there is
/// no terminal.
class HiddenTyping {
public:
    /// Standard input, unless told otherwise.
    explicit HiddenTyping(int descriptor = 0);
    ~HiddenTyping();
    HiddenTyping(const HiddenTyping&) = delete;
    HiddenTyping& operator=(const HiddenTyping&) = delete;

private:
    struct Before;
    std::unique_ptr<Before> before_;
    int descriptor_;
};

}  // namespace cairn::base
