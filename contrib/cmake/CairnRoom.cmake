# cairn_room(NAME USES rooms... [LIBRARIES targets...] [PRIVATE targets...] [PREFIX include/prefix])
#
# Makes the folder of the calling CMakeLists.txt a room: a static library cairn_NAME of every .cpp below it (but for
# c_api), whose headers are included as "PREFIX/header.h" (PREFIX defaults to NAME). A room's headers
# reach only those who name the room in USES: each has an include folder of its own, which holds nothing but a link
# to the room. LIBRARIES are third-party targets its headers need; PRIVATE ones only its sources need.
function(cairn_room name)
  cmake_parse_arguments(ROOM "" "PREFIX" "USES;LIBRARIES;PRIVATE" ${ARGN})
  if(NOT ROOM_PREFIX)
    set(ROOM_PREFIX ${name})
  endif()
  set(include_dir ${PROJECT_BINARY_DIR}/rooms/${name})
  get_filename_component(parent ${include_dir}/${ROOM_PREFIX} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_dir}/${ROOM_PREFIX} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  # A C interface is a shared library of its own, over the room.
  list(FILTER sources EXCLUDE REGEX "${CMAKE_CURRENT_SOURCE_DIR}/c_api/")
  list(TRANSFORM ROOM_USES PREPEND cairn_ OUTPUT_VARIABLE used)
  add_library(cairn_${name} STATIC ${sources})
  target_include_directories(cairn_${name} PUBLIC ${include_dir})
  target_link_libraries(cairn_${name} PUBLIC ${used} ${ROOM_LIBRARIES} PRIVATE ${ROOM_PRIVATE} cairn_flags)
endfunction()

# cairn_test(NAME USES rooms... [LIBRARIES targets...])
#
# One test program, cairn_NAME_tests, of every .cpp below the calling folder, and one ctest entry, NAME, for it.
function(cairn_test name)
  cmake_parse_arguments(TEST "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(TRANSFORM TEST_USES PREPEND cairn_ OUTPUT_VARIABLE used)
  add_executable(cairn_${name}_tests ${sources})
  target_link_libraries(cairn_${name}_tests PRIVATE ${used} ${TEST_LIBRARIES} cairn_flags
    GTest::gmock GTest::gtest_main Threads::Threads)
  target_compile_definitions(cairn_${name}_tests PRIVATE CAIRN_VECTORS_DIR="${CAIRN_VECTORS}"
    CAIRN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(CAIRN_PCH)
    target_precompile_headers(cairn_${name}_tests PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  # One ctest entry for the program: GoogleTest prints each case, and a start per case would cost more than the tests.
  add_test(NAME ${name} COMMAND cairn_${name}_tests)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
