"""Single-line faults for C and C++ sources as they are: what a slip of the hand might have written.

Works on tokens, inside function bodies only. Says nothing of whether a fault compiles, or changes anything."""
import collections
import os
import random
import re

Fault = collections.namedtuple("Fault", "path line kind before after")  # before, after: the whole line

TOKEN = re.compile(r"""(?P<skip>/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:\\\n|[^\n])*|\s+)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
|(?P<word>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<sign>->|\+\+|--|&&|\|\||<<=|>>=|[<>=!+\-*/%&|^]=|<<|>>|::|.)""",
                   re.X | re.S | re.M)
Token = collections.namedtuple("Token", "kind text at")

# Spaces around: the formatter's binary operators, not a template's brackets or a pointer's star
OPERATORS = {"<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
             "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"], "<<": [">>"], ">>": ["<<"], "&": ["|"],
             "|": ["&"], "^": ["|"], "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="]}
KIND_OF_OPERATOR = {**dict.fromkeys(["<", "<=", ">", ">=", "==", "!="], "comparison"), **dict.fromkeys(["&&", "||"], "logic")}
WORDS = {"true": ("constant", "false"), "false": ("constant", "true"), "break": ("jump", "continue"),
         "continue": ("jump", "break")}
STRONG_ORDER = re.compile(r"(__ATOMIC|memory_order)_(ACQUIRE|RELEASE|ACQ_REL|SEQ_CST|acquire|release|acq_rel|seq_cst)$")
# What checks the code is not the code
CHECKS = {"ALLOCS_ASSERT", "ALLOCS_VALIDATE", "assert", "static_assert", "_Static_assert", "llvm_unreachable"}
NO_CALL = {"if", "for", "while", "switch", "return", "sizeof", "_Alignof", "_Generic", "__attribute__", "defined"}
SYNC = re.compile(r"fence|(^|_)(un)?lock|_turn|atomic|_enter|_leave|wait|signals|pause|readers")
ASSIGNMENT = re.compile(r"\*{0,2}[A-Za-z_]\w*(?:(?:\.|->|::)\w+|\[[^\]]*\])*(?: ?[-+*/%&|^<>]{0,2}= |\+\+;|--;)|(?:\+\+|--)\w")
CALL = re.compile(r"(?:\(void\))?[A-Za-z_]\w*(?:(?:\.|->|::)\w+)*\(.*\);$")


def tokens_of(text):
    """The tokens, without comments and preprocessor lines."""
    return [Token(m.lastgroup, m.group(), m.start()) for m in TOKEN.finditer(text) if m.lastgroup != "skip"]


def closing(tokens):
    """Index of an opening bracket -> index of its closing one."""
    pairs, open_ones = {}, []
    for i, token in enumerate(tokens):
        if token.text in ("(", "[", "{"):
            open_ones.append(i)
        elif token.text in (")", "]", "}") and open_ones:
            pairs[open_ones.pop()] = i
    return pairs


def code_of(tokens, pairs):
    """Indices of tokens in function bodies: what is in braces after a parameter list, checks left out."""
    code, i = [], 0
    while i < len(tokens):
        before = [t.text for t in tokens[max(i - 2, 0):i]]
        if tokens[i].text == "{" and before and (before[-1] == ")" or before[-1] in ("const", "override") and before[0] == ")"):
            end, j = pairs.get(i, len(tokens)), i + 1
            while j < end:
                if tokens[j].text in CHECKS:
                    j = pairs.get(j + 1, j)
                else:
                    code.append(j)
                j += 1
            i = end
        i += 1
    return code


class Source:
    def __init__(self, path, text):
        self.path, self.text, self.faults = path, text, []
        self.tokens = tokens_of(text)
        self.pairs = closing(self.tokens)
        for i in code_of(self.tokens, self.pairs):
            self.at_token(i)
            self.at_call(i)
            self.at_condition(i)
            self.at_statement(i)

    def plant(self, kind, begin, end, by):
        """Replaces text[begin:end], if that is within one line."""
        first, last = self.text.rfind("\n", 0, begin) + 1, self.text.find("\n", begin)
        if end <= last and self.text[begin:end] != by:
            line = self.text[first:last]
            fault = Fault(self.path, self.text.count("\n", 0, begin) + 1, kind, line,
                          line[:begin - first] + by + line[end - first:])
            self.faults.append(fault)

    def replace(self, kind, token, by):
        self.plant(kind, token.at, token.at + len(token.text), by)

    def at_token(self, i):
        token = self.tokens[i]
        around = self.text[token.at - 1] + self.text[token.at + len(token.text)]
        if token.text in OPERATORS and around in ("  ", " \n"):
            for by in OPERATORS[token.text]:
                self.replace(KIND_OF_OPERATOR.get(token.text, "arithmetic"), token, by)
        elif token.text in WORDS:
            self.replace(*WORDS[token.text][:1], token, WORDS[token.text][1])
        elif STRONG_ORDER.match(token.text):
            relaxed = "RELAXED" if token.text.startswith("__") else "relaxed"
            self.replace("order", token, STRONG_ORDER.match(token.text).group(1) + "_" + relaxed)
        elif token.kind == "number" and re.fullmatch(r"(\d+|0x[0-9a-fA-F]+)[uUlL]*", token.text):
            digits = token.text.rstrip("uUlL")
            for step in (1, -1):
                if int(digits, 0) + step >= 0:
                    self.replace("constant", token, str(int(digits, 0) + step) + token.text[len(digits):])

    def at_call(self, i):
        """Two arguments in each other's place."""
        name, end = self.tokens[i], self.pairs.get(i + 1)
        if name.kind != "word" or name.text in NO_CALL or end is None or self.tokens[i + 1].text != "(":
            return
        if name.text.startswith(("__atomic", "__builtin")):
            return
        begin, arguments, j = self.tokens[i + 1].at + 1, [], i + 2
        while j <= end:
            if self.tokens[j].text == "," or j == end:
                arguments.append((begin, self.tokens[j].at))
                begin = self.tokens[j].at + 1
            j = self.pairs.get(j, j) + 1
        texts = [self.text[a:b].strip() for a, b in arguments]
        for k in range(len(arguments) - 1):
            space = " " if k else ""
            self.plant("arguments", arguments[k][0], arguments[k + 1][1], f"{space}{texts[k + 1]}, {texts[k]}")

    def at_condition(self, i):
        if self.tokens[i].text not in ("if", "while") or self.tokens[i + 1].text != "(":
            return
        begin, end = self.tokens[i + 1].at + 1, self.tokens[self.pairs[i + 1]].at
        self.plant("branch", begin, end, f"0 && ({self.text[begin:end]})")
        if self.tokens[i].text == "if":
            self.plant("condition", begin, end, f"!({self.text[begin:end]})")

    def at_statement(self, i):
        before, on_line = self.tokens[i - 1].text, self.text.rfind("\n", 0, self.tokens[i].at)
        is_first = not self.text[on_line + 1:self.tokens[i].at].strip()
        if before not in ("{", "}", ";", "else") and not (before in (":", ")") and is_first):
            return
        j = i
        while j < len(self.tokens) and self.tokens[j].text not in (";", "{", "}"):
            j = self.pairs.get(j, j) + 1
        if j >= len(self.tokens) or self.tokens[j].text != ";":
            return
        begin, end = self.tokens[i].at, self.tokens[j].at + 1
        text = self.text[begin:end]
        is_call = CALL.match(text) and self.tokens[i].text not in NO_CALL
        if self.tokens[i].text == "return" and text not in ("return;", "return 0;", "return false;", "return NULL;"):
            self.plant("return", begin, end, "return 0;")
        elif is_call or ASSIGNMENT.match(text):
            self.plant("sync" if is_call and SYNC.search(text.split("(")[0] or text) else "statement", begin, end, "(void)0;")
            self.plant("return", begin, end, "return;")


def faults_of(path, text):
    return Source(path, text).faults


def sources(root):
    """path -> text of the sources of the product."""
    found = {}
    for folder in ("runtime", "plugin", "typegen"):
        for at, _, names in os.walk(os.path.join(root, folder)):
            for path in (os.path.relpath(os.path.join(at, name), root) for name in names):
                if path.endswith((".c", ".h", ".cpp")):
                    with open(os.path.join(root, path)) as file:
                        found[path] = file.read()
    return found


def key_of(fault):
    """By what is on its line, which may move; where that says little, as what is left of a statement, by what was there."""
    before, after = fault.before.strip(), fault.after.strip()
    return fault.path, after if len(after) > 15 else f"{before} ==> {after}"


def harmless(root, files):
    """Keys of the faults that `harmless`, beside this file, lists. Exits if one of them cannot be planted."""
    with open(os.path.join(root, "test", "mutate", "harmless")) as file:
        listed = [tuple(line.rstrip("\n").split(": ", 1)) for line in file if line.strip() and line[0] not in "# "]
    for path in {path for path, _ in listed}:
        known = {key_of(fault) for fault in faults_of(path, files.get(path, ""))}
        for key in listed:
            if key[0] == path and key not in known:
                raise SystemExit(f"test/mutate/harmless: there is no such fault in {path}: {key[1]}")
    return set(listed)


def ordered(path, text, seed):
    """A file's faults in the order in which to plant them: by chance, each kind as often as any other."""
    chance = random.Random(f"{seed}:{path}")
    kinds = collections.defaultdict(list)
    for fault in faults_of(path, text):
        kinds[fault.kind].append(fault)
    for faults in kinds.values():
        chance.shuffle(faults)
    while kinds:
        for kind in chance.sample(sorted(kinds), len(kinds)):
            yield kinds[kind].pop()
            if not kinds[kind]:
                del kinds[kind]


def sequence(files, seed):
    """All faults, each file's first before any file's second. files: path -> text."""
    paths = sorted(files)
    random.Random(seed).shuffle(paths)
    orders = [ordered(path, files[path], seed) for path in paths]
    while orders:
        rest = []
        for order in orders:
            fault = next(order, None)
            if fault:
                rest.append(order)
                yield fault
        orders = rest
