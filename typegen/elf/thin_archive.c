/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A header for each member, and behind those of the two tables (symbols, long names) what is in them. All numbers are
   decimal text. Members of archives within, which have a second number, are not known. */

#include "elf/thin_archive.h"
#include <ar.h>
#include <stdint.h>
#include <string.h>

static const char magic[] = "!<thin>\n";

/* Of the digits at the beginning of a field. */
static uint64_t number(const char *field, size_t width) {
  uint64_t n = 0;
  for (size_t i = 0; i < width && field[i] >= '0' && field[i] <= '9'; i++)
    n = n * 10 + (uint64_t)(field[i] - '0');
  return n;
}

bool allocs_thin_archive_begin(const char *bytes, size_t size, struct allocs_thin_archive *ret) {
  if (size < SARMAG || memcmp(bytes, magic, SARMAG))
    return false;
  *ret = (struct allocs_thin_archive){.begin = bytes, .end = bytes + size, .at = bytes + SARMAG};
  return true;
}

static bool is_named(const struct ar_hdr *header, const char *name) {
  size_t n = strlen(name);
  return !memcmp(header->ar_name, name, n) && header->ar_name[n] == ' ';
}

/* Up to a slash and the end of the line; in the header itself, to the last slash. */
static const char *name_of(const struct allocs_thin_archive *archive, const struct ar_hdr *header, size_t *n) {
  const char *begin = header->ar_name, *end = begin + sizeof header->ar_name, *at;
  if (*begin == '/') {
    uint64_t offset = number(begin + 1, sizeof header->ar_name - 1);
    if (memchr(begin, ':', sizeof header->ar_name) || offset >= (size_t)(archive->names_end - archive->names))
      return NULL;
    begin = archive->names + offset;
    end = memchr(begin, '\n', (size_t)(archive->names_end - begin));
  }
  for (at = end; at && at > begin && at[-1] != '/';)
    at--;
  if (!at || at <= begin + 1)
    return NULL;
  *n = (size_t)(at - 1 - begin);
  return begin;
}

bool allocs_thin_archive_next(struct allocs_thin_archive *archive, const char **path, size_t *n) {
  *path = NULL;
  while (archive->at < archive->end) {
    struct ar_hdr header;
    size_t left = (size_t)(archive->end - archive->at);
    if (left < sizeof header)
      return true;
    const struct ar_hdr *at = (const void *)archive->at;
    memcpy(&header, at, sizeof header);
    uint64_t size = number(header.ar_size, sizeof header.ar_size);
    archive->at += sizeof header;
    left -= sizeof header;
    bool is_names = is_named(&header, "//"),
         is_table = is_names || is_named(&header, "/") || is_named(&header, "/SYM64/");
    if (memcmp(header.ar_fmag, ARFMAG, sizeof header.ar_fmag) || (is_table && size > left))
      return true;
    if (!is_table) {
      *path = name_of(archive, at, n);
      return true;
    }
    if (is_names) {
      archive->names = archive->at;
      archive->names_end = archive->at + size;
    }
    archive->at += size + size % 2 < left ? size + size % 2 : left;
  }
  return false;
}
