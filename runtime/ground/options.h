/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_OPTIONS_H
#define ALLOCS_OPTIONS_H

/* ALLOCS_OPTIONS=name=value:name=value, read once, at start. options.def is the table. */

#include "base.h"

struct allocs_options {
#define ALLOCS_OPTION(name, initial, help) unsigned name;
#include "ground/options.def"
};
const struct allocs_options *allocs_options(void);

/* Reads the environment; says what it does not understand; answers help=1. */
void allocs_options_init(void);

#endif
