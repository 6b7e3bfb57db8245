#include "consensus/encoding/decode_error.h"

namespace cairn {

std::string_view text(DecodeError error)
{
    switch (error) {
        case DecodeError::kTruncated:
            return "the data ends too early";
        case DecodeError::kNonCanonicalSize:
            return "a size is encoded in more bytes than it needs";
        case DecodeError::kOversizedSize:
            return "a size is too large";
        case DecodeError::kSuperfluousWitness:
            return "a transaction has the witness flag but no witness";
        case DecodeError::kUnknownFlag:
            return "a transaction has a flag that nobody knows";
        case DecodeError::kTrailingBytes:
            return "there are bytes after the end";
        case DecodeError::kBadValue:
            return "a field has a value that is not allowed";
    }
    return "unknown decoding error";
}

}  // namespace cairn
