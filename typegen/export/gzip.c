/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Stored blocks (RFC 1951, section 3.2.4). */

#include "export/gzip.h"

enum { MOST = 0xffff };

static void put_little(FILE *out, uint64_t value, unsigned n) {
  for (; n--; value >>= 8)
    fputc((int)(value & 0xff), out);
}

static uint32_t checksum(const unsigned char *bytes, size_t n) {
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < n; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

void allocs_gzip(FILE *out, const unsigned char *bytes, size_t n) {
  static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
  size_t at = 0;
  fwrite(head, 1, sizeof head, out);
  do {
    size_t part = n - at < MOST ? n - at : MOST;
    fputc(at + part == n, out);
    put_little(out, part, 2);
    put_little(out, ~part, 2);
    fwrite(bytes + at, 1, part, out);
    at += part;
  } while (at < n);
  put_little(out, checksum(bytes, n), 4);
  put_little(out, n, 4);
}
