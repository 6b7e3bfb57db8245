# Warnings, linker and ccache, for every target of the project.

add_library(cairn_flags INTERFACE)
target_compile_options(cairn_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow
  $<$<BOOL:${CAIRN_WERROR}>:-Werror>)
# OS interfaces that -std=c++23 hides otherwise (sync_file_range, pipe2).
target_compile_definitions(cairn_flags INTERFACE _GNU_SOURCE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees uninitialized values inside std::expected and std::variant, and writes past the end of vectors, that are
  # not there. Clang builds keep its own forms of these warnings.
  target_compile_options(cairn_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
else()
  # std::ranges::stable_sort of GCC 12's library uses what that library deprecates, which Clang reports at our calls. The
  # builds with GCC keep the warning.
  target_compile_options(cairn_flags INTERFACE -Wno-deprecated-declarations)
endif()

find_program(CAIRN_CCACHE ccache)
if(CAIRN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The build folder's path differs from clone to clone; base_dir makes the results shareable all the same.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CAIRN_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
