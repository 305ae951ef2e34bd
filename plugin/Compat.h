// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Every difference between the LLVM versions we build with (16 to 22), and nothing else.

#ifndef ALLOCS_PLUGIN_COMPAT_H
#define ALLOCS_PLUGIN_COMPAT_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "clang/AST/Type.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#if LLVM_VERSION_MAJOR >= 22
#include "llvm/Plugins/PassPlugin.h"
#else
#include "llvm/Passes/PassPlugin.h"
#endif
#include <dlfcn.h>

namespace allocs::compat {

inline unsigned bitWidth(const clang::FieldDecl *F, [[maybe_unused]] const clang::ASTContext &Ctx) {
#if LLVM_VERSION_MAJOR >= 20
  return F->getBitWidthValue();
#else
  return F->getBitWidthValue(Ctx);
#endif
}

inline bool isUnnamedBitField(const clang::FieldDecl *F) {
#if LLVM_VERSION_MAJOR >= 19
  return F->isUnnamedBitField();
#else
  return F->isUnnamedBitfield();
#endif
}

// Which is const in some statements of LLVM 16.
template <typename Loop> clang::Stmt *conditionVariable(Loop *S) {
  return const_cast<clang::DeclStmt *>(static_cast<const clang::DeclStmt *>(S->getConditionVariableDeclStmt()));
}

inline clang::DeclContext *externC(clang::ASTContext &Ctx) {
#if LLVM_VERSION_MAJOR >= 18
  auto C = clang::LinkageSpecLanguageIDs::C;
#else
  auto C = clang::LinkageSpecDecl::lang_c;
#endif
  return clang::LinkageSpecDecl::Create(Ctx, Ctx.getTranslationUnitDecl(), {}, {}, C, false);
}

inline clang::QualType typeOf(const clang::ASTContext &Ctx, const clang::TagDecl *D) {
#if LLVM_VERSION_MAJOR >= 22
  return clang::QualType(Ctx.getCanonicalTagType(D));
#else
  return Ctx.getTypeDeclType(D);
#endif
}

// Adds a builder of module passes at the end of every pipeline but that of full link-time optimisation.
template <typename AtEnd> void atEndOfPipeline(llvm::PassBuilder &PB, AtEnd End) {
  PB.registerOptimizerLastEPCallback([End](llvm::ModulePassManager &MPM, llvm::OptimizationLevel
#if LLVM_VERSION_MAJOR >= 20
                                           ,
                                           llvm::ThinOrFullLTOPhase
#endif
                                     ) { End(MPM); });
}

// The same at the start, too.
template <typename AtStart, typename AtEnd> void registerPasses(llvm::PassBuilder &PB, AtStart Start, AtEnd End) {
  PB.registerPipelineStartEPCallback([Start](llvm::ModulePassManager &MPM, llvm::OptimizationLevel) { Start(MPM); });
  atEndOfPipeline(PB, End);
}

// Has Register called on the pass builder of this job. Before LLVM 18 it knows only plugins by path: ours, which
// registers itself.
inline void onPassBuilder(clang::CodeGenOptions &Options, [[maybe_unused]] void (*Register)(llvm::PassBuilder &)) {
#if LLVM_VERSION_MAJOR >= 18
  Options.PassBuilderCallbacks.push_back(Register);
#else
  Dl_info Self;
  if (dladdr(reinterpret_cast<void *>(Register), &Self))
    Options.PassPlugins.push_back(Self.dli_fname);
#endif
}

inline llvm::PointerType *pointerType(llvm::LLVMContext &C) {
#if LLVM_VERSION_MAJOR >= 17
  return llvm::PointerType::getUnqual(C);
#else
  return llvm::PointerType::get(C, 0);
#endif
}

inline llvm::Function *declareIntrinsic(llvm::Module &M, llvm::Intrinsic::ID Id) {
#if LLVM_VERSION_MAJOR >= 20
  return llvm::Intrinsic::getOrInsertDeclaration(&M, Id);
#else
  return llvm::Intrinsic::getDeclaration(&M, Id);
#endif
}

inline void setNoCapture(llvm::CallBase &Call, unsigned Argument) {
#if LLVM_VERSION_MAJOR >= 21
  Call.addParamAttr(Argument, llvm::Attribute::getWithCaptureInfo(Call.getContext(), llvm::CaptureInfo::none()));
#else
  Call.addParamAttr(Argument, llvm::Attribute::NoCapture);
#endif
}

} // namespace allocs::compat

#endif
