# Puts into the driver which plugins it is for: cmake -Dfrom=FILE -Dto=FILE -Dplugins=FILES -P name-plugin.cmake
set(plugin_hash)
foreach(plugin ${plugins})
  file(SHA256 ${plugin} hash)
  string(APPEND plugin_hash "${hash} ")
endforeach()
configure_file(${from} ${to} @ONLY
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
file(TOUCH ${to})
