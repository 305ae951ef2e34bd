// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// A plugin for tests: has a program say, wherever a pointer into one of its locals goes where a query could be made,
// what that local is. What is said comes of the debug information, and shares nothing with what is being checked.
//
// 1. Before optimisation each alloca is told the variable that it is: later no one could tell a whole from a part.
// 2. At the end, of each local that escapes, a constant (struct truth of truth.c) and, at each place where it does,
//    a call of truth_check(local, size, &constant). A local that does not escape is left as it is.

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugProgramInstruction.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#if LLVM_VERSION_MAJOR >= 22
#include "llvm/Plugins/PassPlugin.h"
#else
#include "llvm/Passes/PassPlugin.h"
#endif
#include <cstdlib>

using namespace llvm;

namespace {

constexpr char Tag[] = "truth";

// The type as truth.c compares it: one letter for the kind, then the parts; pointees by name alone. `?` is any name.
void spell(const DIType *T, raw_ostream &To) {
  if (!T) {
    To << 'v';
    return;
  }
  StringRef Name = T->getName().empty() ? "?" : T->getName();
  if (auto *D = dyn_cast<DIDerivedType>(T)) {
    bool IsPointer = T->getTag() == dwarf::DW_TAG_pointer_type;
    spell(D->getBaseType(), IsPointer ? To << '*' : To);
  } else if (auto *C = dyn_cast<DICompositeType>(T)) {
    if (T->getTag() == dwarf::DW_TAG_array_type) {
      for (DINode *Each : C->getElements()) {
        auto Count = cast<DISubrange>(Each)->getCount();
        auto *N = dyn_cast_if_present<ConstantInt *>(Count);
        To << 'a' << (N ? N->getSExtValue() : -1) << ';';
      }
      spell(C->getBaseType(), To);
    } else if (T->getTag() == dwarf::DW_TAG_enumeration_type) {
      To << 'e' << Name << ';';
    } else {
      To << (T->getTag() == dwarf::DW_TAG_union_type ? 'u' : 's') << Name << ';';
    }
  } else if (auto *B = dyn_cast<DIBasicType>(T)) {
    To << 'b' << B->getEncoding() << '.' << B->getSizeInBits() / 8 << ';';
  } else {
    To << 'f';
  }
}

// A place where a pointer into the local goes where a query can be made: before it, or behind it where it is stored.
struct Place {
  Instruction *Before;
};

// By plain address arithmetic alone. One that two pointers come together at tells at the end of each way there: which
// of them it is nobody knows after.
void findPlaces(Value *Local, SmallVectorImpl<Place> &Ret) {
  SmallVector<Value *, 16> Work{Local};
  SmallPtrSet<Value *, 16> Seen;
  while (!Work.empty()) {
    for (Use &U : Work.pop_back_val()->uses()) {
      auto *I = dyn_cast<Instruction>(U.getUser());
      if (!I || isa<LoadInst, ICmpInst, MemIntrinsic, DbgInfoIntrinsic, SelectInst>(I) || I->isLifetimeStartOrEnd())
        continue;
      if (auto *S = dyn_cast<StoreInst>(I)) {
        if (S->getValueOperand() == U.get())
          Ret.push_back({S->getNextNode()});
      } else if (auto *Phi = dyn_cast<PHINode>(I)) {
        Ret.push_back({Phi->getIncomingBlock(U)->getTerminator()});
      } else if (isa<GetElementPtrInst, BitCastInst, AddrSpaceCastInst>(I)) {
        if (Seen.insert(I).second)
          Work.push_back(I);
      } else if (!isa<ReturnInst>(I)) {
        Ret.push_back({I});
      }
    }
  }
}

bool isEscape(const Instruction *I) {
  return !isa<LoadInst, ICmpInst, MemIntrinsic, DbgInfoIntrinsic>(I) && !I->isLifetimeStartOrEnd();
}

// Whether it escapes at all, by any way.
bool escapes(Value *Local) {
  SmallVector<Value *, 16> Work{Local};
  SmallPtrSet<Value *, 16> Seen;
  while (!Work.empty())
    for (Use &U : Work.pop_back_val()->uses()) {
      auto *I = dyn_cast<Instruction>(U.getUser());
      if (!I || !isEscape(I))
        continue;
      if (auto *S = dyn_cast<StoreInst>(I)) {
        if (S->getValueOperand() == U.get())
          return true;
      } else if (isa<GetElementPtrInst, BitCastInst, AddrSpaceCastInst, PHINode, SelectInst>(I)) {
        if (Seen.insert(I).second)
          Work.push_back(I);
      } else {
        return true;
      }
    }
  return false;
}

// The variables that values are the place of: all of it, at its first byte.
using Variables = MapVector<Value *, DILocalVariable *>;

void note(Value *Address, DILocalVariable *Of, const DIExpression *How, Variables &Ret) {
  if (Address && isa<AllocaInst, Argument>(Address->stripPointerCasts()) && How->getNumElements() == 0)
    Ret.insert({Address->stripPointerCasts(), Of});
}

Variables variablesOf(Function &F) {
  Variables Ret;
  for (Instruction &I : instructions(F)) {
    for (DbgVariableRecord &R : filterDbgVars(I.getDbgRecordRange())) {
      if (R.isDbgAssign())
        note(R.getAddress(), R.getVariable(), R.getAddressExpression(), Ret);
      else if (R.isDbgDeclare())
        note(R.getVariableLocationOp(0), R.getVariable(), R.getExpression(), Ret);
    }
    if (auto *A = dyn_cast<AllocaInst>(&I))
      if (auto *Known = dyn_cast_or_null<DILocalVariable>(A->getMetadata(Tag)))
        Ret.insert({A, Known});
  }
  return Ret;
}

// 1.
struct Collect : PassInfoMixin<Collect> {
  static bool isRequired() { return true; }
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    for (Function &F : M)
      for (auto [Value, Variable] : variablesOf(F))
        if (auto *A = dyn_cast<AllocaInst>(Value))
          A->setMetadata(Tag, Variable);
    return PreservedAnalyses::all();
  }
};

// 2.
class Telling {
public:
  Telling(Module &M) : M(M), B(M.getContext()) {}
  void tell(Function &F);

private:
  Constant *text(StringRef S);
  Constant *describe(Function &F, DILocalVariable *V, bool IsDynamic);
  Value *sizeOf(Value *Local, bool &IsDynamic);

  Module &M;
  IRBuilder<> B;
  StringMap<Constant *> Texts;
};

Constant *Telling::text(StringRef S) {
  Constant *&Known = Texts[S];
  if (!Known) {
    Constant *Bytes = ConstantDataArray::getString(M.getContext(), S);
    Known = new GlobalVariable(M, Bytes->getType(), true, GlobalValue::PrivateLinkage, Bytes, "truth.text");
  }
  return Known;
}

Constant *Telling::describe(Function &F, DILocalVariable *V, bool IsDynamic) {
  std::string Type;
  raw_string_ostream To(Type);
  spell(V->getType(), To);
  StringRef In = F.getSubprogram() ? F.getSubprogram()->getName() : F.getName();
  Constant *Fields[] = {text(V->getName()),       text(To.str()),        text(In),      text(V->getFilename()),
                        B.getInt32(V->getLine()), B.getInt32(IsDynamic), B.getInt32(0), B.getInt32(0)};
  Constant *All = ConstantStruct::getAnon(Fields);
  auto *Ret = new GlobalVariable(M, All->getType(), false, GlobalValue::PrivateLinkage, All, "truth");
  Ret->setSection("truth");
  Ret->setAlignment(Align(8));
  return Ret;
}

// NULL if it is not all of its variable.
Value *Telling::sizeOf(Value *Local, bool &IsDynamic) {
  const DataLayout &Layout = M.getDataLayout();
  IsDynamic = false;
  if (auto *Arg = dyn_cast<Argument>(Local))
    return Arg->hasByValAttr() ? B.getInt64(Layout.getTypeAllocSize(Arg->getParamByValType())) : nullptr;
  auto *A = cast<AllocaInst>(Local);
  IsDynamic = !A->isStaticAlloca();
  B.SetInsertPoint(A->getNextNode());
  return B.CreateMul(B.CreateZExtOrTrunc(A->getArraySize(), B.getInt64Ty()),
                     B.getInt64(Layout.getTypeAllocSize(A->getAllocatedType())));
}

void Telling::tell(Function &F) {
  FunctionCallee Check =
      M.getOrInsertFunction("truth_check", B.getVoidTy(), B.getPtrTy(), B.getInt64Ty(), B.getPtrTy());
  for (auto [Local, Variable] : variablesOf(F)) {
    bool IsDynamic;
    SmallVector<Place, 8> Places;
    if (!escapes(Local))
      continue;
    findPlaces(Local, Places);
    Value *Size = sizeOf(Local, IsDynamic);
    auto *Whole = dyn_cast_or_null<ConstantInt>(Size);
    if (!Size || (Whole && Whole->getZExtValue() * 8 < Variable->getSizeInBits().value_or(0)))
      continue;
    Constant *Truth = describe(F, Variable, IsDynamic);
    SmallPtrSet<Instruction *, 8> Done;
    for (Place P : Places) {
      if (!Done.insert(P.Before).second)
        continue;
      B.SetInsertPoint(P.Before);
      if (F.getSubprogram())
        B.SetCurrentDebugLocation(DILocation::get(M.getContext(), 0, 0, F.getSubprogram()));
      B.CreateCall(Check, {Local, Size, Truth})->setDoesNotThrow();
    }
  }
}

struct Tell : PassInfoMixin<Tell> {
  static bool isRequired() { return true; }
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    Telling T(M);
    for (Function &F : M)
      if (!F.isDeclarationForLinker())
        T.tell(F);
    return PreservedAnalyses::none();
  }
};

void registerPasses(PassBuilder &PB) {
  PB.registerPipelineStartEPCallback([](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(Collect()); });
  PB.registerFullLinkTimeOptimizationLastEPCallback(
      [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(Tell()); });
  if (!getenv("TRUTH_AT_LINK"))
    PB.registerOptimizerLastEPCallback([](ModulePassManager &MPM, OptimizationLevel
#if LLVM_VERSION_MAJOR >= 20
                                          ,
                                          ThinOrFullLTOPhase
#endif
                                       ) { MPM.addPass(Tell()); });
}

} // namespace

extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "truth", "1", registerPasses};
}
