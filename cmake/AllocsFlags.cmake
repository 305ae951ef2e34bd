# What a link adds, stated once: allocscc, the config files, pkg-config and the package take it from here.

# The functions hooked, of the list: rows ALLOCS_…(name, …)
set(allocs_hooked_row "^ALLOCS_[A-Z]+\\(([A-Za-z0-9_]+)")
file(STRINGS ${PROJECT_SOURCE_DIR}/include/allocs/hooked.def allocs_hooked REGEX "${allocs_hooked_row}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/allocs/hooked.def)

# Records go with the functions and variables they describe
set(allocs_link_any -Wl,-z,start-stop-gc)
# An executable holds the runtime whole, and has the table that unwinding begins with, which gcc -static leaves out
set(allocs_link_exe -Wl,--eh-frame-hdr,-u,__allocs_runtime,-u,__allocs_entry,-u,alloc_get_info,-u,alloc_describe,-u,uniqtype_c_name)
# The malloc family and what maps: found with dlsym, or with the linker's help where there is no dynamic linker
set(allocs_link_hooks -Wl,-u,__allocs_hooks_next)
set(allocs_link_hooks_static -Wl,-u,__allocs_hooks_wrap,-u,malloc)
foreach(row ${allocs_hooked})
  string(REGEX REPLACE "${allocs_hooked_row}.*" "\\1" symbol "${row}")
  string(APPEND allocs_exported "${symbol}; ")
  if(NOT row MATCHES "DYNAMIC")
    string(APPEND allocs_link_hooks_static ",--wrap=${symbol}")
  endif()
endforeach()
# There the program's or libc's own malloc must be found before the one that hooks
string(APPEND allocs_link_hooks_static ",-lc")
# __real_malloc must be the C library's, found before the archive is searched, not the interposed one in it
string(APPEND allocs_link_hooks_static ",-u,malloc,-lc")

# allocs_link_flags(<var> <exe|static|shared> <folder of liballocs_rt.a>): a list
function(allocs_link_flags var kind folder)
  set(exported -Wl,--dynamic-list=${folder}/allocs.exports)
  set(runtime ${folder}/liballocs_rt.a)
  if(kind STREQUAL "exe")
    set(${var} ${allocs_link_any} ${allocs_link_exe} ${allocs_link_hooks} ${exported} ${runtime} PARENT_SCOPE)
  elseif(kind STREQUAL "static")
    set(${var} ${allocs_link_any} ${allocs_link_exe} ${allocs_link_hooks_static} ${runtime} PARENT_SCOPE)
  else()
    set(${var} ${allocs_link_any} PARENT_SCOPE)
  endif()
endfunction()
