/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_LINKS_H
#define ALLOCS_TYPEGEN_LINKS_H

/* What the references of a table lead to, and what must hold of records. What is wrong is reported with the field's
   place in the table. */

#include "bytes/record.h"
#include "elf/elf_image.h"
#include "model/model.h"

/* A table that is being read. References to types and statics lead to what the model has of them. */
struct allocs_table_walk {
  struct allocs_elf *elf;
  const struct allocs_span *table;
  const struct model *model;
};
struct allocs_table_walk allocs_table_walk(struct allocs_elf *elf, enum allocs_table table, const struct model *model);
struct allocs_reader allocs_table_reader(const struct allocs_table_walk *walk);
/* Where in the table. */
uint64_t allocs_table_at(const struct allocs_table_walk *walk, const unsigned char *at);

/* Of a reference that was found right; NULL for nothing. */
const char *allocs_link_text(const struct allocs_table_walk *walk, struct allocs_link link);
const struct model_type *allocs_link_type(const struct allocs_table_walk *walk, struct allocs_link link);
const struct model_object *allocs_link_function(const struct allocs_table_walk *walk, struct allocs_link link);
struct model_place allocs_link_place(const struct allocs_table_walk *walk, struct allocs_link link);
/* So many bytes; NULL if they are not in the file. */
const unsigned char *allocs_link_bytes(const struct allocs_table_walk *walk, struct allocs_link link, uint64_t size);
/* Elements up to the first that is zero; 0, and reported, if there is none. */
uint64_t allocs_link_elements(const struct allocs_table_walk *walk, struct allocs_link link, uint64_t element);

#define ALLOCS_CHECKER const struct allocs_table_walk *
bool allocs_check_wrong(ALLOCS_CHECKER walk, const unsigned char *at, const char *what);
bool allocs_is_type(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_type_or_void(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_type_if_any(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_text(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_slot(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_code(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_displacement(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_function(ALLOCS_CHECKER walk, struct allocs_link link);
bool allocs_is_object(ALLOCS_CHECKER walk, struct allocs_link link, uint64_t size);
#include "bytes/record_check.def"

#endif
