# What a compile or link adds, stated once: allocscc, the config files, pkg-config and the package take it from here.
set(allocs_exported
  malloc free calloc realloc memalign aligned_alloc posix_memalign valloc pvalloc reallocarray malloc_usable_size
  dlclose "__allocs_*" "alloc_*" "uniqtype_*")
set(allocs_wrapped
  malloc free calloc realloc memalign aligned_alloc posix_memalign valloc pvalloc reallocarray malloc_usable_size)

# Records go with the functions and variables they describe
set(allocs_link_any -Wl,-z,start-stop-gc)
# An executable: the runtime whole, and its symbols for libraries that are loaded later
set(allocs_link_exe -Wl,-u,__allocs_runtime)
foreach(symbol IN LISTS allocs_exported)
  list(APPEND allocs_link_exe "-Wl,--export-dynamic-symbol=${symbol}")
endforeach()
# The malloc family: found with dlsym, or with the linker's help where there is no dynamic linker
set(allocs_link_hooks -Wl,-u,__allocs_hooks_next)
set(allocs_link_hooks_static -Wl,-u,__allocs_hooks_wrap)
foreach(symbol IN LISTS allocs_wrapped)
  string(APPEND allocs_link_hooks_static " -Wl,--wrap=${symbol}")
endforeach()
string(REPLACE " " ";" allocs_link_hooks_static "${allocs_link_hooks_static}")
