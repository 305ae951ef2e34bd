// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What each step costs is counted on a model of the frame that places locals as the code generator does: the larger
// ones first, each in the first slot of which it lives at another time. The code generator knows more of lifetimes than
// the marks tell, so that any two with marks may meet: the model decides what is worth it, never what is told.

#include "Slots.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/StackLifetime.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace allocs {

// How much a frame may grow for types: by half of what these locals take, or so many bytes; for names: so many more.
static constexpr uint64_t GrowthShare = 2, SmallGrowth = 160, NameGrowth = 64;
// Of more locals than these each is taken to need the room it has.
static constexpr size_t MaxModelled = 256;

bool escapes(Value *Local) {
  SmallVector<Value *, 16> Work{Local};
  SmallPtrSet<Value *, 16> Seen;
  while (!Work.empty()) {
    Value *V = Work.pop_back_val();
    if (!Seen.insert(V).second)
      continue;
    for (User *U : V->users()) {
      if (isa<LoadInst, ICmpInst, MemIntrinsic>(U) || cast<Instruction>(U)->isLifetimeStartOrEnd())
        continue;
      if (auto *S = dyn_cast<StoreInst>(U)) {
        if (S->getValueOperand() == V)
          return true;
      } else if (isa<GetElementPtrInst, BitCastInst, AddrSpaceCastInst, PHINode, SelectInst>(U)) {
        Work.push_back(U);
      } else if (!isa<DbgInfoIntrinsic>(U)) {
        return true;
      }
    }
  }
  return false;
}

namespace {

struct Local {
  AllocaInst *A;
  SmallVector<Instruction *, 4> Marks;
  uint64_t Key;
  StringRef Name;
  uint64_t Size;
  bool Escapes;
  bool HasMarks = true;
};

class Slots {
public:
  Slots(Function &F, function_ref<LocalIdentity(const AllocaInst &)> IdentityOf);
  void keepApart();

private:
  using Predicate = function_ref<bool(const Local &)>;
  uint64_t model(Predicate Among) const;
  uint64_t saved(Predicate Among) const;
  uint64_t sharedKey() const;
  StringRef sharedName(uint64_t Key) const;
  void dropMarks(Predicate Of, uint64_t Bound);

  std::vector<Local> Locals; // with marks, largest first
  std::optional<StackLifetime> Lifetimes;
};

} // namespace

static AllocaInst *markedLocal(Instruction &I) {
  if (!I.isLifetimeStartOrEnd())
    return nullptr;
  auto &Call = cast<IntrinsicInst>(I);
  auto *A = dyn_cast<AllocaInst>(Call.getArgOperand(Call.arg_size() - 1)->stripPointerCasts());
  return A && A->isStaticAlloca() ? A : nullptr;
}

Slots::Slots(Function &F, function_ref<LocalIdentity(const AllocaInst &)> IdentityOf) {
  MapVector<AllocaInst *, SmallVector<Instruction *, 4>> Marks;
  for (Instruction &I : instructions(F))
    if (AllocaInst *A = markedLocal(I))
      Marks[A].push_back(&I);
  auto IsLarger = [](const Local &A, const Local &B) { return A.Size > B.Size; };
  SmallVector<const AllocaInst *, 32> Allocas;
  for (auto &[A, Of] : Marks) {
    uint64_t Size = A->getAllocationSize(F.getParent()->getDataLayout())->getFixedValue();
    auto [Key, Name] = IdentityOf(*A);
    Local New{A, std::move(Of), Key, Name, alignTo(Size, A->getAlign()), escapes(A)};
    Locals.insert(llvm::upper_bound(Locals, New, IsLarger), std::move(New));
    Allocas.push_back(A);
  }
  if (Locals.size() > MaxModelled)
    return;
  Lifetimes.emplace(F, Allocas, StackLifetime::LivenessType::May);
  Lifetimes->run();
}

// The bytes that some of the locals take. Those without marks take their own.
uint64_t Slots::model(Predicate Among) const {
  SmallVector<StackLifetime::LiveRange, 32> Shared;
  uint64_t Bytes = 0;
  for (const Local &L : Locals) {
    if (!Among(L))
      continue;
    if (Lifetimes && L.HasMarks) {
      const StackLifetime::LiveRange &Life = Lifetimes->getLiveRange(L.A);
      auto Free = llvm::find_if(Shared, [&](const auto &Lives) { return !Lives.overlaps(Life); });
      if (Free != Shared.end()) {
        Free->join(Life);
        continue;
      }
      Shared.push_back(Life);
    }
    Bytes += L.Size;
  }
  return Bytes;
}

// The bytes that some of the locals save by sharing among themselves.
uint64_t Slots::saved(Predicate Among) const {
  uint64_t Sum = 0;
  for (const Local &L : Locals)
    if (Among(L))
      Sum += L.Size;
  return Sum - model(Among);
}

// The type whose locals save most.
uint64_t Slots::sharedKey() const {
  SmallDenseSet<uint64_t> Seen;
  uint64_t Best = 0, Most = 0;
  for (const Local &L : Locals) {
    if (!L.Escapes || !L.Key || !Seen.insert(L.Key).second)
      continue;
    uint64_t Saved = saved([&](const Local &Other) { return Other.Key == L.Key && Other.Escapes; });
    if (Saved >= Most) {
      Best = L.Key;
      Most = Saved;
    }
  }
  return Best;
}

// Of a type, the name whose locals save most: those that are inlined from one function more than once, often.
StringRef Slots::sharedName(uint64_t Key) const {
  StringSet<> Seen;
  StringRef Best;
  uint64_t Most = 0;
  for (const Local &L : Locals) {
    if (!L.Escapes || L.Key != Key || !Seen.insert(L.Name).second)
      continue;
    uint64_t Saved =
        saved([&](const Local &Other) { return Other.Key == Key && Other.Escapes && Other.Name == L.Name; });
    if (Saved >= Most) {
      Best = L.Name;
      Most = Saved;
    }
  }
  return Best;
}

// Of these locals the smaller ones first, as long as all take no more than the bound. What has no record goes without
// marks in any case.
void Slots::dropMarks(Predicate Of, uint64_t Bound) {
  for (Local &L : llvm::reverse(Locals)) {
    if (!L.Escapes || !L.HasMarks || !Of(L))
      continue;
    L.HasMarks = false;
    if (L.Key && model([](const Local &) { return true; }) > Bound)
      L.HasMarks = true;
  }
}

void Slots::keepApart() {
  if (llvm::none_of(Locals, [](const Local &L) { return L.Key; }))
    return;
  auto All = [](const Local &) { return true; };
  uint64_t Shared = sharedKey(), Before = model(All);
  dropMarks([&](const Local &L) { return L.Key != Shared; }, Before + std::max(Before / GrowthShare, SmallGrowth));
  // Those of one name and type may share a slot, if no other does.
  StringRef Name = sharedName(Shared);
  bool AreApart = llvm::none_of(Locals, [&](const Local &L) { return L.Escapes && L.HasMarks && L.Key != Shared; });
  dropMarks([&](const Local &L) { return !AreApart || L.Name != Name; }, model(All) + NameGrowth);
  for (Local &L : Locals)
    if (!L.HasMarks)
      for (Instruction *Mark : L.Marks)
        Mark->eraseFromParent();
}

void keepApart(Function &F, function_ref<LocalIdentity(const AllocaInst &)> IdentityOf) {
  Slots(F, IdentityOf).keepApart();
}

} // namespace allocs
