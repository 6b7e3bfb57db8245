#include "base/io_error.h"

#include <cerrno>
#include <system_error>

namespace cairn::base {
namespace {

bool is_full(int code)
{
    return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

std::string remedy_for(int code)
{
    if (is_full(code)) return "Free some space on this disk and start again; nothing is lost.";
    if (code == EACCES || code == EPERM || code == EROFS) return "Check the permissions of this file and its folder.";
    if (code == EMFILE || code == ENFILE) return "Raise the limit of open files (ulimit -n) or lower -maxconnections.";
    return {};
}

}  // namespace

IoError::IoError(const std::string& operation, const std::filesystem::path& path, int code)
    : EnvironmentError("Cannot " + operation + " " + path.string() + ": " + std::generic_category().message(code),
                       remedy_for(code)),
      path_(path),
      code_(code)
{
}

bool IoError::disk_full() const
{
    return is_full(code_);
}

}  // namespace cairn::base
