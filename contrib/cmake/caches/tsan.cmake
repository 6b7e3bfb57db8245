# ThreadSanitizer (Clang 19). The third-party libraries are not instrumented; contrib/sanitizers/thread.supp names the
# false reports that come of it.
set(CMAKE_BUILD_TYPE None CACHE STRING "")
set(CMAKE_C_COMPILER clang-19 CACHE STRING "")
set(CMAKE_CXX_COMPILER clang++-19 CACHE STRING "")
set(CMAKE_CXX_FLAGS "-O1 -g1 -fno-omit-frame-pointer -fsanitize=thread" CACHE STRING "")
