# The version in the binaries: v0.1.0-g<hash>, with "-dirty" for a changed tree, "v0.1.0" outside git. Written at each
# build into version/cairn_version.h, and only when it changed.

set(CAIRN_VERSION_DIR ${PROJECT_BINARY_DIR}/version)
add_custom_target(cairn_version_header
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DVERSION=${PROJECT_VERSION}
    -DOUTPUT=${CAIRN_VERSION_DIR}/cairn_version.h -P ${PROJECT_SOURCE_DIR}/contrib/cmake/WriteVersion.cmake
  BYPRODUCTS ${CAIRN_VERSION_DIR}/cairn_version.h
  COMMENT "")
add_library(cairn_version INTERFACE)
target_include_directories(cairn_version INTERFACE ${CAIRN_VERSION_DIR})
add_dependencies(cairn_version cairn_version_header)
