// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Functions of a program's own allocators, as they are declared: in a file, by an annotation, by an attribute of the
// compiler's, or in the variables that the ancestor took. docs/api.md has the language of the first two.

#ifndef ALLOCS_PLUGIN_DECLARATIONS_H
#define ALLOCS_PLUGIN_DECLARATIONS_H

#include "clang/AST/Decl.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringMap.h"
#include <map>
#include <optional>
#include <vector>

namespace allocs {

struct DeclaredFn {
  enum Kind {
    None,
    Block, // returns a block of its own
    Part,  // returns a part of some larger allocation; takes one back if it has an object
    Cells, // returns a block that holds nothing but what the pointer leads to that receives it
    Text,  // returns what holds characters, from there to the end of its block
    Free,  // takes a part back
    Reset  // takes back all that a pool handed out
  } K = None;
  enum Role { NoRole, Size, Count, Pool, Object };
  std::vector<Role> Roles; // of the arguments, as far as they have one
  clang::SourceLocation Loc;
  bool says(const DeclaredFn &O) const { return K == O.K && Roles == O.Roles; }
  // The argument that has a role; -1 if none has.
  int argument(Role R) const;
};

class Declarations {
public:
  // False, and reported, if it cannot be read, or what it says is no declaration.
  bool readFile(llvm::StringRef Path, clang::SourceManager &Sources, clang::DiagnosticsEngine &D);
  // LIBALLOCS_ALLOC_FNS and its like.
  bool readVariables(clang::DiagnosticsEngine &D);
  // What is declared of a function; null if nothing is. What is wrong with that is reported.
  const DeclaredFn *of(const clang::FunctionDecl *F);

private:
  bool readVariable(const char *Variable, DeclaredFn::Kind K, clang::DiagnosticsEngine &D);
  std::optional<DeclaredFn> find(const clang::FunctionDecl *F);

  llvm::StringMap<DeclaredFn> Named;
  // By canonical declaration. Who was given one keeps a pointer to it.
  std::map<const clang::FunctionDecl *, std::optional<DeclaredFn>> Known;
};

// What annotations begin with that declare a function: the rest is as in a file, without a name.
inline constexpr char FunctionAnnotation[] = "allocs.function:";

} // namespace allocs

#endif
