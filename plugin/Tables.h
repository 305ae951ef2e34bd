// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Builds the records of include/allocs/abi.h as constants of a module: strings, slots, types, and tables whose parts
// live and die with the function or variable they describe.

#ifndef ALLOCS_PLUGIN_TABLES_H
#define ALLOCS_PLUGIN_TABLES_H

#include "TypeNode.h"
#include "allocs/abi.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueHandle.h"
#include <deque>

namespace allocs {

// The fields of one record in order. A reference becomes the distance from its field to its target.
class Record {
public:
  void bytes(uint64_t V, unsigned Width) { Fields.push_back({Width, V, llvm::WeakTrackingVH(), nullptr}); }
  // Null: a distance of 0. From: what the distance is from, if not from the field.
  void ref(llvm::Constant *Target, llvm::Constant *From = nullptr) {
    Fields.push_back({sizeof(allocs_ref), 0, llvm::WeakTrackingVH(Target), From});
  }
  void padTo(unsigned Align);
  void prefixSize(); // as a uint
  unsigned size() const;
  // Appends the fields as constants, this record standing Offset bytes into Holder.
  void constants(llvm::Constant *Holder, uint64_t Offset, llvm::SmallVectorImpl<llvm::Constant *> &Out) const;
  llvm::StructType *type(llvm::LLVMContext &C) const;

private:
  struct Field {
    unsigned Width;
    uint64_t Value;
    llvm::WeakTrackingVH Target; // follows the target when it is replaced
    llvm::Constant *From;        // what the distance is from; null: the field itself
  };
  std::vector<Field> Fields;
};

// Where a local lies: the distance from one absolute symbol to another, which the assembler knows; or, without a
// symbol, what is known here.
struct FrameOffset {
  llvm::Constant *Symbol, *Zero;
  int32_t Known = 0;
};

// How include/allocs/record_write.def writes into one.
inline void allocs_put_bytes(Record &R, uint64_t V, unsigned Width) { R.bytes(V, Width); }
inline void allocs_put_ref(Record &R, llvm::Constant *Target) { R.ref(Target); }
inline void allocs_put_offset(Record &R, FrameOffset Offset) {
  Offset.Symbol ? R.ref(Offset.Symbol, Offset.Zero) : R.bytes(uint32_t(Offset.Known), sizeof(allocs_ref));
}
#define ALLOCS_SINK Record &
#define ALLOCS_TARGET llvm::Constant *
#define ALLOCS_OFFSET FrameOffset
#include "allocs/record_write.def"

class Tables {
public:
  // FunctionSections, DataSections: each function or variable gets a section of its own.
  Tables(llvm::Module &M, bool FunctionSections, bool DataSections)
      : M(M), FunctionSections(FunctionSections), DataSections(DataSections) {}

  llvm::Constant *string(llvm::StringRef S); // null for an empty one
  llvm::Constant *type(const TypeNode *N);   // null for null
  llvm::Constant *typeOfKey(uint64_t Key);   // of one that was given to type(), or that the module has; else null
  const TypeNode *own(TypeNode N);           // keeps a node that the model does not hold
  const TypeNode *arrayOf(const TypeNode *Element, uint64_t Size); // as many as so many bytes are
  llvm::GlobalVariable *slot();
  // The record of a function, to whom else describes it; null if it has none.
  llvm::Constant *&recordOf(llvm::Function *F) { return FunctionRecords[F]; }
  // The object by a name that the linker cannot preempt.
  llvm::Constant *local(llvm::GlobalObject *Object);
  // The object that the records of Owner are tied to: of all whose code or data share a section, the first.
  llvm::GlobalObject *leader(llvm::GlobalObject *Owner);
  // Adds a record that lives and dies with Owner. Shared: the source file of a static or frame, the element type of a
  // literal, which is written once for all neighbours that have the same. Returns something to refer to the record by.
  llvm::Constant *add(allocs_table Table, llvm::GlobalObject *Owner, Record R, llvm::Constant *Shared = nullptr,
                      unsigned Flags = 0);
  // Writes everything; nothing is written if nothing was added.
  void finish();
  // The same for a module that has been finished before, and got more records.
  void finishAgain();

private:
  struct Part {
    Record R;
    llvm::GlobalVariable *Placeholder; // null for what is no record of its own
    llvm::WeakTrackingVH Shared;
    unsigned Flags; // of a run of literals
  };
  using Group = std::pair<int, llvm::GlobalObject *>; // table, leader
  llvm::GlobalVariable *define(llvm::Type *T, const llvm::Twine &Name, llvm::StringRef Section, unsigned Align);
  char sharedSection(const llvm::GlobalObject &G) const;
  void fillTypes();
  Record typeRecord(const TypeNode *N);
  Record head(int Table, const Part &P, size_t N);
  std::vector<Part> withHeads(int Table, std::vector<Part> &Parts);
  void finishGroup(const Group &G, std::vector<Part> &Parts);
  void note();

  llvm::Module &M;
  bool FunctionSections, DataSections;
  std::deque<TypeNode> Own;
  llvm::StringMap<llvm::Constant *> Strings;
  llvm::DenseMap<uint64_t, llvm::GlobalVariable *> Types; // by key
  std::vector<std::pair<uint64_t, const TypeNode *>> TypesToFill;
  llvm::DenseMap<llvm::GlobalObject *, llvm::Constant *> Locals;
  llvm::DenseMap<llvm::Function *, llvm::Constant *> FunctionRecords;
  llvm::MapVector<Group, std::vector<Part>> Groups;
  llvm::SmallDenseMap<char, llvm::GlobalObject *, 4> Leaders; // by shared section
  llvm::SmallVector<llvm::GlobalValue *, 64> Keep;
};

} // namespace allocs

#endif
