/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ARCH_H
#define ALLOCS_ARCH_H

/* All that the runtime knows of a processor: numbers, tables, single instructions, and predicates over bytes that
   others have read. One header per processor defines

     ALLOCS_ARCH_ADDRESS_BITS        addresses of programs are below 2 to the power of this
     allocs_arch_thread_pointer()    the calling thread's
     allocs_arch_pause()             in a loop that waits for another thread
     allocs_arch_kernel(call, ...)   a kernel call; the result as the kernel gives it
     allocs_arch_starts(at)          a bit for each of 16 words that has its top bit set
     allocs_arch_valgrind(...)       a client request of valgrind, by instructions that do nothing elsewhere
     allocs_arch_names(...)          whether code names an address there

   how C calls types

     ALLOCS_ARCH_CHAR                the encoding of char (allocs/kinds.def)
     ALLOCS_ARCH_SIGNED_CHAR         how a signed one is spelled
     ALLOCS_ARCH_FLOAT_128           and IEEE's floating point of 128 bits

   registers, by their DWARF numbers, and how frames are linked

     ALLOCS_ARCH_FP, _SP, _RA        frame pointer, stack pointer, the address that execution goes on at
     ALLOCS_ARCH_N_REGS, allocs_arch_set, ALLOCS_ARCH_BIT(reg)
     ALLOCS_ARCH_RETURN_COLUMN       how unwind tables call the return address
     ALLOCS_ARCH_N_KEPT, allocs_arch_kept[], ALLOCS_ARCH_KEPT_SET  that a callee keeps, the frame pointer first
     ALLOCS_ARCH_CAPTURE(name)       defines void name(uintptr_t *regs), which stores ALLOCS_ARCH_CAPTURED
     allocs_arch_context_at[]        where the ucontext_t of a signal handler has each register, in bytes
     ALLOCS_ARCH_UNWINDS             whether frames can be walked; if not, none is found, and the rest is not used:
     ALLOCS_ARCH_LINK                bytes from a frame pointer to its CFA; the return address is just below that
     ALLOCS_ARCH_RED_ZONE            bytes below the stack pointer that are a frame's
     allocs_arch_is_call(...)        whether the bytes before a return address are a call
     allocs_arch_call_target(...)    where a direct call leads

   and how the C library lays out what it has of a thread

     ALLOCS_ARCH_STACK_ABOVE         bytes that at least lie above the thread pointer in a stack of the C library's, its
                                     last page apart; 0: not known
     ALLOCS_ARCH_TLS                 whether thread-local variables lie below the thread pointer, as stack/tls.c has it;
                                     if not, none is told
     ALLOCS_ARCH_DTV                 offset from the thread pointer of the address of the vector of blocks
     ALLOCS_ARCH_RELOCATION_COPY     of a library's variable that is in the executable (elf.h)

   What is not done yet for a processor says so here, and is unknown to whoever asks: nothing else asks which it is. */

#include "base.h"

#if defined __x86_64__ && !defined __ILP32__
#include "arch/x86_64.h"
#elif defined __aarch64__ && defined __LP64__ && !defined __AARCH64EB__
#include "arch/aarch64.h"
#else
#error "allocs does not know this processor: see runtime/arch/arch.h"
#endif

#define ALLOCS_ARCH_ADDRESS_END ((uintptr_t)1 << ALLOCS_ARCH_ADDRESS_BITS)

#endif
