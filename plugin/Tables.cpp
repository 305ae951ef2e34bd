// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Tables.h"
#include "Compat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace allocs {

static const char *const SectionNames[] = {
#define ALLOCS_TABLE(name, value, section) section,
#include "allocs/kinds.def"
};

// Records.

unsigned Record::size() const {
  unsigned N = 0;
  for (const Field &F : Fields)
    N += F.Width;
  return N;
}

void Record::padTo(unsigned Align) {
  while (size() % Align)
    u8(0);
}

StructType *Record::type(LLVMContext &C) const {
  SmallVector<Type *, 32> Types;
  for (const Field &F : Fields)
    Types.push_back(Type::getIntNTy(C, F.Width * 8));
  return StructType::get(C, Types, true);
}

void Record::constants(Constant *Holder, uint64_t Offset, SmallVectorImpl<Constant *> &Out) const {
  LLVMContext &C = Holder->getContext();
  Type *I64 = Type::getInt64Ty(C), *I32 = Type::getInt32Ty(C);
  for (const Field &F : Fields) {
    if (!F.Target) {
      Out.push_back(ConstantInt::get(Type::getIntNTy(C, F.Width * 8), F.Value));
    } else {
      Constant *Value = ConstantExpr::getPtrToInt(cast<Constant>(static_cast<llvm::Value *>(F.Target)), I64);
      Constant *From = F.From;
      if (!From)
        From = ConstantExpr::getInBoundsGetElementPtr(Type::getInt8Ty(C), Holder, ConstantInt::get(I64, Offset));
      Value = ConstantExpr::getSub(Value, ConstantExpr::getPtrToInt(From, I64));
      Out.push_back(ConstantExpr::getTrunc(Value, I32));
    }
    Offset += F.Width;
  }
}

// Tables.

GlobalVariable *Tables::define(Type *T, const Twine &Name, StringRef Section, unsigned Alignment) {
  auto *GV = new GlobalVariable(M, T, true, GlobalValue::PrivateLinkage, Constant::getNullValue(T), Name);
  GV->setSection(Section);
  GV->setAlignment(Align(Alignment));
  return GV;
}

Constant *Tables::string(StringRef S) {
  if (S.empty())
    return nullptr;
  Constant *&Known = Strings[S];
  if (!Known) {
    Constant *Text = ConstantDataArray::getString(M.getContext(), S);
    GlobalVariable *GV = define(Text->getType(), "allocs.string", "allocs_strings", 1);
    GV->setInitializer(Text);
    GV->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    Known = GV;
  }
  return Known;
}

// In a section of zeroes, which one that is asked for by name would not be.
GlobalVariable *Tables::newSlot() {
  Type *I64 = Type::getInt64Ty(M.getContext());
  auto *GV = new GlobalVariable(M, I64, false, GlobalValue::PrivateLinkage, Constant::getNullValue(I64), "allocs.slot");
  GV->addAttribute("bss-section", ALLOCS_SLOTS_SECTION);
  GV->setAlignment(Align(8));
  return GV;
}

Constant *Tables::local(GlobalObject *Object) {
  if (Object->hasLocalLinkage() || Object->isDSOLocal() || Object->hasCommonLinkage())
    return Object;
  Constant *&Known = Locals[Object];
  if (!Known) {
    auto *Alias = GlobalAlias::create(Object->getValueType(), Object->getAddressSpace(), GlobalValue::PrivateLinkage,
                                      "allocs.local." + Object->getName(), Object, &M);
    Alias->setThreadLocalMode(Object->getThreadLocalMode());
    Known = Alias;
  }
  return Known;
}

const TypeNode *Tables::own(TypeNode N) {
  Own.push_back(std::move(N));
  return &Own.back();
}

// Types: one COMDAT each, with its slot.

static std::string typeSymbol(uint64_t Key) { return "__uniqtype_" + utohexstr(Key, true, 16); }

Constant *Tables::type(const TypeNode *N) {
  if (!N)
    return nullptr;
  GlobalVariable *&Known = Types[N->key()];
  if (!Known) {
    // The size is not known before the record is built: the type of the variable is set with its fields.
    Known = new GlobalVariable(M, Type::getInt64Ty(M.getContext()), true, GlobalValue::ExternalLinkage, nullptr,
                               typeSymbol(N->key()) + ".forward");
    TypesToFill.push_back({N->key(), N});
  }
  return Known;
}

Constant *Tables::typeOfKey(uint64_t Key) {
  auto Known = Types.find(Key);
  return Known != Types.end() ? Known->second : M.getNamedGlobal(typeSymbol(Key));
}

Record Tables::typeRecord(const TypeNode *N, Comdat *C) {
  bool Tagged = N->Kind == ALLOCS_KIND_COMPOSITE || N->Kind == ALLOCS_KIND_ENUMERATION;
  unsigned EntrySize = N->Kind == ALLOCS_KIND_COMPOSITE     ? sizeof(allocs_member)
                       : N->Kind == ALLOCS_KIND_ENUMERATION ? sizeof(allocs_enumerator)
                                                            : sizeof(allocs_ref);
  GlobalVariable *Slot = newSlot();
  Slot->setComdat(C);
  Record R;
  R.u32(alignTo(sizeof(allocs_type) + N->Entries.size() * EntrySize, 8));
  R.u8(N->Kind).u8(N->Flags).u8(N->Encoding).u8(N->BitOffset).u64(N->key()).u64(N->Size).u64(N->Count);
  R.ref(Slot).ref(Tagged ? string(N->Name) : nullptr).ref(type(N->Target)).u32(N->Entries.size());
  for (const TypeEntry &E : N->Entries) {
    if (N->Kind == ALLOCS_KIND_COMPOSITE)
      R.u64(E.Offset).ref(type(E.Type)).ref(E.Named ? string(E.Name) : nullptr).ref(string(E.Alias)).u32(0);
    else if (N->Kind == ALLOCS_KIND_ENUMERATION)
      R.u64(E.Value).ref(string(E.Name)).u32(0);
    else
      R.ref(type(E.Type));
  }
  R.padTo(8);
  return R;
}

void Tables::fillTypes() {
  while (!TypesToFill.empty()) {
    auto [Key, N] = TypesToFill.back();
    TypesToFill.pop_back();
    std::string Name = typeSymbol(Key);
    Comdat *C = M.getOrInsertComdat(Name);
    Record R = typeRecord(N, C);
    GlobalVariable *GV = define(R.type(M.getContext()), "", SectionNames[ALLOCS_TABLE_TYPES], 8);
    GV->setName(Name);
    GV->setLinkage(GlobalValue::LinkOnceODRLinkage);
    GV->setVisibility(GlobalValue::HiddenVisibility);
    GV->setComdat(C);
    SmallVector<Constant *, 64> Fields;
    R.constants(GV, 0, Fields);
    GV->setInitializer(ConstantStruct::get(cast<StructType>(GV->getValueType()), Fields));
    GlobalVariable *Forward = Types[Key];
    Types[Key] = GV;
    Forward->replaceAllUsesWith(GV);
    Forward->eraseFromParent();
    Keep.push_back(GV);
  }
}

// Without sections of their own, the functions of a unit share .text, and their records can share a section too.
GlobalObject *Tables::leader(GlobalObject *Owner) {
  auto *F = dyn_cast<Function>(Owner);
  if (!F || F->hasComdat() || F->hasSection() || FunctionSections || F->hasFnAttribute(Attribute::Cold) ||
      F->hasFnAttribute(Attribute::Hot) || F->hasFnAttribute("implicit-section-name"))
    return Owner;
  if (!TextLeader)
    TextLeader = Owner;
  return TextLeader;
}

Constant *Tables::add(allocs_table Table, GlobalObject *Owner, Record R) {
  Type *Byte = Type::getInt8Ty(M.getContext());
  auto *Placeholder = new GlobalVariable(M, Byte, true, GlobalValue::ExternalLinkage, nullptr, "allocs.record");
  Groups[{Table, leader(Owner)}].push_back({std::move(R), Placeholder});
  return Placeholder;
}

static unsigned alignmentOf(int Table) { return Table == ALLOCS_TABLE_SITES || Table == ALLOCS_TABLE_LITERALS ? 4 : 8; }

void Tables::finishGroup(const Group &G, std::vector<Part> &Parts) {
  LLVMContext &C = M.getContext();
  SmallVector<Type *, 16> PartTypes;
  for (Part &P : Parts) {
    P.R.padTo(alignmentOf(G.first));
    PartTypes.push_back(P.R.type(C));
  }
  auto *T = StructType::get(C, PartTypes, true);
  GlobalVariable *GV = define(T, "allocs.table", SectionNames[G.first], alignmentOf(G.first));
  SmallVector<Constant *, 16> Values;
  uint64_t Offset = 0;
  for (Part &P : Parts) {
    SmallVector<Constant *, 16> Fields;
    P.R.constants(GV, Offset, Fields);
    Values.push_back(ConstantStruct::get(cast<StructType>(PartTypes[Values.size()]), Fields));
    P.Placeholder->replaceAllUsesWith(
        ConstantExpr::getInBoundsGetElementPtr(Type::getInt8Ty(C), GV, ConstantInt::get(Type::getInt64Ty(C), Offset)));
    P.Placeholder->eraseFromParent();
    Offset += P.R.size();
  }
  GV->setInitializer(ConstantStruct::get(T, Values));
  GlobalObject *Owner = G.second;
  if (Comdat *Shared = Owner->getComdat())
    GV->setComdat(Shared);
  if (!Owner->hasCommonLinkage())
    GV->setMetadata(LLVMContext::MD_associated, MDNode::get(C, ValueAsMetadata::get(Owner)));
  Keep.push_back(GV);
  if (isa<GlobalVariable>(Owner))
    Keep.push_back(Owner); // nothing may replace what a section is tied to
}

// The note, and in each table one record of zeroes, so that every section the note refers to exists; one slot, too.
void Tables::note() {
  LLVMContext &C = M.getContext();
  Comdat *Shared = M.getOrInsertComdat("__allocs_note");
  SmallVector<GlobalValue *, 8> Used;
  auto Share = [&](GlobalVariable *GV, const Twine &Name) {
    GV->setName(Name);
    GV->setLinkage(GlobalValue::LinkOnceODRLinkage);
    GV->setVisibility(GlobalValue::HiddenVisibility);
    GV->setComdat(Shared);
    Used.push_back(GV);
  };
  Record R;
  R.u32(8).u32(sizeof(allocs_note)).u32(ALLOCS_NOTE_TYPE);
  for (char Each : StringRef("allocs\0\0", 8))
    R.u8(Each);
  R.u32(ALLOCS_ABI_VERSION);
  auto Range = [&](StringRef Section, GlobalVariable *Zero) {
    Share(Zero, "__allocs_zero_" + Section);
    for (StringRef Side : {"__start_", "__stop_"}) {
      auto *Bound = cast<GlobalVariable>(M.getOrInsertGlobal((Side + Section).str(), Type::getInt8Ty(C)));
      Bound->setVisibility(GlobalValue::HiddenVisibility);
      R.ref(Bound);
    }
  };
  for (const char *Section : SectionNames)
    Range(Section, define(ArrayType::get(Type::getInt64Ty(C), 1), "", Section, 8));
  Range(ALLOCS_SLOTS_SECTION, newSlot());
  GlobalVariable *GV = define(R.type(C), "", ALLOCS_NOTE_SECTION, 4);
  Share(GV, "__allocs_note");
  SmallVector<Constant *, 32> Fields;
  R.constants(GV, 0, Fields);
  GV->setInitializer(ConstantStruct::get(cast<StructType>(GV->getValueType()), Fields));
  appendToUsed(M, Used);
}

void Tables::finishAgain() {
  for (auto &[G, Parts] : Groups)
    finishGroup(G, Parts);
  appendToCompilerUsed(M, Keep);
}

void Tables::finish() {
  fillTypes();
  if (Groups.empty() && Types.empty())
    return;
  finishAgain();
  note();
}

} // namespace allocs
