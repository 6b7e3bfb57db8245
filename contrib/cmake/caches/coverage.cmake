# Source-based coverage (Clang 19): contrib/coverage runs the tests with it and makes the report.
set(CMAKE_BUILD_TYPE None CACHE STRING "")
set(CMAKE_C_COMPILER clang-19 CACHE STRING "")
set(CMAKE_CXX_COMPILER clang++-19 CACHE STRING "")
set(CMAKE_CXX_FLAGS "-O0 -g1 -fprofile-instr-generate -fcoverage-mapping" CACHE STRING "")
