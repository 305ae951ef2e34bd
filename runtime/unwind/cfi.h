/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CFI_H
#define ALLOCS_CFI_H

/* Call frame information: where a function keeps what its caller needs, at each of its instructions. Reads
   the unwind tables of an image, never beyond its readable segments, wherever its bytes are, and nothing else. */

#include "arch/arch.h"
#include "base.h"
#include "bytes/segments.h"

/* The unwind entry of a function. */
struct allocs_cfi_entry {
  uintptr_t begin, end;                                     /* code */
  const unsigned char *shared, *shared_end, *own, *own_end; /* instructions: of the CIE, of the FDE */
  uint64_t code_align;
  int64_t data_align;
  uintptr_t shift;        /* of the FDE's bytes, see allocs_stretch */
  unsigned char encoding; /* of code addresses */
  bool signal;            /* a signal handler returns to it; its caller was interrupted, not calling */
};
/* `header` is the address of .eh_frame_hdr, 0 if there is none. */
bool allocs_cfi_find(const struct allocs_segments *segments, uintptr_t header, uintptr_t code,
                     struct allocs_cfi_entry *ret);

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

/* A reader that stops at the end: what is read beyond is 0, and `bad` is set. */
struct allocs_cfi_reader {
  const unsigned char *at, *end;
  bool bad;
  uintptr_t shift; /* of the bytes, see allocs_stretch: what addresses relative to where they stand are relative to */
};
uint64_t allocs_cfi_fixed(struct allocs_cfi_reader *reader, unsigned size);
uint64_t allocs_cfi_uleb(struct allocs_cfi_reader *reader);
int64_t allocs_cfi_sleb(struct allocs_cfi_reader *reader);
/* An encoded address, DW_EH_PE_*; `datarel` is what those relative to data are relative to. */
uintptr_t allocs_cfi_address(struct allocs_cfi_reader *reader, unsigned encoding, uintptr_t datarel);

#endif
