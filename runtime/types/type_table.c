/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The table of types: one hash table of lists that only grow at their heads holds every type of the process.

   A type is complete before it is published, but for a composite's members, which may lead back to it: those are
   published by compare-and-swap on `entries.members`. A published object is never freed, nor changed, but that
   uniqtype_name() adds a derived type's name once. */

#include "types/type_table.h"
#include "allocs/typekey.h"
#include "ground/store.h"
#include "os/os.h"

#include <string.h>

enum { BUCKET_BITS = 16, N_BUCKETS = 1 << BUCKET_BITS };

struct entry {
  struct uniqtype type; /* first: a type is its entry */
  struct entry *next;
  unsigned char closed; /* atomic: all types that this one leads to are filled in */
};

static struct {
  struct entry **buckets; /* atomic: N_BUCKETS atomic heads; NULL before the first type */
} table;

static struct entry *entry_of(const struct uniqtype *type) { return (struct entry *)(uintptr_t)type; }

/* 512 KiB of address space, of which pages are touched as types come. Whoever makes it second gives his back. */
static struct entry **table_buckets(void) {
  struct entry **buckets = __atomic_load_n(&table.buckets, __ATOMIC_ACQUIRE), **fresh;
  if (ALLOCS_LIKELY(buckets != NULL))
    return buckets;
  fresh = allocs_os_map(N_BUCKETS * sizeof *fresh);
  if (!fresh || __atomic_compare_exchange_n(&table.buckets, &buckets, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return fresh;
  allocs_os_unmap(fresh, N_BUCKETS * sizeof *fresh);
  return buckets;
}

/* Queries about heap blocks ask for an array each time: its hash is cheaper than its key. */
static uint64_t array_hash(const struct uniqtype *element, uint64_t count) {
  return (((uintptr_t)element >> 4) + count * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;
}

static struct entry **bucket_of(const struct uniqtype *type) {
  struct entry **buckets = table_buckets();
  uint64_t hash = type->kind == ALLOCS_KIND_ARRAY ? array_hash(type->target, type->count) : type->key;
  return buckets ? &buckets[hash >> (64 - BUCKET_BITS)] : NULL;
}

/* By parts, which are the process's already: so comparing addresses is enough. Composites and enumerations are compared
   by key. Whether a name is a tag is no part of identity. */
static bool is_same(const struct uniqtype *a, const struct uniqtype *b) {
  if (a->kind != b->kind || a->size != b->size || a->n_entries != b->n_entries ||
      ((a->flags ^ b->flags) & ~ALLOCS_TYPE_ANONYMOUS))
    return false;
  switch (a->kind) {
  case ALLOCS_KIND_BASE:
    return a->encoding == b->encoding && a->count == b->count && a->bit_offset == b->bit_offset;
  case ALLOCS_KIND_ADDRESS:
    return a->target == b->target;
  case ALLOCS_KIND_ARRAY:
    return a->target == b->target && a->count == b->count;
  case ALLOCS_KIND_SUBPROGRAM:
    return a->target == b->target &&
           (!a->n_entries || memcmp(a->entries.args, b->entries.args, a->n_entries * sizeof *a->entries.args) == 0);
  default:
    return a->key == b->key;
  }
}

/* Up to `end`, from where on the list has been searched already. */
static struct entry *search(struct entry *at, const struct entry *end, const struct uniqtype *type) {
  while (at != end && !is_same(&at->type, type))
    at = at->next;
  return at == end ? NULL : at;
}

/* Lists only grow at their heads, and entries do not go: whatever was read stays valid. */
const struct uniqtype *allocs_type_table_find(const struct uniqtype *type) {
  struct entry **bucket = bucket_of(type), *found;
  found = bucket ? search(__atomic_load_n(bucket, __ATOMIC_ACQUIRE), NULL, type) : NULL;
  return found ? &found->type : NULL;
}

/* A copy: the caller's may be on his stack. What then is not published stays in the store, unused. */
static struct entry *new_entry(const struct uniqtype *type, bool closed) {
  struct entry *ret = allocs_store_alloc(sizeof *ret);
  if (!ret)
    return NULL;
  ret->type = *type;
  ret->closed = closed;
  if (type->kind == ALLOCS_KIND_SUBPROGRAM && type->n_entries) {
    const struct uniqtype **args = allocs_store_alloc(type->n_entries * sizeof *args);
    if (!args)
      return NULL;
    memcpy(args, type->entries.args, type->n_entries * sizeof *args);
    ret->type.entries.args = args;
  }
  return ret;
}

const struct uniqtype *allocs_type_table_intern(const struct uniqtype *type, bool closed) {
  struct entry **bucket = bucket_of(type), *head, *searched = NULL, *fresh = NULL, *found;
  if (!bucket)
    return NULL;
  head = __atomic_load_n(bucket, __ATOMIC_ACQUIRE);
  for (;;) {
    found = search(head, searched, type);
    if (found)
      return &found->type;
    if (!fresh && !(fresh = new_entry(type, closed)))
      return NULL;
    /* If another thread was faster, `head` has what it put there: only that is searched anew. */
    fresh->next = searched = head;
    if (__atomic_compare_exchange_n(bucket, &head, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return &fresh->type;
  }
}

const struct uniqtype *allocs_type_table_next(const struct uniqtype *before) {
  struct entry **buckets = table_buckets(), **at = before ? bucket_of(before) + 1 : buckets, *found;
  found = before ? entry_of(before)->next : NULL;
  if (!buckets)
    return NULL;
  /* Types that are not closed may lead to composites without members: nobody is shown these. */
  for (;; found = found->next) {
    while (!found && at < buckets + N_BUCKETS)
      found = __atomic_load_n(at++, __ATOMIC_ACQUIRE);
    if (!found || __atomic_load_n(&found->closed, __ATOMIC_ACQUIRE))
      return found ? &found->type : NULL;
  }
}

bool allocs_type_table_closed(const struct uniqtype *type) {
  return __atomic_load_n(&entry_of(type)->closed, __ATOMIC_ACQUIRE);
}

void allocs_type_table_close(const struct uniqtype *type) {
  if (!allocs_type_table_closed(type))
    __atomic_store_n(&entry_of(type)->closed, 1, __ATOMIC_RELEASE);
}

const struct uniqtype_member *allocs_type_table_members(const struct uniqtype *composite) {
  return __atomic_load_n(&composite->entries.members, __ATOMIC_ACQUIRE);
}

/* The first wins; equal keys have equal members, but for what is opaque in one of them. */
void allocs_type_table_set_members(const struct uniqtype *composite, const struct uniqtype_member *members) {
  const struct uniqtype_member *expected = NULL;
  __atomic_compare_exchange_n(&entry_of(composite)->type.entries.members, &expected, members, false, __ATOMIC_ACQ_REL,
                              __ATOMIC_ACQUIRE);
}

/* What is known by its parts alone. */

const struct uniqtype *allocs_type_table_base(unsigned encoding, uint64_t size, uint64_t bits, unsigned bit_offset,
                                              unsigned flags) {
  struct uniqtype type = {.kind = ALLOCS_KIND_BASE, .flags = (unsigned char)flags, .size = size, .count = bits};
  type.encoding = (unsigned char)encoding;
  type.bit_offset = (unsigned char)bit_offset;
  type.key = allocs_key_base(encoding, size, bits, bit_offset, flags);
  return allocs_type_table_intern(&type, true);
}

const struct uniqtype *allocs_type_table_pointer(const struct uniqtype *pointee, bool closed) {
  struct uniqtype type = {.kind = ALLOCS_KIND_ADDRESS, .size = 8, .count = 1, .target = pointee};
  type.key = allocs_key_pointer(pointee->key);
  return allocs_type_table_intern(&type, closed);
}

const struct uniqtype *allocs_type_table_array(const struct uniqtype *element, uint64_t count, bool closed) {
  struct uniqtype type = {.kind = ALLOCS_KIND_ARRAY, .count = count, .target = element};
  if (count == ALLOCS_LENGTH_UNBOUNDED || element->size == ALLOCS_SIZE_UNKNOWN)
    type.size = ALLOCS_SIZE_UNKNOWN;
  else if (__builtin_mul_overflow(element->size, count, &type.size) || type.size == ALLOCS_SIZE_UNKNOWN)
    return NULL;
  type.key = allocs_key_array(element->key, count, 0);
  return allocs_type_table_intern(&type, closed);
}

const struct uniqtype *allocs_type_table_vector(const struct uniqtype *element, uint64_t count, uint64_t size) {
  struct uniqtype type = {.kind = ALLOCS_KIND_ARRAY, .count = count, .target = element, .size = size};
  type.flags = ALLOCS_TYPE_VECTOR;
  type.key = allocs_key_array(element->key, count, type.flags);
  return allocs_type_table_intern(&type, false);
}

const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *element, uint64_t count) {
  struct entry **buckets = table_buckets(), *at;
  if (!element || !buckets)
    return NULL;
  at = __atomic_load_n(&buckets[array_hash(element, count) >> (64 - BUCKET_BITS)], __ATOMIC_ACQUIRE);
  for (; at; at = at->next)
    if (at->type.target == element && at->type.count == count && at->type.kind == ALLOCS_KIND_ARRAY && !at->type.flags)
      return &at->type;
  return allocs_type_table_array(element, count, true);
}
