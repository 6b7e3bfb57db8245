# Source-based coverage (Clang 19). A test run with LLVM_PROFILE_FILE set leaves what llvm-profdata-19 and llvm-cov-19 read.
set(CMAKE_BUILD_TYPE None CACHE STRING "")
set(CMAKE_C_COMPILER clang-19 CACHE STRING "")
set(CMAKE_CXX_COMPILER clang++-19 CACHE STRING "")
set(CMAKE_CXX_FLAGS "-O0 -g1 -fprofile-instr-generate -fcoverage-mapping" CACHE STRING "")
