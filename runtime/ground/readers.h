/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_READERS_H
#define ALLOCS_READERS_H

/* Keeps libraries loaded while a query reads them: dlclose() waits for those who read, and those who come while it
   works wait for it. See readers.c for how long. */

#include "base.h"

/* Notes which process this is: else a forked child does not know that it is another. */
void allocs_readers_init(void);

/* From now to allocs_readers_leave no library goes that is found in between. False, and nothing held, if one is being
   unloaded and that takes too long: then no memory of libraries is to be read. Holds may nest. */
bool allocs_readers_enter(void);
void allocs_readers_leave(void);

/* Waits until `done`, for so many tenths of a millisecond at most; whether it is. */
bool allocs_readers_wait(bool (*done)(void), unsigned pauses);

/* Whether somebody unloads: what is known of a library may be of one that was at its place. */
bool allocs_readers_is_unloading(void);

/* Around dlclose(). `forget` is called when nobody reads or unloads, before anybody can. */
void allocs_readers_unload(void);
void allocs_readers_unloaded(void (*forget)(void));

#endif
