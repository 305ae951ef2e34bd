// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Declarations.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdlib>

using namespace clang;

namespace allocs {

int DeclaredFn::argument(Role R) const {
  for (size_t I = 0; I < Roles.size(); I++)
    if (Roles[I] == R)
      return int(I);
  return -1;
}

namespace {

struct KindName {
  const char *Name;
  DeclaredFn::Kind K;
  unsigned Needs, May; // sets of roles
};
constexpr unsigned in(DeclaredFn::Role R) { return 1u << R; }
constexpr KindName Kinds[] = {
    {"block", DeclaredFn::Block, in(DeclaredFn::Size), in(DeclaredFn::Count)},
    {"part", DeclaredFn::Part, in(DeclaredFn::Size),
     in(DeclaredFn::Count) | in(DeclaredFn::Pool) | in(DeclaredFn::Object)},
    {"cells", DeclaredFn::Cells, 0, 0},
    {"text", DeclaredFn::Text, 0, 0},
    {"free", DeclaredFn::Free, in(DeclaredFn::Object), 0},
    {"reset", DeclaredFn::Reset, in(DeclaredFn::Pool), 0},
};
constexpr char KindNames[] = "block, part, cells, text, free or reset";
constexpr const char *RoleNames[] = {"-", "size", "count", "pool", "object"};
constexpr char Roles[] = "size, count, pool, object or -";

// One declaration: kind name(role, ...), or without the name. What is wrong is told with where that is.
class Parser {
public:
  Parser(StringRef Text, bool HasName) : Text(Text), HasName(HasName) {}
  bool parse(DeclaredFn &Fn);
  StringRef Name;
  size_t NameAt = 0, ErrorAt = 0;
  std::string Expected;

private:
  StringRef word();
  bool take(char C);
  bool fail(size_t Where, const Twine &What);
  bool parseRoles(DeclaredFn &Fn, const KindName &Kind);
  bool checkRoles(const DeclaredFn &Fn, const KindName &Kind);

  StringRef Text;
  bool HasName;
  size_t At = 0;
};

} // namespace

static bool isBlank(char C) { return C == ' ' || C == '\t' || C == '\r'; }
static bool isWord(char C) { return llvm::isAlnum(C) || C == '_' || C == '$'; }

bool Parser::fail(size_t Where, const Twine &What) {
  ErrorAt = Where;
  Expected = What.str();
  return false;
}

StringRef Parser::word() {
  while (At < Text.size() && isBlank(Text[At]))
    At++;
  size_t Begin = At;
  while (At < Text.size() && isWord(Text[At]))
    At++;
  return Text.slice(Begin, At);
}

bool Parser::take(char C) {
  while (At < Text.size() && isBlank(Text[At]))
    At++;
  bool Has = At < Text.size() && Text[At] == C;
  At += Has;
  return Has;
}

bool Parser::parseRoles(DeclaredFn &Fn, const KindName &Kind) {
  do {
    bool Dash = take('-');
    StringRef Role = Dash ? "-" : word();
    size_t Where = At - Role.size();
    const auto *Found = llvm::find(RoleNames, Role);
    if (Found == std::end(RoleNames))
      return fail(Where, Twine(Roles));
    auto R = DeclaredFn::Role(Found - RoleNames);
    if (R && !((Kind.Needs | Kind.May) & in(R)))
      return fail(Where, Twine("no ") + Role + " of a function of kind " + Kind.Name);
    if (R && Fn.argument(R) >= 0)
      return fail(Where, Twine("only one ") + Role);
    Fn.Roles.push_back(R);
  } while (take(','));
  return true;
}

bool Parser::checkRoles(const DeclaredFn &Fn, const KindName &Kind) {
  for (unsigned R = DeclaredFn::Size; R <= DeclaredFn::Object; R++)
    if (Kind.Needs & 1u << R && Fn.argument(DeclaredFn::Role(R)) < 0)
      return fail(At - 1, Twine("an argument that is the ") + RoleNames[R]);
  return true;
}

bool Parser::parse(DeclaredFn &Fn) {
  StringRef Kind = word();
  const auto *Found = llvm::find_if(Kinds, [&](const KindName &K) { return Kind == K.Name; });
  if (Found == std::end(Kinds))
    return fail(At - Kind.size(), Twine("the kind of a function: ") + KindNames);
  Fn.K = Found->K;
  if (HasName) {
    Name = word();
    NameAt = At - Name.size();
    if (Name.empty() || llvm::isDigit(Name[0]))
      return fail(NameAt, "the name of a function");
  }
  if (!take('('))
    return fail(At, "'('");
  if (!parseRoles(Fn, *Found))
    return false;
  if (!take(')'))
    return fail(At, "',' or ')'");
  if (!checkRoles(Fn, *Found))
    return false;
  word();
  return At == Text.size() || fail(At, "the end of the declaration");
}

template <unsigned N>
static DiagnosticBuilder error(DiagnosticsEngine &D, SourceLocation Loc, const char (&Format)[N]) {
  return D.Report(Loc, D.getCustomDiagID(DiagnosticsEngine::Error, Format));
}

bool Declarations::readFile(StringRef Path, SourceManager &Sources, DiagnosticsEngine &D) {
  auto Read = llvm::MemoryBuffer::getFile(Path);
  if (!Read) {
    error(D, SourceLocation(), "allocs: %0") << (Path + ": " + Read.getError().message()).str();
    return false;
  }
  FileID File = Sources.createFileID(std::move(*Read));
  StringRef All = Sources.getBufferData(File);
  bool Good = true;
  for (StringRef Rest = All; !Rest.empty();) {
    StringRef Line = Rest.split('\n').first, Text = Line.split('#').first;
    SourceLocation Begin = Sources.getLocForStartOfFile(File).getLocWithOffset(int(Line.data() - All.data()));
    Rest = Rest.split('\n').second;
    if (Text.trim().empty())
      continue;
    DeclaredFn Fn;
    Parser P(Text, true);
    bool Parsed = P.parse(Fn);
    Fn.Loc = Begin.getLocWithOffset(int(P.NameAt));
    if (!Parsed)
      error(D, Begin.getLocWithOffset(int(P.ErrorAt)), "expected %0") << P.Expected;
    else if (auto [Known, New] = Named.try_emplace(P.Name, Fn); !New && !Known->second.says(Fn))
      error(D, Fn.Loc, "allocs: %0") << (P.Name + " is declared as something else before").str();
    else
      continue;
    Good = false;
  }
  return Good;
}

// The ancestor's: name(args)result, where an argument is a letter, and a capital is that of the size, or of what is
// freed. A name may have its file before it, and what frees, behind it what allocates.
bool Declarations::readVariable(const char *Variable, DeclaredFn::Kind K, DiagnosticsEngine &D) {
  const char *Value = getenv(Variable);
  SmallVector<StringRef, 8> Words;
  llvm::SplitString(Value ? Value : "", Words);
  for (StringRef Word : Words) {
    auto [Name, Rest] = Word.split('(');
    auto [Letters, Result] = Rest.split(')');
    Name = Name.rsplit(':').second.empty() ? Name : Name.rsplit(':').second;
    bool Good = !Name.empty() && Word.contains('(') && Word.contains(')') &&
                Letters.find_first_not_of("zpiZPI") == StringRef::npos;
    if (!Good) {
      error(D, SourceLocation(), "allocs: %0")
          << (Twine(Variable) + ": expected name(letters)letter, of the letters z, p and i, not '" + Word + "'").str();
      return false;
    }
    DeclaredFn Fn;
    Fn.K = K;
    for (char C : Letters)
      Fn.Roles.push_back(C < 'A' || C > 'Z'      ? DeclaredFn::NoRole
                         : K == DeclaredFn::Free ? DeclaredFn::Object
                                                 : DeclaredFn::Size);
    // What multiplies a size goes without a word there: the number before it, or the only other.
    for (size_t I = 0; K == DeclaredFn::Block && I < Letters.size() && Fn.argument(DeclaredFn::Count) < 0; I++)
      if (Letters[I] == 'z')
        Fn.Roles[I] = DeclaredFn::Count;
    if (Fn.argument(K == DeclaredFn::Free ? DeclaredFn::Object : DeclaredFn::Size) >= 0)
      Named.try_emplace(Name, Fn);
  }
  return true;
}

bool Declarations::readVariables(DiagnosticsEngine &D) {
  return readVariable("LIBALLOCS_ALLOC_FNS", DeclaredFn::Block, D) &&
         readVariable("LIBALLOCS_SUBALLOC_FNS", DeclaredFn::Part, D) &&
         readVariable("LIBALLOCS_SUBFREE_FNS", DeclaredFn::Free, D);
}

static bool isOfForm(const FunctionDecl *F, const DeclaredFn &Fn) {
  auto IsScalar = [](QualType T) { return T->isPointerType() || T->isIntegerType(); };
  if (Fn.Roles.size() > F->getNumParams())
    return false;
  for (size_t I = 0; I < Fn.Roles.size(); I++) {
    QualType T = F->getParamDecl(I)->getType();
    bool IsNumber = Fn.Roles[I] == DeclaredFn::Size || Fn.Roles[I] == DeclaredFn::Count;
    if (Fn.Roles[I] && (IsNumber ? !T->isIntegerType() : !IsScalar(T)))
      return false;
  }
  bool Gives = Fn.K != DeclaredFn::Free && Fn.K != DeclaredFn::Reset;
  return (!Gives || F->getReturnType()->isPointerType()) &&
         llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) { return IsScalar(P->getType()); });
}

static DeclaredFn bySizeAttribute(const AllocSizeAttr *A) {
  DeclaredFn Fn;
  Fn.K = DeclaredFn::Block;
  unsigned Size = A->getElemSizeParam().getASTIndex();
  unsigned Count = A->getNumElemsParam().isValid() ? A->getNumElemsParam().getASTIndex() : Size;
  Fn.Roles.resize(std::max(Size, Count) + 1);
  Fn.Roles[Count] = DeclaredFn::Count;
  Fn.Roles[Size] = DeclaredFn::Size;
  return Fn;
}

std::optional<DeclaredFn> Declarations::find(const FunctionDecl *F) {
  DiagnosticsEngine &D = F->getASTContext().getDiagnostics();
  DeclaredFn Fn;
  for (const auto *A : F->specific_attrs<AnnotateAttr>()) {
    StringRef Text = A->getAnnotation();
    if (!Text.consume_front(FunctionAnnotation))
      continue;
    Parser P(Text, false);
    if (!P.parse(Fn)) {
      error(D, A->getLocation(), "expected %0") << (P.Expected + " at '" + Text.substr(P.ErrorAt) + "'").str();
      return std::nullopt;
    }
    Fn.Loc = A->getLocation();
  }
  auto Found = F->isExternC() || !F->getASTContext().getLangOpts().CPlusPlus ? Named.find(F->getName()) : Named.end();
  if (Fn.K == DeclaredFn::None && Found != Named.end())
    Fn = Found->second;
  if (Fn.K != DeclaredFn::None && isOfForm(F, Fn))
    return Fn;
  if (Fn.K != DeclaredFn::None && Fn.Loc.isValid()) {
    error(D, Fn.Loc, "allocs: %0") << (F->getName() + " has no such arguments or result").str();
    return std::nullopt;
  }
  if (const auto *A = F->getAttr<AllocSizeAttr>())
    return bySizeAttribute(A);
  return std::nullopt;
}

const DeclaredFn *Declarations::of(const FunctionDecl *F) {
  if (!F || !F->getIdentifier())
    return nullptr;
  auto [Found, New] = Known.try_emplace(F->getCanonicalDecl());
  if (New)
    Found->second = find(F->getMostRecentDecl());
  return Found->second ? &*Found->second : nullptr;
}

} // namespace allocs
