/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MACHINE_H
#define ALLOCS_MACHINE_H

/* All that typegen knows of a processor, of which there is one whose files it reads. Of another it would also have to
   know how C spells the base types (allocs/ctypes.def). */

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ALLOCS_MACHINE EM_X86_64
#define ALLOCS_MACHINE_NAME "x86-64"
#define ALLOCS_MACHINE_FRAME_POINTER "rbp"
/* DWARF's numbers of the frame pointer and the stack pointer; what lies between the frame pointer and the CFA; and the
   CFA from the stack pointer at a function's entry. */
#define ALLOCS_MACHINE_DWARF_FP 6
#define ALLOCS_MACHINE_DWARF_SP 7
#define ALLOCS_MACHINE_LINK 16
#define ALLOCS_MACHINE_CFA_AT_ENTRY 8

/* Of a thread's registers, as the kernel tells them and cores have them: how many words, and which of them are these.
 */
#define ALLOCS_MACHINE_WORDS 27
#define ALLOCS_MACHINE_WORD_STACK 19  /* rsp */
#define ALLOCS_MACHINE_WORD_THREAD 21 /* fs_base: the thread pointer */
/* And which is each of DWARF's registers, the last of which is where it goes on. */
#define ALLOCS_MACHINE_DWARF_REGISTERS 17
static const unsigned char allocs_machine_dwarf_words[ALLOCS_MACHINE_DWARF_REGISTERS] = {
    10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16};

/* The length of an instruction that calls, of which so many bytes are there; 0 if there is none. *ret: where it calls,
   from behind it, if the instruction says so, else 0. What only looks like one is taken for it. */
static inline size_t allocs_machine_call(const unsigned char *at, size_t left, int32_t *ret) {
  *ret = 0;
  if (left >= 5 && *at == 0xe8) {
    for (unsigned i = 0; i < 4; i++)
      *ret = (int32_t)((uint32_t)*ret | (uint32_t)at[1 + i] << 8 * i);
    return 5;
  }
  if (left < 2 || *at != 0xff || (at[1] >> 3 & 7) != 2)
    return 0;
  unsigned mode = at[1] >> 6, base = at[1] & 7, has_sib = mode < 3 && base == 4;
  if (has_sib && left < 3)
    return 0;
  base = has_sib ? at[2] & 7 : base;
  size_t length = 2 + has_sib + (mode == 1 ? 1 : mode == 2 || (mode == 0 && base == 5) ? 4 : 0);
  return length <= left ? length : 0;
}

/* How code goes to another function by its name: a call or a jump, to what the distance tells from behind the
   instruction, or to what 8 bytes there say. The length is 0 if it is none of these. */
struct allocs_machine_transfer {
  size_t length;
  int32_t distance;
  bool is_jump, is_indirect;
};
static inline struct allocs_machine_transfer allocs_machine_transfer(const unsigned char *at, size_t left) {
  struct allocs_machine_transfer it = {0};
  bool is_direct = left >= 5 && (*at == 0xe8 || *at == 0xe9);
  it.is_indirect = left >= 6 && *at == 0xff && (at[1] == 0x15 || at[1] == 0x25);
  it.is_jump = *at == 0xe9 || (it.is_indirect && at[1] == 0x25);
  it.length = is_direct ? 5 : it.is_indirect ? 6 : 0;
  for (unsigned i = 0; i < 4 && it.length; i++)
    it.distance = (int32_t)((uint32_t)it.distance | (uint32_t)at[it.length - 4 + i] << 8 * i);
  return it;
}
/* The jump that a linker's stub is, which may begin with a landing pad, and a prefix; *ret: where in it that is. */
static inline struct allocs_machine_transfer allocs_machine_stub(const unsigned char *at, size_t left, size_t *ret) {
  static const unsigned char pad[] = {0xf3, 0x0f, 0x1e, 0xfa};
  *ret = left >= sizeof pad && !memcmp(at, pad, sizeof pad) ? sizeof pad : 0;
  *ret += *ret < left && at[*ret] == 0xf2;
  struct allocs_machine_transfer it = {0};
  if (*ret < left)
    it = allocs_machine_transfer(at + *ret, left - *ret);
  return it.is_jump && it.is_indirect ? it : (struct allocs_machine_transfer){0};
}

/* Those that the plugin's tables need. All have addends. */
#define ALLOCS_MACHINE_NO_RELOCATION R_X86_64_NONE
static const struct allocs_machine_relocation {
  uint32_t type;
  uint8_t width;
  bool relative, is_signed;
} allocs_machine_relocations[] = {
    {R_X86_64_64, 8, false, false}, {R_X86_64_PC64, 8, true, false}, {R_X86_64_32, 4, false, false},
    {R_X86_64_32S, 4, false, true}, {R_X86_64_PC32, 4, true, true},  {R_X86_64_PLT32, 4, true, true},
};
enum { ALLOCS_MACHINE_N_RELOCATIONS = sizeof allocs_machine_relocations / sizeof *allocs_machine_relocations };

#endif
