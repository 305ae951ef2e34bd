// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Tables.h"
#include "Compat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace allocs {

// Records.

unsigned Record::size() const {
  unsigned N = 0;
  for (const Field &F : Fields)
    N += F.Width;
  return N;
}

// The length of what follows, not of itself: so it can be written when the rest is there.
void Record::prefixSize() {
  Record Whole;
  allocs_put_number(Whole, size());
  Whole.Fields.insert(Whole.Fields.end(), Fields.begin(), Fields.end());
  Fields.swap(Whole.Fields);
}

void Record::padTo(unsigned Align) {
  while (size() % Align)
    bytes(0, 1);
}

// Packed: the format has no padding but what padTo() wrote.
StructType *Record::type(LLVMContext &C) const {
  SmallVector<Type *, 32> Types;
  for (const Field &F : Fields)
    Types.push_back(Type::getIntNTy(C, F.Width * 8));
  return StructType::get(C, Types, true);
}

// References are differences of addresses, which the assembler makes relocations of that the linker resolves: nothing
// is left for run time. `Offset` is where the record begins in Holder, from which distances count, but where a field
// has a place of its own to count from.
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

// Private: no symbol of it is left in the object.
GlobalVariable *Tables::define(Type *T, const Twine &Name, StringRef Section, unsigned Alignment) {
  auto *GV = new GlobalVariable(M, T, true, GlobalValue::PrivateLinkage, Constant::getNullValue(T), Name);
  GV->setSection(Section);
  GV->setAlignment(Align(Alignment));
  return GV;
}

// Once per unit; the linker merges those of all units, since the section is mergeable by its contents. Empty is
// nothing.
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
GlobalVariable *Tables::slot() {
  Type *I64 = Type::getInt64Ty(M.getContext());
  auto *GV = new GlobalVariable(M, I64, false, GlobalValue::PrivateLinkage, Constant::getNullValue(I64), "allocs.slot");
  GV->addAttribute("bss-section", ALLOCS_SLOTS_SECTION);
  GV->setAlignment(Align(8));
  // Nothing is to lie between slots, or to be told of them by other names.
  GlobalValue::SanitizerMetadata Plain;
  Plain.NoAddress = Plain.NoHWAddress = true;
  GV->setSanitizerMetadata(Plain);
  return GV;
}

// What a reference leads to must be this object's own: another definition may take the place of one that can be
// interposed, and a distance to that would need a dynamic relocation. A private alias stays with the definition here.
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

const TypeNode *Tables::arrayOf(const TypeNode *Element, uint64_t Size) {
  TypeNode Array;
  Array.Kind = ALLOCS_KIND_ARRAY;
  Array.Target = Element;
  Array.Count = Element->Size ? Size / Element->Size : 0;
  Array.Size = Array.Count * Element->Size;
  return own(std::move(Array));
}

// Types: one COMDAT each.

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

// In the linker there are no nodes, but the records of types that the compiler left; by name.
Constant *Tables::typeOfKey(uint64_t Key) {
  auto Known = Types.find(Key);
  return Known != Types.end() ? Known->second : M.getNamedGlobal(typeSymbol(Key));
}

// Each kind takes from the fields what records.def says that it has.
Record Tables::typeRecord(const TypeNode *N) {
  Record R;
  allocs_type_fields Fields = {};
  Fields.kind = N->Kind;
  Fields.flags = N->Flags;
  Fields.encoding = N->Encoding;
  Fields.bit_offset = N->BitOffset;
  Fields.size = N->Size;
  Fields.count = N->Count;
  Fields.key = N->key();
  Fields.name = string(N->Name);
  Fields.target = type(N->Target);
  Fields.n_entries = N->Entries.size();
  allocs_write_type(R, &Fields);
  uint64_t Before = 0;
  for (const TypeEntry &E : N->Entries) {
    allocs_entry_fields Entry = {};
    Entry.kind = N->Kind;
    Entry.before = Before;
    Entry.flags = E.Alias.empty() ? 0 : ALLOCS_MEMBER_ALIAS;
    Entry.offset = Before = E.Offset;
    Entry.type = type(E.Type);
    Entry.name = E.Named || N->Kind == ALLOCS_KIND_ENUMERATION ? string(E.Name) : nullptr;
    Entry.alias = string(E.Alias);
    Entry.value = E.Value;
    allocs_write_entry(R, &Entry);
  }
  R.prefixSize();
  return R;
}

// A list, not recursion: records that are filled refer to further types. Equal types of other units are the same
// COMDAT: the linker keeps one.
void Tables::fillTypes() {
  while (!TypesToFill.empty()) {
    auto [Key, N] = TypesToFill.back();
    TypesToFill.pop_back();
    std::string Name = typeSymbol(Key);
    Comdat *C = M.getOrInsertComdat(Name);
    Record R = typeRecord(N);
    GlobalVariable *GV = define(R.type(M.getContext()), "", allocs_table_form_of(ALLOCS_TABLE_TYPES)->section, 1);
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
    // Nothing in the module refers to it but tables that are to be kept themselves.
    Keep.push_back(GV);
  }
}

// The section that the compiler puts G into together with others of the unit; 0 if G may get one of its own, or one
// that is not known yet.
char Tables::sharedSection(const GlobalObject &G) const {
  if (G.hasComdat() || G.hasSection())
    return 0;
  if (auto *F = dyn_cast<Function>(&G))
    return FunctionSections || F->hasFnAttribute(Attribute::Cold) || F->hasFnAttribute(Attribute::Hot) ||
                   F->hasFnAttribute("implicit-section-name")
               ? 0
               : 't';
  auto &V = cast<GlobalVariable>(G);
  if (DataSections || V.isThreadLocal() || V.hasCommonLinkage() || V.hasAttributes() || !V.hasInitializer())
    return 0;
  if (V.isConstant())
    return V.hasGlobalUnnamedAddr() || V.getInitializer()->needsRelocation() ? 0 : 'r';
  return V.getInitializer()->isNullValue() ? 'b' : 'd';
}

// What shares a section lives and dies together, and so can the records: all are tied to the first.
GlobalObject *Tables::leader(GlobalObject *Owner) {
  char Section = sharedSection(*Owner);
  return Section ? Leaders.try_emplace(Section, Owner).first->second : Owner;
}

// What is returned stands for the record's address until the group has its place.
Constant *Tables::add(allocs_table Table, GlobalObject *Owner, Record R, Constant *Shared, unsigned Flags) {
  Type *Byte = Type::getInt8Ty(M.getContext());
  auto *Placeholder = new GlobalVariable(M, Byte, true, GlobalValue::ExternalLinkage, nullptr, "allocs.record");
  // Weak handles: what is shared may be replaced meanwhile, as types are when they are filled in.
  Groups[{Table, leader(Owner)}].push_back({std::move(R), Placeholder, WeakTrackingVH(Shared), Flags});
  return Placeholder;
}

// What stands before so many records that share something with Part.
Record Tables::head(int Table, const Part &P, size_t N) {
  Record R;
  auto *Shared = cast_or_null<Constant>(static_cast<Value *>(P.Shared));
  allocs_literals_fields Run = {};
  allocs_static_fields Static = {};
  allocs_frame_fields Frame = {};
  switch (Table) {
  case ALLOCS_TABLE_LITERALS:
    Run.n = N;
    Run.flags = P.Flags;
    Run.type = Shared;
    allocs_write_literals(R, &Run);
    break;
  case ALLOCS_TABLE_STATICS:
    Static.flags = ALLOCS_STATIC_FILE;
    Static.file = Shared;
    allocs_write_static(R, &Static);
    break;
  case ALLOCS_TABLE_FRAMES:
    Frame.flags = ALLOCS_FRAME_FILE;
    Frame.file = Shared;
    allocs_write_frame(R, &Frame);
    R.prefixSize();
  }
  return R;
}

// The parts, and before each run of those that share something what they share.
std::vector<Tables::Part> Tables::withHeads(int Table, std::vector<Part> &Parts) {
  std::vector<Part> All;
  size_t End = 0;
  for (size_t I = 0; I < Parts.size(); I++) {
    Part &P = Parts[I];
    if (I == End && Table != ALLOCS_TABLE_SITES && Table != ALLOCS_TABLE_TLS) {
      while (End < Parts.size() && Parts[End].Shared == P.Shared && Parts[End].Flags == P.Flags)
        End++;
      All.push_back({head(Table, P, End - I), nullptr, WeakTrackingVH(), 0});
    }
    All.push_back(std::move(P));
  }
  return All;
}

// One variable per table and owner, of all its records; in the owner's COMDAT and tied to it by !associated
// (SHF_LINK_ORDER), so that it goes when that goes.
void Tables::finishGroup(const Group &G, std::vector<Part> &Records) {
  std::vector<Part> Parts = withHeads(G.first, Records);
  const allocs_table_form &Form = *allocs_table_form_of(G.first);
  LLVMContext &C = M.getContext();
  SmallVector<Type *, 16> PartTypes;
  for (Part &P : Parts) {
    P.R.padTo(Form.align);
    PartTypes.push_back(P.R.type(C));
  }
  auto *T = StructType::get(C, PartTypes, true);
  GlobalVariable *GV = define(T, "allocs.table", Form.section, Form.align);
  SmallVector<Constant *, 16> Values;
  uint64_t Offset = 0;
  for (Part &P : Parts) {
    SmallVector<Constant *, 16> Fields;
    P.R.constants(GV, Offset, Fields);
    Values.push_back(ConstantStruct::get(cast<StructType>(PartTypes[Values.size()]), Fields));
    if (P.Placeholder) {
      P.Placeholder->replaceAllUsesWith(ConstantExpr::getInBoundsGetElementPtr(
          Type::getInt8Ty(C), GV, ConstantInt::get(Type::getInt64Ty(C), Offset)));
      P.Placeholder->eraseFromParent();
    }
    Offset += P.R.size();
  }
  GV->setInitializer(ConstantStruct::get(T, Values));
  GlobalObject *Owner = G.second;
  if (Comdat *Shared = Owner->getComdat())
    GV->setComdat(Shared);
  // A common symbol has no section to be tied to.
  if (!Owner->hasCommonLinkage())
    GV->setMetadata(LLVMContext::MD_associated, MDNode::get(C, ValueAsMetadata::get(Owner)));
  Keep.push_back(GV);
  if (isa<GlobalVariable>(Owner))
    Keep.push_back(Owner); // nothing may replace what a section is tied to
}

// The note, in each table some padding, and one slot, so that every section the note refers to exists.
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
  // Words and bytes as docs/abi.md lists them.
  Record R;
  // So padded that contents and end are where they are whether notes are aligned to 4 bytes or to 8.
  constexpr unsigned NameSize = 12, Size = (sizeof(allocs_note) + 7) / 8 * 8;
  for (uint32_t Each : {NameSize, Size, ALLOCS_NOTE_TYPE})
    R.bytes(Each, 4);
  for (char Each : StringRef(ALLOCS_NOTE_NAME "\0\0\0\0\0", NameSize))
    R.bytes(Each, 1);
  R.bytes(ALLOCS_ABI_VERSION, 4);
  // The linker defines these symbols around all sections of the name. Hidden: each image has its own.
  auto Range = [&](StringRef Section, GlobalVariable *Zero) {
    Share(Zero, "__allocs_zero_" + Section);
    for (StringRef Side : {"__start_", "__stop_"}) {
      auto *Bound = cast<GlobalVariable>(M.getOrInsertGlobal((Side + Section).str(), Type::getInt8Ty(C)));
      Bound->setVisibility(GlobalValue::HiddenVisibility);
      R.ref(Bound);
    }
  };
  for (int Table = 0; Table < ALLOCS_N_TABLES; Table++) {
    const allocs_table_form &Form = *allocs_table_form_of(Table);
    Range(Form.section, define(ArrayType::get(Type::getInt8Ty(C), Form.align), "", Form.section, Form.align));
  }
  Range(ALLOCS_SLOTS_SECTION, slot());
  R.padTo(8);
  GlobalVariable *GV = define(R.type(C), "", ALLOCS_NOTE_SECTION, 4);
  Share(GV, "__allocs_note");
  SmallVector<Constant *, 32> Fields;
  R.constants(GV, 0, Fields);
  GV->setInitializer(ConstantStruct::get(cast<StructType>(GV->getValueType()), Fields));
  appendToUsed(M, Used);
}

// Under link-time optimisation: types and note are in the modules already.
void Tables::finishAgain() {
  for (auto &[G, Parts] : Groups)
    finishGroup(G, Parts);
  appendToCompilerUsed(M, Keep);
}

void Tables::finish() {
  fillTypes();
  // Units in which nothing is described stay as they would be without the plugin.
  if (Groups.empty() && Types.empty())
    return;
  finishAgain();
  note();
}

} // namespace allocs
