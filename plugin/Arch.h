// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// All that the plugin knows of processors. A compiler is a cross compiler: which one it is, the target says. Tables of
// types, variables, functions and sites are the same for all; what else a processor has no entry for is left out.

#ifndef ALLOCS_PLUGIN_ARCH_H
#define ALLOCS_PLUGIN_ARCH_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"

namespace allocs {

// Parameters that are passed by value in memory; they have an attribute: the number of the declaration, later of what
// the function's metadata has for it.
inline constexpr char PassedTag[] = "allocs-passed";
using PassedOffsets = llvm::SmallVector<std::pair<const llvm::Argument *, int64_t>, 4>;

struct Arch {
  // Locals lie at fixed distances from the frame pointer, which llvm.localescape tells; runtime/arch has the same
  // frame.
  bool HasFrames;
  // How the constraints of inline assembly call the frame pointer, how many general registers it may take to leave that
  // alone, and how many an operand of this constraint may take at most.
  llvm::StringLiteral FramePointer;
  unsigned MaxAsmRegisters;
  unsigned (*AsmRegisters)(llvm::StringRef Constraint);
  llvm::CallingConv::ID InterruptConv; // MaxID: none
  // Where parameters lie that are passed by value in memory: from the frame pointer, in order, as far as it is known.
  PassedOffsets (*Passed)(const llvm::Function &);
  // A relocation that does nothing.
  llvm::StringLiteral EmptyRelocation;
  // Code with four bytes that say where a thread-local variable, $0, lies in its block, and at which byte they are.
  // Empty: thread-locals are left out.
  llvm::StringLiteral TlsOffset;
  uint64_t TlsOffsetAt;
};

inline unsigned asmRegistersX86(llvm::StringRef Constraint) {
  // A register by its name, a constant or a vector register, and what has the place of an output.
  if (Constraint.consume_front("{")) {
    Constraint.consume_front("r") || Constraint.consume_front("e");
    return llvm::StringRef("ax}bx}cx}dx}si}di}8}9}10}11}12}13}14}15}").contains(Constraint);
  }
  if (Constraint.size() != 1)
    return 2;
  if (llvm::StringRef("0123456789inseEFIJKLMNOZxvyftuk").contains(Constraint))
    return 0;
  return llvm::StringRef("rqQRlabcdSD").contains(Constraint) ? 1 : 2; // memory has a base and an index
}

// System V: six integers and eight floating-point numbers are in registers, all else on the stack, in multiples of 8
// bytes, from behind the return address on. What is behind another kind of parameter is not known.
inline PassedOffsets passedX86(const llvm::Function &F) {
  PassedOffsets Found;
  unsigned General = 0, Vectors = 0;
  uint64_t At = 16;
  for (const llvm::Argument &A : F.args()) {
    llvm::Type *T = A.getType();
    for (auto Odd : {llvm::Attribute::Nest, llvm::Attribute::InReg, llvm::Attribute::InAlloca,
                     llvm::Attribute::Preallocated, llvm::Attribute::SwiftSelf, llvm::Attribute::SwiftError})
      if (A.hasAttribute(Odd))
        return Found;
    if (A.hasByValAttr()) {
      llvm::Align To = std::max(A.getParamAlign().valueOrOne(), llvm::Align(8));
      At = alignTo(At, To);
      Found.push_back({&A, int64_t(At)});
      At += alignTo(F.getParent()->getDataLayout().getTypeAllocSize(A.getParamByValType()), 8);
    } else if (T->isPointerTy() || (T->isIntegerTy() && T->getIntegerBitWidth() <= 64)) {
      At += General++ < 6 ? 0 : 8;
    } else if (T->isFloatTy() || T->isDoubleTy()) {
      At += Vectors++ < 8 ? 0 : 8;
    } else if (auto *V = llvm::dyn_cast<llvm::FixedVectorType>(T);
               V && V->getNumElements() > 1 && Vectors < 8 &&
               (V->getElementType()->isFloatTy() || V->getPrimitiveSizeInBits() == 128) &&
               V->getPrimitiveSizeInBits() <= 128) {
      Vectors++;
    } else if (T->isX86_FP80Ty()) {
      At = alignTo(At, llvm::Align(16)) + 16;
    } else {
      return Found;
    }
  }
  return Found;
}

// Null: nothing is known of it.
inline const Arch *archOf(const llvm::Triple &Target) {
  // lea offset(%rax), %rax. Of the 14 registers that rbp and rsp leave, two are for what is beside the assembly.
  static constexpr Arch X86_64 = {true,
                                  "bp",
                                  12,
                                  asmRegistersX86,
                                  llvm::CallingConv::X86_INTR,
                                  passedX86,
                                  "R_X86_64_NONE",
                                  ".byte 0x48, 0x8d, 0x80\n\t.long ${0:c}@dtpoff",
                                  3};
  static constexpr Arch AArch64 = {false, "", 0, nullptr, llvm::CallingConv::MaxID, nullptr, "", "", 0};
  if (!Target.isOSBinFormatELF())
    return nullptr;
  switch (Target.getArch()) {
  case llvm::Triple::x86_64:
    return Target.isX32() ? nullptr : &X86_64;
  case llvm::Triple::aarch64:
    return &AArch64;
  default:
    return nullptr;
  }
}

// Of a module that the plugin has worked on.
inline const Arch &archOf(const llvm::Module &M) { return *archOf(llvm::Triple(M.getTargetTriple())); }

static constexpr char KnownArchs[] = "x86-64 and AArch64, ELF";

} // namespace allocs

#endif
