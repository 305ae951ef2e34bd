// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Each unit has a file of its own, so that compilers that run side by side do not meet, and one that is compiled again
// takes its own place. A type stands before what is made of it, and goes by its number; of a structure, union or
// enumeration there is only the key, by which it is found in the program's own debug information.

#include "SitesFile.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace clang;

namespace allocs {

namespace {

class Writer {
public:
  Writer(llvm::raw_ostream &Out) : Out(Out) {}
  void site(const SiteFact &S);

private:
  unsigned type(const TypeNode *N);
  unsigned define(const llvm::Twine &Line) {
    Out << "type " << Line << '\n';
    return N++;
  }
  unsigned tagged(const TypeNode *N);
  unsigned array(const TypeNode *N);
  unsigned subprogram(const TypeNode *N);

  llvm::raw_ostream &Out;
  unsigned N = 0; // of types
  std::map<uint64_t, unsigned> Numbers;
  std::string File;
};

} // namespace

static std::string orNone(StringRef S) { return S.empty() ? "-" : S.str(); }

static std::string sizeText(uint64_t Size) { return Size == ALLOCS_SIZE_UNKNOWN ? "-" : llvm::utostr(Size); }

unsigned Writer::tagged(const TypeNode *N) {
  const char *Word = N->Kind == ALLOCS_KIND_ENUMERATION ? "enum" : N->Flags & ALLOCS_TYPE_UNION ? "union" : "struct";
  return define(Word + llvm::Twine(' ') + llvm::utohexstr(N->key(), true, 16) + " " + sizeText(N->Size) + " " +
                orNone(N->Name));
}

unsigned Writer::array(const TypeNode *N) {
  std::string Element = llvm::utostr(type(N->Target));
  if (N->Flags & ALLOCS_TYPE_VECTOR)
    return define("vector " + Element + " " + llvm::utostr(N->Count) + " " + llvm::utostr(N->Size));
  return define("array " + Element + " " + (N->Count == ALLOCS_LENGTH_UNBOUNDED ? "-" : llvm::utostr(N->Count)));
}

unsigned Writer::subprogram(const TypeNode *N) {
  std::string Line = "function " + llvm::utostr(type(N->Target));
  Line += N->Flags & ALLOCS_TYPE_VARIADIC ? " variadic" : N->Flags & ALLOCS_TYPE_NO_PROTOTYPE ? " unknown" : " fixed";
  for (const TypeEntry &E : N->Entries)
    Line += " " + llvm::utostr(type(E.Type));
  return define(Line);
}

// What the plugin makes of two parts has no members with names; a program's own is found by its key.
static bool isPair(const TypeNode *N) {
  return N->Kind == ALLOCS_KIND_COMPOSITE && N->Entries.size() == 2 && !N->Entries[0].Named && N->Name.empty() &&
         !N->Entries[1].Named;
}

unsigned Writer::type(const TypeNode *N) {
  if (auto Known = Numbers.find(N->key()); Known != Numbers.end())
    return Known->second;
  unsigned Number;
  if (isPair(N)) {
    unsigned First = type(N->Entries[0].Type), Second = type(N->Entries[1].Type);
    Number = define("pair " + llvm::utostr(First) + " " + llvm::utostr(Second));
  } else if (N->Kind == ALLOCS_KIND_COMPOSITE || N->Kind == ALLOCS_KIND_ENUMERATION) {
    Number = tagged(N);
  } else if (N->Kind == ALLOCS_KIND_ARRAY) {
    Number = array(N);
  } else if (N->Kind == ALLOCS_KIND_SUBPROGRAM) {
    Number = subprogram(N);
  } else if (N->Kind == ALLOCS_KIND_ADDRESS) {
    Number = define("pointer " + llvm::utostr(type(N->Target)));
  } else if (N->Kind == ALLOCS_KIND_BASE) {
    Number = define("base " + llvm::utostr(N->Encoding) + " " + llvm::utostr(N->Size) + " " + llvm::utostr(N->Count));
  } else {
    Number = define("void");
  }
  return Numbers[N->key()] = Number;
}

static const char *const ShapeTexts[] = {
#define ALLOCS_SHAPE(name, value, text) text,
#include "allocs/kinds.def"
};
static const char *const RuleTexts[] = {
#define ALLOCS_RULE(name, value, text) text,
#include "allocs/kinds.def"
};

void Writer::site(const SiteFact &S) {
  // Through a wrapper the block may be anything that its caller says, who cannot be asked. Nor is it known of a block
  // that is made larger or smaller, what it was before, which one counts that is of the size of one.
  bool IsLeft = (S.HandsOn && isOpen(S)) || (S.Shape == ALLOCS_SHAPE_EXACT && StringRef(S.Callee).contains("realloc"));
  bool IsKnown = S.Type && S.Shape != ALLOCS_SHAPE_NONE && !IsLeft;
  std::string Type = IsKnown ? llvm::utostr(type(S.Type)) : "-"; // first: it may write lines of its own
  if (S.At.File != File)
    Out << "file " << S.At.File << '\n';
  File = S.At.File;
  Out << "site " << S.At.Line << ' ' << S.At.Column << ' ' << orNone(S.At.Function) << ' ' << S.Callee << ' '
      << ShapeTexts[IsKnown ? S.Shape : unsigned(ALLOCS_SHAPE_NONE)] << ' ' << RuleTexts[S.Rule] << ' ' << Type << ' '
      << orNone(S.Alias) << ' ' << S.Rest << '\n';
}

// In the order of the source; of what has no place, nothing can be found.
static std::vector<const SiteFact *> sitesInOrder(const Facts &Unit) {
  std::vector<const SiteFact *> All;
  auto IsWord = [](StringRef S) { return !S.empty() && S.find_first_of(" \t\n\r\1") == StringRef::npos; };
  for (const SiteFact &S : Unit.Sites)
    if (S.At.Line && IsWord(S.Callee) && S.At.File.find('\n') == std::string::npos)
      All.push_back(&S);
  llvm::sort(All, [](const SiteFact *A, const SiteFact *B) {
    return std::tie(A->At.File, A->At.Line, A->At.Column, A) < std::tie(B->At.File, B->At.Line, B->At.Column, B);
  });
  return All;
}

// The same for each time that the unit is compiled so: what it is made into, if that stays, and its macros.
static uint64_t nameHash(const CompilerInstance &CI, StringRef Unit, StringRef In) {
  uint64_t Hash = 0;
  auto Add = [&](StringRef S) { Hash = allocs_key_string(Hash, S.str().c_str()); };
  llvm::SmallString<128> Temporary;
  llvm::sys::path::system_temp_directory(true, Temporary);
  StringRef Output = CI.getFrontendOpts().OutputFile;
  Add(In);
  Add(Unit);
  Add(Output.starts_with(Temporary) ? "" : Output);
  for (const auto &[Macro, IsUndefined] : CI.getPreprocessorOpts().Macros)
    Add(Macro);
  return Hash;
}

static std::string writeTo(const Twine &Path, const llvm::function_ref<void(llvm::raw_ostream &)> Write) {
  llvm::SmallString<256> Temporary;
  int File;
  std::error_code Error = llvm::sys::fs::createUniqueFile(Path + ".%%%%%%%%.new", File, Temporary);
  if (Error)
    return Error.message();
  {
    llvm::raw_fd_ostream Out(File, true);
    Write(Out);
    Out.close();
    Error = Out.error();
    Out.clear_error();
  }
  if (!Error)
    Error = llvm::sys::fs::rename(Temporary, Path);
  if (!Error)
    return {};
  llvm::sys::fs::remove(Temporary);
  return Error.message();
}

void writeSites(Facts &Unit, StringRef Folder, const CompilerInstance &CI) {
  if (CI.getFrontendOpts().Inputs.empty() || !CI.getFrontendOpts().Inputs[0].isFile())
    return;
  std::string Main = CI.getFrontendOpts().Inputs[0].getFile().str(), In = CI.getCodeGenOpts().DebugCompilationDir;
  llvm::SmallString<256> Path(In);
  if (In.empty() && !llvm::sys::fs::current_path(Path))
    In = Path.str().str();
  Path = Folder;
  llvm::sys::path::append(Path, llvm::sys::path::stem(Main) + "-" + llvm::utohexstr(nameHash(CI, Main, In), true, 16) +
                                    ".sites");
  std::vector<const SiteFact *> Sites = sitesInOrder(Unit);
  if (Sites.empty()) {
    llvm::sys::fs::remove(Path);
    return;
  }
  std::error_code Made = llvm::sys::fs::create_directories(Folder);
  std::string Error = Made ? Made.message() : writeTo(Path, [&](llvm::raw_ostream &Out) {
    Out << "allocs-sites 1\nfolder " << In << "\nunit " << Main << '\n';
    Writer W(Out);
    for (const SiteFact *S : Sites)
      W.site(*S);
  });
  DiagnosticsEngine &D = CI.getDiagnostics();
  if (!Error.empty())
    D.Report(D.getCustomDiagID(DiagnosticsEngine::Error, "allocs: cannot write %0: %1")) << Path << Error;
}

} // namespace allocs
