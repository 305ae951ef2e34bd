// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "AllocFns.h"

using namespace clang;

namespace allocs {

static const AllocFn Library[] = {
#define ALLOCS_GIVES(name, beneath, entry, result, parameters, size, count, out) {#name, size, count, out},
#include "allocs/hooked.def"
    // Those that have the C library's malloc called
    {"strdup", -1, -1, -1, AllocFn::Char},         {"__strdup", -1, -1, -1, AllocFn::Char},
    {"strndup", -1, -1, -1, AllocFn::Char},        {"__strndup", -1, -1, -1, AllocFn::Char},
    {"wcsdup", -1, -1, -1, AllocFn::WideChar},     {"asprintf", -1, -1, 0, AllocFn::Char},
    {"__asprintf_chk", -1, -1, 0, AllocFn::Char},  {"vasprintf", -1, -1, 0, AllocFn::Char},
    {"__vasprintf_chk", -1, -1, 0, AllocFn::Char}, {"getline", -1, -1, 0, AllocFn::Char},
    {"getdelim", -1, -1, 0, AllocFn::Char},        {"__getdelim", -1, -1, 0, AllocFn::Char},
    {"realpath", -1, -1, -1, AllocFn::Char},       {"canonicalize_file_name", -1, -1, -1, AllocFn::Char},
    {"getcwd", -1, -1, -1, AllocFn::Char},         {"get_current_dir_name", -1, -1, -1, AllocFn::Char},
    {"tempnam", -1, -1, -1, AllocFn::Char},
};

const AllocFn *allocationFunction(StringRef Name) {
  for (const AllocFn &Fn : Library)
    if (Name == Fn.Name)
      return &Fn;
  return nullptr;
}

const AllocFn *allocationFunction(const FunctionDecl *F) {
  if (!F || !F->getIdentifier() || !F->isExternC() || !F->isExternallyVisible())
    return nullptr;
  StringRef Name = F->getName();
  Name.consume_front("__builtin_");
  return allocationFunction(Name);
}

bool isAlloca(const FunctionDecl *F) {
  if (!F || !F->getIdentifier())
    return false;
  StringRef Name = F->getName();
  return Name == "__builtin_alloca" || Name == "__builtin_alloca_with_align" || Name == "alloca" ||
         Name == "__builtin_alloca_uninitialized";
}

} // namespace allocs
