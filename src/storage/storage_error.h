#pragma once
// Faults of the node's own data, as an exception: corruption, and what the database says of the disk.

#include <string>

#include "base/io_error.h"

namespace cairn::storage {

/// Caught at the top of the thread, which stops the node in order. Disk faults below block files are base::IoError.
class StorageError : public base::EnvironmentError {
public:
    enum class Kind {
        kCorrupt,   // what was read is not what was written
        kDiskFull,  // nothing was lost; free space and start again
        kIo,
        kUnknownFormat,  // written by an unknown or newer program; nothing has been changed
        kLocked,         // another process has it open
    };
    StorageError(Kind kind, const std::string& what, std::string remedy = {})
        : EnvironmentError(what, std::move(remedy)), kind_(kind)
    {
    }
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

}  // namespace cairn::storage
