/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CFI_H
#define ALLOCS_CFI_H

/* Call frame information: where a function keeps what its caller needs, at each of its instructions. Reads
   the unwind tables of an image, never beyond its readable segments, and no stack but through
   allocs_cfi_value_evaluate. */

#include "arch/arch.h"
#include "os/os.h"

/* The unwind entry of a function. */
struct allocs_cfi_entry {
  uintptr_t begin, end;                                     /* code */
  const unsigned char *shared, *shared_end, *own, *own_end; /* instructions: of the CIE, of the FDE */
  uint64_t code_align;
  int64_t data_align;
  uintptr_t bias;
  unsigned char encoding; /* of code addresses */
  bool signal;            /* a signal handler returns to it; its caller was interrupted, not calling */
};
bool allocs_cfi_find(const struct allocs_os_image *image, uintptr_t code, struct allocs_cfi_entry *ret);

enum allocs_cfi_how {
  ALLOCS_CFI_UNSET, /* no rule: kept, if the ABI says so */
  ALLOCS_CFI_UNDEFINED,
  ALLOCS_CFI_SAME,
  ALLOCS_CFI_AT_CFA,   /* saved at CFA + n */
  ALLOCS_CFI_CFA,      /* is CFA + n */
  ALLOCS_CFI_REGISTER, /* register `reg` + n */
  ALLOCS_CFI_AT_VALUE, /* saved at the value of the expression */
  ALLOCS_CFI_VALUE     /* is the value of the expression */
};
struct allocs_cfi_rule {
  unsigned char how, reg;
  uint32_t length; /* bytes of the expression */
  union {
    int64_t n;
    const unsigned char *expression;
  } u;
};
struct allocs_cfi_row {
  struct allocs_cfi_rule cfa; /* REGISTER or VALUE */
  struct allocs_cfi_rule regs[ALLOCS_ARCH_N_REGS];
};
/* The rules at an instruction; false if the entry is damaged or uses what this reader does not know. */
bool allocs_cfi_run(const struct allocs_cfi_entry *entry, uintptr_t code, struct allocs_cfi_row *ret);

/* A copy of a part of a stack that may go while it is read. */
struct allocs_cfi_window {
  uintptr_t begin, end;
  char bytes[1024];
};

/* What an expression may look at: registers, and the memory from begin to end. */
struct allocs_cfi_state {
  const uintptr_t *regs;
  allocs_arch_set known;
  uintptr_t begin, end;
  struct allocs_cfi_window *window; /* through which it is read; NULL: at once */
};
bool allocs_cfi_value_load(const struct allocs_cfi_state *state, uintptr_t address, unsigned size, uintptr_t *ret);
/* `first` is what the expression's stack starts with: the CFA for registers, nothing for the CFA itself. */
bool allocs_cfi_value_evaluate(const struct allocs_cfi_state *state, const struct allocs_cfi_rule *rule,
                               const uintptr_t *first, uintptr_t *ret);

/* A reader that stops at the end: what is read beyond is 0, and `bad` is set. */
struct allocs_cfi_reader {
  const unsigned char *at, *end;
  bool bad;
};
uint64_t allocs_cfi_fixed(struct allocs_cfi_reader *reader, unsigned size);
uint64_t allocs_cfi_uleb(struct allocs_cfi_reader *reader);
int64_t allocs_cfi_sleb(struct allocs_cfi_reader *reader);
/* An encoded address, DW_EH_PE_*; `datarel` is what those relative to data are relative to. */
uintptr_t allocs_cfi_address(struct allocs_cfi_reader *reader, unsigned encoding, uintptr_t datarel);

#endif
