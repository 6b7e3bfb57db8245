#include "base/terminal.h"

#include <termios.h>
#include <unistd.h>

namespace cairn::base {

bool input_is_terminal()
{
    return ::isatty(STDIN_FILENO) != 0;
}

bool output_is_terminal()
{
    return ::isatty(STDOUT_FILENO) != 0;
}

struct HiddenTyping::Before {
    termios settings{};
};

HiddenTyping::HiddenTyping(int descriptor) : descriptor_(descriptor)
{
    termios settings{};
    if (::tcgetattr(descriptor, &settings) != 0) return;
    before_ = std::make_unique<Before>(settings);
    settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(descriptor, TCSANOW, &settings);
}

HiddenTyping::~HiddenTyping()
{
    if (before_) ::tcsetattr(descriptor_, TCSANOW, &before_->settings);
}

}  // namespace cairn::base
