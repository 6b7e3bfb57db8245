#include "crypto/text.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(Text, SanitizedKeepsWhatMeansNothingToTerminalsAndShells)
{
    EXPECT_EQ(sanitized("/a\nb<\x01>:1.0(c)/"), "/ab:1.0(c)/");
    EXPECT_EQ(sanitized("azAZ09 .,;-_/:?@()"), "azAZ09 .,;-_/:?@()");
    EXPECT_EQ(sanitized("'\"`$&|<>\\\n\t%*~#!{}[]=+^\x7f\xc3"), "");
}

}  // namespace
}  // namespace cairn
