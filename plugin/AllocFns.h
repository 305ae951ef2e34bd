// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Which functions allocate, which of their arguments is the size, and where the block is afterwards.

#ifndef ALLOCS_PLUGIN_ALLOCFNS_H
#define ALLOCS_PLUGIN_ALLOCFNS_H

#include "clang/AST/Decl.h"
#include "llvm/ADT/StringRef.h"

namespace allocs {

struct AllocFn {
  const char *Name;
  int Size = -1;  // argument that is the size, or the size of an element; -1: none
  int Count = -1; // argument that multiplies it
  int Out = -1;   // argument through which the block is returned; -1: the return value
  enum Element { Any, Char, WideChar, Received } Holds = Any; // what it is known to hold
  // What tells that there is a block, made by this call
  enum Sign {
    Pointer,     // what is returned: no null pointer
    Zero,        // what is returned
    NotNegative, // what is returned
    Change       // of the pointer that Out leads to, or of the size that the next argument leads to
  } Made = Pointer;
  int Given = -1; // argument that may be a buffer of the caller's, which is returned instead of a block
};

// The allocation function that the linker knows by that name, or null.
const AllocFn *allocationFunction(llvm::StringRef Name);
// The allocation function that a direct call of F is, or null. F's own definition, if there is one, is not looked at.
const AllocFn *allocationFunction(const clang::FunctionDecl *F);
bool isAlloca(const clang::FunctionDecl *F);

} // namespace allocs

#endif
