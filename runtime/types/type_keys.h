/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPE_KEYS_H
#define ALLOCS_TYPE_KEYS_H

/* What types contribute to the keys of others. NULL or false also if a type consists of too many pointers and arrays,
   one of the other. */

#include "allocs/uniqtype.h"
#include "base.h"

const struct uniqtype *allocs_type_keys_function(const struct uniqtype *result, const struct uniqtype *const *args,
                                                 unsigned n_args, unsigned flags, bool closed);
bool allocs_type_keys_value_key(const struct uniqtype *type, uint64_t *ret);

#endif
