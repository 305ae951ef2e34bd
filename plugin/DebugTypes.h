// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// The types of a module's debug information, by ours: what debuggers and profilers are told that a call allocates.

#ifndef ALLOCS_PLUGIN_DEBUGTYPES_H
#define ALLOCS_PLUGIN_DEBUGTYPES_H

#include "TypeNode.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include <map>

namespace allocs {

class DebugTypes {
public:
  explicit DebugTypes(llvm::Module &M) : M(M) {}
  // Says of a call that it allocates objects of a type, if the module has debug information of both.
  void tag(llvm::CallBase &Call, const TypeNode *Type);
  // What was said of one call holds of the one in its place.
  static void copy(const llvm::CallBase &From, llvm::CallBase &To);

private:
  void read();
  llvm::DIType *of(const TypeNode *N);
  llvm::DIType *make(const TypeNode *N);
  llvm::DIType *composite(const TypeNode *N);
  llvm::DIType *base(const TypeNode *N);

  llvm::Module &M;
  bool WasRead = false;
  llvm::DebugInfoFinder Found;
  std::map<uint64_t, llvm::DIType *> Known; // by key
};

} // namespace allocs

#endif
