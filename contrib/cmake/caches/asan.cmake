# AddressSanitizer and UndefinedBehaviorSanitizer (Clang 19).
set(CMAKE_BUILD_TYPE None CACHE STRING "")
set(CMAKE_C_COMPILER clang-19 CACHE STRING "")
set(CMAKE_CXX_COMPILER clang++-19 CACHE STRING "")
set(CMAKE_CXX_FLAGS "-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/../../sanitizers/undefined.ignore" CACHE STRING "")
