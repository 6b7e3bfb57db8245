# cmake --install BUILD [--prefix DIR]: programs, man pages, completions, the systemd unit, licence and README.
# (libcairnconsensus says itself what it installs.)
include(GNUInstallDirs)

install(TARGETS cairnd cairn-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(program cairnd cairn-cli)
  install(FILES ${CAIRN_PAGES_DIR}/${program}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${CAIRN_PAGES_DIR}/${program}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME ${program})
  install(FILES ${CAIRN_PAGES_DIR}/_${program} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${CAIRN_PAGES_DIR}/${program}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/cairn)

# The unit names the program by its full path, and --prefix may change that: so it is written when installing.
set(unit_template ${PROJECT_SOURCE_DIR}/contrib/systemd/cairnd.service.in)
set(unit ${PROJECT_BINARY_DIR}/pages/cairnd.service)
install(CODE "
  cmake_path(APPEND CMAKE_INSTALL_FULL_BINDIR \"\${CMAKE_INSTALL_PREFIX}\" \"${CMAKE_INSTALL_BINDIR}\")
  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_FULL_BINDIR NORMALIZE)
  configure_file(\"${unit_template}\" \"${unit}\" @ONLY)
  file(INSTALL \"${unit}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")")
