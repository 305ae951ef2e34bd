// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Frame records, written from metadata alone, so that the linker can do it after link-time optimisation.

#ifndef ALLOCS_PLUGIN_FRAMES_H
#define ALLOCS_PLUGIN_FRAMES_H

#include "Tables.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

namespace allocs {

struct LocalFact {
  const TypeNode *Type;
  llvm::StringRef Name, Function, Alias;
  unsigned Line;
};

// What the stack is aligned to. A local that wants more would have the frame laid out by another pointer than the frame
// pointer: it is made of a larger one, in which its place is found at run time.
inline constexpr uint64_t StackAlign = 16;
inline bool isOverAligned(const llvm::AllocaInst &A) { return A.getAlign() > llvm::Align(StackAlign); }
inline uint64_t roomToAlign(llvm::Align To) { return To.value() > StackAlign ? To.value() - StackAlign : 0; }
// Aligned so, at least Offset bytes into Raw, and at most with that room more.
llvm::Value *alignedPointer(llvm::IRBuilderBase &B, llvm::Value *Raw, uint64_t Offset, llvm::Align To);
// Takes the marks of its lifetime from a local.
void dropMarks(llvm::AllocaInst &A);

// Whether the function's locals all lie at fixed distances from the frame pointer, or it may be changed so that they
// do.
bool canDescribe(llvm::Function &F);

// What a local is, or a parameter that is passed by value in memory; that a local leads to the dynamic blocks of this
// function; where the function is from.
void tagLocal(llvm::AllocaInst &A, Tables &T, const LocalFact &Fact);
void tagPassed(llvm::Argument &A, Tables &T, const LocalFact &Fact);
void tagHead(llvm::AllocaInst &A, llvm::StringRef Function);
void tagFrame(llvm::Function &F, llvm::StringRef File, unsigned Line);

// Makes the tagged locals stay in the frame, and writes a record of each function that has any.
void writeFrames(llvm::Module &M, Tables &T);

} // namespace allocs

#endif
