// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "AllocFns.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Builtins.h"

using namespace clang;

namespace allocs {

static constexpr AllocFn returned(const char *Name, AllocFn::Element Holds = AllocFn::Char, int Given = -1) {
  return {Name, -1, -1, -1, Holds, AllocFn::Pointer, Given};
}
static constexpr AllocFn stored(const char *Name, AllocFn::Sign Made) { return {Name, -1, -1, 0, AllocFn::Char, Made}; }

static const AllocFn Library[] = {
#define ALLOCS_GIVES(name, beneath, entry, result, parameters, size, count, out)                                       \
  {#name, size, count, out, AllocFn::Any, out < 0 ? AllocFn::Pointer : AllocFn::Zero},
#include "allocs/hooked.def"
    // Those that have the C library's malloc called
    returned("strdup"),
    returned("__strdup"),
    returned("strndup"),
    returned("__strndup"),
    returned("wcsdup", AllocFn::WideChar),
    stored("asprintf", AllocFn::NotNegative),
    stored("__asprintf_chk", AllocFn::NotNegative),
    stored("vasprintf", AllocFn::NotNegative),
    stored("__vasprintf_chk", AllocFn::NotNegative),
    stored("getline", AllocFn::Change),
    stored("getdelim", AllocFn::Change),
    stored("__getdelim", AllocFn::Change),
    returned("realpath", AllocFn::Char, 1),
    returned("canonicalize_file_name"),
    returned("getcwd", AllocFn::Char, 0),
    returned("get_current_dir_name"),
    returned("tempnam"),
};

const AllocFn *allocationFunction(StringRef Name) {
  for (const AllocFn &Fn : Library)
    if (Name == Fn.Name)
      return &Fn;
  return nullptr;
}

static bool leadsToPointer(QualType T) { return T->isPointerType() && T->getPointeeType()->isPointerType(); }
static bool leadsToSize(QualType T, const ASTContext &Ctx) {
  return T->isPointerType() && T->getPointeeType()->isIntegerType() &&
         Ctx.getTypeSize(T->getPointeeType()) == Ctx.getTypeSize(Ctx.getSizeType());
}

// Whether F is what the library has by that name: a program may have a getline() of its own, and quite another.
static bool isOfForm(const FunctionDecl &F, const AllocFn &Fn) {
  const ASTContext &Ctx = F.getASTContext();
  auto Param = [&](int I) { return I < int(F.getNumParams()) ? F.getParamDecl(I)->getType() : Ctx.VoidTy; };
  if (Fn.Out < 0)
    return F.getReturnType()->isPointerType() && (Fn.Given < 0 || Param(Fn.Given)->isPointerType());
  return F.getReturnType()->isIntegerType() && leadsToPointer(Param(Fn.Out)) &&
         (Fn.Made != AllocFn::Change || leadsToSize(Param(Fn.Out + 1), Ctx));
}

const AllocFn *allocationFunction(const FunctionDecl *F) {
  if (!F || !F->getIdentifier() || !F->isExternC() || !F->isExternallyVisible())
    return nullptr;
  StringRef Name = F->getName();
  Name.consume_front("__builtin_");
  const AllocFn *Fn = allocationFunction(Name);
  return Fn && isOfForm(*F, *Fn) ? Fn : nullptr;
}

bool isAlloca(const FunctionDecl *F) {
  switch (F ? F->getBuiltinID() : 0) { // 0 for what a program or a configure script declares as something else
  case Builtin::BIalloca:
  case Builtin::BI__builtin_alloca:
  case Builtin::BI__builtin_alloca_uninitialized:
  case Builtin::BI__builtin_alloca_with_align:
    return true;
  default:
    return false;
  }
}

} // namespace allocs
