# The ways in: allocscc, clang config files, pkg-config files, the CMake package and toolchain file; and what is installed.
# All find the rest relative to themselves, so that an installed tree can be moved.
include(AllocsFlags)
include(CMakePackageConfigHelpers)

set(allocs_lib ${CMAKE_INSTALL_FULL_LIBDIR}/allocs)
set(allocs_cmake ${CMAKE_INSTALL_FULL_LIBDIR}/cmake/allocs)
set(allocs_pc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
set(stage ${PROJECT_BINARY_DIR}/install)
set(clang ${LLVM_TOOLS_BINARY_DIR}/clang)
configure_file(cmake/allocs.exports.in ${PROJECT_BINARY_DIR}/allocs.exports @ONLY)
configure_file(cmake/allocs.hooked.in ${PROJECT_BINARY_DIR}/allocs.hooked @ONLY)

# allocscc, for the build tree and for the installed one; allocsc++ is the same program. It tells which plugin it is
# for: ccache takes the driver's time stamp, or its contents, for the compiler's version
set(plugin_hash "@plugin_hash@")
function(allocs_driver dir lib include)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/allocscc.in ${dir}.in/allocscc @ONLY)
  add_custom_command(OUTPUT ${dir}/allocscc DEPENDS ${dir}.in/allocscc allocs_plugin allocs_lto
    COMMAND ${CMAKE_COMMAND} -Dfrom=${dir}.in/allocscc -Dto=${dir}/allocscc
            "-Dplugins=$<TARGET_FILE:allocs_plugin>;$<TARGET_FILE:allocs_lto>"
            -P ${PROJECT_SOURCE_DIR}/cmake/name-plugin.cmake VERBATIM)
  file(MAKE_DIRECTORY ${dir})
  file(CREATE_LINK allocscc ${dir}/allocsc++ SYMBOLIC)
endfunction()
allocs_driver(${PROJECT_BINARY_DIR}/bin [["$here/.."]] "'${PROJECT_SOURCE_DIR}/include'")
file(RELATIVE_PATH bin_to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${allocs_lib})
file(RELATIVE_PATH bin_to_include ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
allocs_driver(${stage}/bin "\"$here/${bin_to_lib}\"" "\"$here/${bin_to_include}\"")
add_custom_target(allocs_driver ALL DEPENDS ${PROJECT_BINARY_DIR}/bin/allocscc ${stage}/bin/allocscc)

# Config files: allocs.cfg compiles, and links executables; the others link libraries and static executables
file(RELATIVE_PATH lib_to_include ${allocs_lib} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
foreach(kind exe shared static)
  allocs_link_flags(flags ${kind} <CFGDIR>)
  list(TRANSFORM flags REPLACE "^<CFGDIR>" "-Wl,<CFGDIR>") # never an input, so that it may stand in compiles
  list(JOIN flags "\n" flags)
  string(REPLACE "-exe" "" name allocs-${kind})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/allocs.cfg.in ${stage}/lib/${name}.cfg @ONLY)
endforeach()

# pkg-config, which quotes what it knows to be a path
file(RELATIVE_PATH pc_to_prefix ${allocs_pc} ${CMAKE_INSTALL_PREFIX})
foreach(kind exe static)
  allocs_link_flags(flags ${kind} "\${libdir}/allocs")
  list(TRANSFORM flags REPLACE "^-Wl,(--dynamic-list=)" "-Xlinker \\1")
  list(TRANSFORM flags REPLACE "^([^-].*)/lib(.*)\\.a$" "-L\\1 -l\\2")
  list(JOIN flags " " flags)
  string(REPLACE "-exe" "" name allocs-${kind})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/allocs.pc.in ${stage}/pkgconfig/${name}.pc @ONLY)
endforeach()

# CMake package and toolchain file
set(allocs_lib_dir ${allocs_lib})
set(allocs_bin_dir ${CMAKE_INSTALL_FULL_BINDIR})
allocs_link_flags(allocs_link_exe_all exe "\${_allocs_lib}")
list(FILTER allocs_link_exe_all EXCLUDE REGEX "--dynamic-list") # an option, so that CMake quotes its path
allocs_link_flags(allocs_link_static_all static "\${_allocs_lib}")
foreach(file allocsConfig.cmake allocs-toolchain.cmake)
  configure_package_config_file(cmake/${file}.in ${stage}/cmake/${file} INSTALL_DESTINATION ${allocs_cmake}
    PATH_VARS allocs_lib_dir allocs_bin_dir NO_CHECK_REQUIRED_COMPONENTS_MACRO)
endforeach()
write_basic_package_version_file(${stage}/cmake/allocsConfigVersion.cmake COMPATIBILITY SameMinorVersion)

set(lib ${CMAKE_INSTALL_LIBDIR})
install(TARGETS allocs_headers allocs_runtime EXPORT allocsTargets ARCHIVE DESTINATION ${lib}/allocs)
install(EXPORT allocsTargets NAMESPACE allocs:: DESTINATION ${lib}/cmake/allocs)
install(TARGETS allocs_plugin allocs_lto allocs_preload LIBRARY DESTINATION ${lib}/allocs)
install(TARGETS typegen allocs allocs_run RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(DIRECTORY cmake/allocators/ DESTINATION ${CMAKE_INSTALL_DATADIR}/allocs FILES_MATCHING PATTERN "*.allocators")
install(DIRECTORY ${stage}/bin/ DESTINATION ${CMAKE_INSTALL_BINDIR} USE_SOURCE_PERMISSIONS)
install(DIRECTORY ${stage}/lib/ DESTINATION ${lib}/allocs)
install(FILES ${PROJECT_BINARY_DIR}/allocs.exports DESTINATION ${lib}/allocs)
install(DIRECTORY ${stage}/cmake/ DESTINATION ${lib}/cmake/allocs)
install(DIRECTORY ${stage}/pkgconfig/ DESTINATION ${lib}/pkgconfig)
install(FILES typegen/inspect/allocs_gdb.py DESTINATION ${CMAKE_INSTALL_DATADIR}/allocs)
install(FILES cmake/allocs.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME allocs)
install(FILES docs/allocscc.1 docs/allocs-run.1 docs/typegen.1 docs/allocs.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")
