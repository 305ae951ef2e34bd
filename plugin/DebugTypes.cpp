// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Found by tag, name and size among those that the module has, which are all that its variables are of; pointers and
// arrays are made of these. A type that is not there is not made.

#include "DebugTypes.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"

using namespace llvm;

namespace allocs {

// As Clang has it for calls of functions that are declared to allocate; LLVM 22 and later write DW_AT_LLVM_alloc_type
// of it.
static constexpr char AllocSite[] = "heapallocsite";

void DebugTypes::read() {
  if (!WasRead)
    Found.processModule(M);
  WasRead = true;
}

static unsigned tagOf(const TypeNode *N) {
  return N->Kind == ALLOCS_KIND_ENUMERATION ? dwarf::DW_TAG_enumeration_type
         : N->Flags & ALLOCS_TYPE_UNION     ? dwarf::DW_TAG_union_type
                                            : dwarf::DW_TAG_structure_type;
}

// What has no tag has the name of a typedef.
static DICompositeType *named(DIType *T, bool IsTypedef) {
  auto *D = dyn_cast<DIDerivedType>(T);
  if (!IsTypedef)
    return dyn_cast<DICompositeType>(T);
  auto *C = D && D->getTag() == dwarf::DW_TAG_typedef ? dyn_cast_or_null<DICompositeType>(D->getBaseType()) : nullptr;
  return C && C->getName().empty() ? C : nullptr;
}

DIType *DebugTypes::composite(const TypeNode *N) {
  if (N->Name.empty())
    return nullptr;
  for (DIType *T : Found.types()) {
    DICompositeType *C = named(T, N->Flags & ALLOCS_TYPE_ANONYMOUS);
    bool IsOfSize = C && (C->isForwardDecl() ? N->Size == ALLOCS_SIZE_UNKNOWN : C->getSizeInBits() == 8 * N->Size);
    if (IsOfSize && C->getTag() == tagOf(N) && T->getName() == N->Name)
      return C;
  }
  return nullptr;
}

DIType *DebugTypes::base(const TypeNode *N) {
  for (DIType *T : Found.types())
    if (auto *B = dyn_cast<DIBasicType>(T); B && B->getTag() == dwarf::DW_TAG_base_type &&
                                            B->getEncoding() == N->Encoding && B->getSizeInBits() == 8 * N->Size)
      return B;
  return nullptr;
}

DIType *DebugTypes::make(const TypeNode *N) {
  DIBuilder Builder(M, false);
  DIType *Target = N->Target ? of(N->Target) : nullptr;
  switch (N->Kind) {
  case ALLOCS_KIND_BASE:
    return base(N);
  case ALLOCS_KIND_COMPOSITE:
  case ALLOCS_KIND_ENUMERATION:
    return composite(N);
  case ALLOCS_KIND_ADDRESS:
    if (!Target && N->Target->Kind != ALLOCS_KIND_VOID)
      return nullptr;
    return Builder.createPointerType(Target, 64);
  case ALLOCS_KIND_ARRAY:
    if (!Target || N->Size == ALLOCS_SIZE_UNKNOWN || N->Flags & ALLOCS_TYPE_VECTOR)
      return nullptr;
    return Builder.createArrayType(8 * N->Size, 0, Target,
                                   Builder.getOrCreateArray({Builder.getOrCreateSubrange(0, int64_t(N->Count))}));
  default:
    return nullptr;
  }
}

DIType *DebugTypes::of(const TypeNode *N) {
  auto [At, IsNew] = Known.try_emplace(N->key(), nullptr);
  return IsNew ? At->second = make(N) : At->second;
}

void DebugTypes::tag(CallBase &Call, const TypeNode *Type) {
  if (!Type || !Call.getDebugLoc() || !Call.getFunction()->getSubprogram())
    return;
  read();
  if (DIType *T = of(Type))
    Call.setMetadata(AllocSite, T);
}

void DebugTypes::copy(const CallBase &From, CallBase &To) { To.setMetadata(AllocSite, From.getMetadata(AllocSite)); }

} // namespace allocs
