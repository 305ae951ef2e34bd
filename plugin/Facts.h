// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What the AST tells of one unit, as plain data: filled by the finder, bound to IR by number, written by the emitter.

#ifndef ALLOCS_PLUGIN_FACTS_H
#define ALLOCS_PLUGIN_FACTS_H

#include "Declarations.h"
#include "SiteTypes.h"
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace allocs {

struct SourcePlace {
  std::string File, Function;
  unsigned Line = 0, Column = 0;
};

// An allocation call, or one that may be: of any function that returns a pointer, and is given what may be a size.
struct SiteFact : SiteType {
  std::string Callee; // as IR names it
  SourcePlace At;
  clang::SourceLocation Loc;
  bool IsCandidate = false;
  bool IsNew = false;   // of C++: an expression that the language lets be left out
  bool HandsOn = false; // in a function that may give the block to a caller who knows more of it
  unsigned Sizes = 0;   // of a candidate: which of its numbers have a type in them, or all if none has
  DeclaredFn::Kind Declared = DeclaredFn::None; // of what is no candidate: what the function is declared to do
};

// A variable, parameter or function that a record can describe.
struct DeclFact {
  enum Kind { Static, ThreadLocal, Local, Function } K = Static;
  std::string Name;
  SourcePlace At; // Function: that encloses it, or empty
  clang::QualType T;
  // Of a variable-length array: of each dimension that is counted at run time, outermost first; 0 where only then it is
  // known.
  std::vector<uint64_t> Lengths;
  // After resolve:
  const TypeNode *Type = nullptr;
  std::string Alias;
};

// Of a string literal whose elements have so many bytes: without the zeros at its end.
std::string literalContents(llvm::StringRef Bytes, unsigned Width);

struct Facts {
  std::vector<SiteFact> Sites;
  std::vector<DeclFact> Decls;
  std::vector<clang::QualType> Typeofs;
  std::vector<const TypeNode *> TypeofNodes;
  // Element types of string literals by an element's bytes and the contents without zeros at the end, which is what IR
  // keeps of them; and for what the optimiser made of them, without contents. Null where the unit has several.
  using LiteralKey = std::pair<unsigned, std::optional<std::string>>;
  std::map<LiteralKey, clang::QualType> Literals;
  std::map<LiteralKey, const TypeNode *> LiteralNodes;
  // Types of compound literals with static storage by size; null likewise.
  std::vector<clang::QualType> CompoundLiterals;
  std::map<uint64_t, const TypeNode *> CompoundLiteralNodes;
  std::unique_ptr<TypeModel> Types;
  clang::ASTContext *Ctx = nullptr; // null: there is no unit to write tables for
  bool FunctionSections = false, DataSections = false;
  bool EmulatedTls = false; // thread-locals are variables of another kind
  bool Lto = false;         // code is generated later, by the linker
  bool Remarks = false;     // are wanted
  bool Warnings = false;    // likewise
  bool SaneNew = true;      // operator new returns what nobody else has
  bool SitesOnly = false;   // nothing but sites is looked for, and the code stays as it is
  std::shared_ptr<Declarations> Declared;
  bool Written = false; // the tables have been

  // Turns all AST types into nodes. After code generation, so that no record is laid out, and warned about, out of
  // turn.
  void resolve();
};

// The unit under compilation: a compiler process has one at a time.
Facts &unitFacts();

// Prefixes by which the finder leaves numbers in the AST that the binder finds again in IR.
inline constexpr char AnnotationPrefix[] = "allocs.decl."; // of annotations
inline constexpr char SiteInfix[] = ".allocs.site.";       // of a call's own callee
inline constexpr char SizeMark[] = "allocs.size.";         // of a function around the size of an alloca
inline constexpr char LocalMark[] = "allocs.local.";       // of a function that is given a local's address
inline constexpr char RowsMark[] = "allocs.rows";          // of a function that is given an array's rows' lengths
inline constexpr char NumberMark[] = "allocs.number.";     // of a function around what may tell a candidate's size
inline constexpr char TypeofMark[] = "allocs.typeof.";     // of alloc_typeof's own callee
// Entries of the runtime that stand around a candidate.
inline constexpr char RecentEntry[] = "__allocs_recent";
inline constexpr char ReturnedEntry[] = "__allocs_returned";
// Those for functions that are declared.
inline constexpr char PartEntry[] = "__allocs_part";
inline constexpr char EndedEntry[] = "__allocs_part_ended";
inline constexpr char ResetEntry[] = "__allocs_pool_reset";
inline constexpr char FilledEntry[] = "__allocs_filled";
// Attribute and metadata that carry them through optimisation.
inline constexpr char SiteTag[] = "allocs-site";
inline constexpr char DeclTag[] = "allocs.decl";
inline constexpr char AllocaTag[] = "allocs.alloca";
inline constexpr char TypeofTag[] = "allocs-typeof";

} // namespace allocs

#endif
