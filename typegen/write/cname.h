/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_CNAME_H
#define ALLOCS_TYPEGEN_CNAME_H

/* Types as C spells them: the base, "struct node", and the declarator around a name, "*x[4]". */

#include "model/model.h"
#include <stdio.h>

/* Text with its control characters escaped; "?" for NULL. */
void allocs_cname_text(FILE *out, const char *text);
/* What is left when pointers, arrays and functions are taken away. */
const struct model_type *allocs_cname_base(const struct model_type *type);
/* Whether a composite or enumeration has no name that C could call it by. */
bool allocs_cname_is_unnamed(const struct model_type *type);
/* struct, union or enum. */
const char *allocs_cname_keyword(const struct model_type *type);
/* " *x[4]", to stand behind the base; name NULL: " *[4]". */
void allocs_cname_declarator(FILE *out, const struct model_type *type, const char *name);
/* Both: "struct node *x[4]". An alias stands for the whole type: "list x". Type NULL: "(no type)". */
void allocs_cname_declaration(FILE *out, const struct model_type *type, const char *alias, const char *name);

/* Whether a typedef name is another name than the type's own. */
bool allocs_cname_says_more(const struct model_type *type, const char *alias);

/* What a site's shape and rule are called. */
const char *allocs_cname_shape(unsigned shape);
const char *allocs_cname_rule(unsigned rule);

#endif
