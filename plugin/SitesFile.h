// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// The sites of one unit as text, for typegen to find the calls of them in a program that another compiler made. The
// form is told in docs/typegen.md.

#ifndef ALLOCS_PLUGIN_SITESFILE_H
#define ALLOCS_PLUGIN_SITESFILE_H

#include "Facts.h"
#include "llvm/ADT/StringRef.h"

namespace clang {
class CompilerInstance;
}

namespace allocs {

// Writes the file of this unit into a folder, or removes it if there are no sites. Once the unit is complete. What goes
// wrong is reported as an error.
void writeSites(Facts &Unit, llvm::StringRef Folder, const clang::CompilerInstance &CI);

} // namespace allocs

#endif
