/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Values of DWARF expressions (DWARF 5, section 2.5), as far as unwind tables use them: signal frames, PLT entries,
   realigned stacks. No jumps, so that an expression ends. */

#include "unwind/cfi_value.h"
#include "os/os.h"

#include <string.h>

/* The longest in use, that of linkage stubs, needs three. */
enum { DEPTH_MAX = 16 };

/* DW_OP_*: DWARF 5, section 7.7.1, table 7.9. Those left out need what unwinding does not have (a frame base, an
   object, calls), or jump. */
enum {
  OP_DEREF = 0x06,
  OP_CONST1U = 0x08, /* 1, 2, 4, 8 bytes, each unsigned and signed */
  OP_CONST8S = 0x0f,
  OP_CONSTU = 0x10,
  OP_CONSTS = 0x11,
  OP_DUP = 0x12,
  OP_DROP = 0x13,
  OP_OVER = 0x14,
  OP_PICK = 0x15,
  OP_SWAP = 0x16,
  OP_ROT = 0x17,
  OP_AND = 0x1a,
  OP_MINUS = 0x1c,
  OP_MUL = 0x1e,
  OP_NEG = 0x1f,
  OP_NOT = 0x20,
  OP_OR = 0x21,
  OP_PLUS = 0x22,
  OP_PLUS_UCONST = 0x23,
  OP_SHL = 0x24,
  OP_SHR = 0x25,
  OP_SHRA = 0x26,
  OP_XOR = 0x27,
  OP_EQ = 0x29,
  OP_GE = 0x2a,
  OP_GT = 0x2b,
  OP_LE = 0x2c,
  OP_LT = 0x2d,
  OP_NE = 0x2e,
  OP_LIT0 = 0x30,
  OP_LIT31 = 0x4f,
  OP_BREG0 = 0x70,
  OP_BREG31 = 0x8f,
  OP_BREGX = 0x92,
  OP_DEREF_SIZE = 0x94,
  OP_NOP = 0x96
};

/* `bad` is set where there is too little or too much, and looked at after each step, not at each push and pop. */
struct stack {
  uintptr_t words[DEPTH_MAX];
  unsigned n;
  bool bad;
};

static void push(struct stack *stack, uintptr_t word) {
  if (stack->n == DEPTH_MAX)
    stack->bad = true;
  else
    stack->words[stack->n++] = word;
}

static uintptr_t pop(struct stack *stack) {
  if (!stack->n) {
    stack->bad = true;
    return 0;
  }
  return stack->words[--stack->n];
}

static void pick(struct stack *stack, unsigned depth) {
  if (depth >= stack->n)
    stack->bad = true;
  else
    push(stack, stack->words[stack->n - 1 - depth]);
}

/* Of another thread: its stack may be unmapped at any time, so that the kernel copies it, a window at a time. */
static __attribute__((noinline)) bool load_through(const struct allocs_cfi_state *state, uintptr_t address,
                                                   unsigned size, uintptr_t *ret) {
  const char *from = allocs_os_read_window(state->window, address, size, state->begin, state->end);
  if (from)
    memcpy(ret, from, size);
  return from;
}

/* The only way in which unwinding reads memory that tables lead to. The subtractions do not wrap: each is of what the
   comparison before has shown to be larger. */
bool allocs_cfi_value_load(const struct allocs_cfi_state *state, uintptr_t address, unsigned size, uintptr_t *ret) {
  if (address < state->begin || address >= state->end || state->end - address < size)
    return false;
  /* Smaller values are the low bytes of the word: little-endian. */
  *ret = 0;
  if (ALLOCS_UNLIKELY(state->window != NULL))
    return load_through(state, address, size, ret);
  memcpy(ret, (const void *)address, size);
  return true;
}

/* Pushed even if bad: so the depth is that of the expression, and the next look ends it. */
static void load(const struct allocs_cfi_state *state, struct stack *stack, unsigned size) {
  uintptr_t word = 0;
  if (size > sizeof word || !allocs_cfi_value_load(state, pop(stack), size, &word))
    stack->bad = true;
  push(stack, word);
}

/* Which registers are known depends on the frames passed. One that is not makes the whole value unknown. */
static void push_register(const struct allocs_cfi_state *state, struct stack *stack, uint64_t reg, int64_t offset) {
  if (reg >= ALLOCS_ARCH_N_REGS || !(state->known >> reg & 1))
    stack->bad = true;
  else
    push(stack, state->regs[reg] + (uintptr_t)offset);
}

/* Constants of OP_CONST1U to OP_CONST8S. */
static uintptr_t constant(struct allocs_cfi_reader *reader, unsigned op) {
  /* 1, 1, 2, 2, 4, 4, 8, 8 bytes; the odd ones of the list are signed. */
  unsigned size = 1u << (op - OP_CONST1U) / 2, shift = 64 - 8 * size;
  uint64_t n = allocs_cfi_fixed(reader, size);
  return (op - OP_CONST1U) % 2 ? (uintptr_t)((int64_t)(n << shift) >> shift) : n;
}

/* The operand pushed last is b. Unsigned where it could overflow; a shift by the word's width or more, undefined in C,
   moves all bits out. Comparisons are of signed values, as the standard has them. False if it is not one of these, and
   then nothing was taken. */
static bool binary(struct stack *stack, unsigned op) {
  uintptr_t b = stack->n ? stack->words[stack->n - 1] : 0, a = stack->n > 1 ? stack->words[stack->n - 2] : 0, c;
  switch (op) {
#define OPERATION(name, value)                                                                                         \
  case name:                                                                                                           \
    c = (uintptr_t)(value);                                                                                            \
    break;
    OPERATION(OP_AND, a & b)
    OPERATION(OP_MINUS, a - b)
    OPERATION(OP_MUL, a * b)
    OPERATION(OP_OR, a | b)
    OPERATION(OP_PLUS, a + b)
    OPERATION(OP_SHL, b < 64 ? a << b : 0)
    OPERATION(OP_SHR, b < 64 ? a >> b : 0)
    OPERATION(OP_SHRA, (intptr_t)a >> (b < 64 ? b : 63))
    OPERATION(OP_XOR, a ^ b)
    OPERATION(OP_EQ, a == b)
    OPERATION(OP_GE, (intptr_t)a >= (intptr_t)b)
    OPERATION(OP_GT, (intptr_t)a > (intptr_t)b)
    OPERATION(OP_LE, (intptr_t)a <= (intptr_t)b)
    OPERATION(OP_LT, (intptr_t)a < (intptr_t)b)
    OPERATION(OP_NE, a != b)
#undef OPERATION
  default:
    return false;
  }
  pop(stack);
  pop(stack);
  push(stack, c);
  return true;
}

/* What only moves words about. The order of a, b, c is that of taking, from the top. */
static bool shuffle(struct stack *stack, struct allocs_cfi_reader *reader, unsigned op) {
  uintptr_t a, b, c;
  switch (op) {
  case OP_DUP:
    pick(stack, 0);
    return true;
  case OP_DROP:
    pop(stack);
    return true;
  case OP_OVER:
    pick(stack, 1);
    return true;
  case OP_PICK:
    pick(stack, (unsigned)allocs_cfi_fixed(reader, 1));
    return true;
  case OP_SWAP:
    a = pop(stack), b = pop(stack);
    push(stack, a), push(stack, b);
    return true;
  case OP_ROT:
    /* The top goes below the two next. */
    a = pop(stack), b = pop(stack), c = pop(stack);
    push(stack, a), push(stack, c), push(stack, b);
    return true;
  }
  return false;
}

/* One operation; false if it is none that is known. Jumps are not, so that each step goes on in the bytes. */
static bool step(const struct allocs_cfi_state *state, struct allocs_cfi_reader *reader, struct stack *stack) {
  unsigned op = (unsigned)allocs_cfi_fixed(reader, 1);
  uint64_t reg;
  if (op >= OP_LIT0 && op <= OP_LIT31)
    push(stack, op - OP_LIT0);
  else if (op >= OP_BREG0 && op <= OP_BREG31)
    push_register(state, stack, op - OP_BREG0, allocs_cfi_sleb(reader));
  else if (op >= OP_CONST1U && op <= OP_CONST8S)
    push(stack, constant(reader, op));
  else
    switch (op) {
    case OP_NOP:
      break;
    case OP_BREGX:
      reg = allocs_cfi_uleb(reader);
      push_register(state, stack, reg, allocs_cfi_sleb(reader));
      break;
    case OP_CONSTU:
      push(stack, allocs_cfi_uleb(reader));
      break;
    case OP_CONSTS:
      push(stack, (uintptr_t)allocs_cfi_sleb(reader));
      break;
    case OP_PLUS_UCONST:
      push(stack, pop(stack) + allocs_cfi_uleb(reader));
      break;
    case OP_DEREF:
      load(state, stack, 8);
      break;
    case OP_DEREF_SIZE:
      load(state, stack, (unsigned)allocs_cfi_fixed(reader, 1));
      break;
    case OP_NEG:
      push(stack, -pop(stack));
      break;
    case OP_NOT:
      push(stack, ~pop(stack));
      break;
    default:
      return binary(stack, op) || shuffle(stack, reader, op);
    }
  return true;
}

bool allocs_cfi_value_evaluate(const struct allocs_cfi_state *state, const struct allocs_cfi_rule *rule,
                               const uintptr_t *first, uintptr_t *ret) {
  struct allocs_cfi_reader reader = {rule->u.expression, rule->u.expression + rule->length, false, 0};
  struct stack stack = {.n = 0};
  if (first)
    push(&stack, *first);
  while (reader.at < reader.end)
    if (!step(state, &reader, &stack) || stack.bad || reader.bad)
      return false;
  *ret = pop(&stack);
  return !stack.bad;
}
