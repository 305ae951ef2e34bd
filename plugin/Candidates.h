// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Calls of functions that nobody named as allocating, in IR: before each stands a call that tells how many blocks the
// thread has made of which no type was told; if these are more after it, the runtime is asked whether what it returned
// is one of them. That is done before optimisation, so that it holds where the function is inlined. Calls of functions
// that are declared are told of likewise, without a question.

#ifndef ALLOCS_PLUGIN_CANDIDATES_H
#define ALLOCS_PLUGIN_CANDIDATES_H

#include "Facts.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueHandle.h"

namespace allocs {

class Candidates {
public:
  // A function of a name behind NumberMark, which goes: its calls' values are numbers of a candidate.
  void bind(llvm::Function &Mark, llvm::StringRef Numbers);
  // Those that may allocate, or are declared, are instrumented; the others stay as they were.
  void instrument(llvm::Module &M);

private:
  struct Number {
    llvm::WeakTrackingVH V; // what the binder makes anew is followed
    unsigned Width = 0;     // of what V leads to; 0: it is the number
  };
  struct Call {
    unsigned Site = 0;
    Number Numbers[5]; // of a candidate, what may tell its size; of what is declared, by DeclaredFn::Role
  };
  void instrumentCall(llvm::CallInst &Call, const Candidates::Call &C);
  void instrumentDeclared(llvm::CallInst &Call, const Candidates::Call &C);

  llvm::MapVector<llvm::CallBase *, Call> Calls;
};

} // namespace allocs

#endif
