# What a user runs: contrib/build.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
# Assertions stay on: a node that finds itself wrong must stop, not go on.
set(CMAKE_CXX_FLAGS_RELEASE "-O2" CACHE STRING "")
