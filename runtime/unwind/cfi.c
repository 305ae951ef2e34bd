/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Unwind entries: finds the one of a code address through .eh_frame_hdr, and reads its header.

   LSB 5.0 core, chapter 10. The section headers are not loaded, so the end of .eh_frame is not known: what bounds all
   reading is the end of the readable segment that holds it. Damaged tables give wrong or no entries, never a crash. */

#include "unwind/cfi.h"

#include <string.h>

/* DW_EH_PE_*: how an address is written (low four bits), what it is relative to (three), and whether it is where the
   address stands. LSB 5.0 core, "DWARF Exception Header Encoding". */
enum {
  PE_ABSPTR = 0x00,
  PE_ULEB128 = 0x01,
  PE_UDATA2 = 0x02,
  PE_UDATA4 = 0x03,
  PE_UDATA8 = 0x04,
  PE_SLEB128 = 0x09,
  PE_SDATA2 = 0x0a,
  PE_SDATA4 = 0x0b,
  PE_SDATA8 = 0x0c,
  PE_FORMAT = 0x0f,
  PE_PCREL = 0x10,
  PE_DATAREL = 0x30,
  PE_BASE = 0x70,
  PE_INDIRECT = 0x80,
  PE_OMIT = 0xff
};

/* Little-endian, as the processors that are known. At most 8 bytes; what is not all there is zero, so that callers may
   look at `bad` when they have read all. */
uint64_t allocs_cfi_fixed(struct allocs_cfi_reader *reader, unsigned size) {
  uint64_t n = 0;
  if ((size_t)(reader->end - reader->at) < size) {
    reader->bad = true;
    reader->at = reader->end;
    return 0;
  }
  memcpy(&n, reader->at, size);
  reader->at += size;
  return n;
}

/* The value, and, in *ret, how many bits of it were written. */
/* Bits beyond 64 are read over. Ends with the bytes: beyond them each is zero, which has no bit that says that more
   follow. */
static uint64_t leb128(struct allocs_cfi_reader *reader, unsigned *ret) {
  uint64_t n = 0;
  unsigned bits = 0;
  unsigned char byte;
  do {
    byte = (unsigned char)allocs_cfi_fixed(reader, 1);
    if (bits < 64)
      n |= (uint64_t)(byte & 0x7f) << bits;
    bits += bits < 64 ? 7 : 0;
  } while (byte & 0x80);
  *ret = bits;
  return n;
}

uint64_t allocs_cfi_uleb(struct allocs_cfi_reader *reader) {
  unsigned bits;
  return leb128(reader, &bits);
}

int64_t allocs_cfi_sleb(struct allocs_cfi_reader *reader) {
  unsigned bits;
  uint64_t n = leb128(reader, &bits);
  /* The sign is the highest bit that was written; `bits` is 7 at least. */
  if (bits < 64 && n >> (bits - 1) & 1)
    n |= ~(uint64_t)0 << bits;
  return (int64_t)n;
}

uintptr_t allocs_cfi_address(struct allocs_cfi_reader *reader, unsigned encoding, uintptr_t datarel) {
  /* Relative to where the bytes are in the image, not in the copy of it that may be read. */
  uintptr_t here = (uintptr_t)reader->at + reader->shift, n = 0;
  switch (encoding & PE_FORMAT) {
  case PE_ABSPTR:
  case PE_UDATA8:
  case PE_SDATA8:
    n = allocs_cfi_fixed(reader, 8);
    break;
  case PE_ULEB128:
    n = allocs_cfi_uleb(reader);
    break;
  case PE_SLEB128:
    n = (uintptr_t)allocs_cfi_sleb(reader);
    break;
  case PE_UDATA2:
    n = allocs_cfi_fixed(reader, 2);
    break;
  case PE_UDATA4:
    n = allocs_cfi_fixed(reader, 4);
    break;
  case PE_SDATA2:
    n = (uintptr_t)(int16_t)allocs_cfi_fixed(reader, 2);
    break;
  case PE_SDATA4:
    n = (uintptr_t)(int32_t)allocs_cfi_fixed(reader, 4);
    break;
  /* Aligned pointers, and what is relative to text or function: no compiler or linker makes them on the systems that
     are known. */
  default:
    reader->bad = true;
  }
  switch (encoding & PE_BASE) {
  case PE_ABSPTR:
    return n;
  case PE_PCREL:
    return here + n;
  case PE_DATAREL:
    return datarel + n;
  }
  reader->bad = true;
  return 0;
}

/* A reader from an address of the image to the end of the readable bytes there. */
/* Each address that a table leads to is looked for anew among the segments, so that none leads out of the image's
   bytes. Without such a segment the reader is bad from its beginning, and empty. */
static struct allocs_cfi_reader reader_at(const struct allocs_segments *segments, uintptr_t address) {
  struct allocs_stretch stretch;
  if (!allocs_segments_at(segments, address, PF_R, &stretch))
    return (struct allocs_cfi_reader){NULL, NULL, true, 0};
  return (struct allocs_cfi_reader){stretch.begin, stretch.end, false, stretch.shift};
}

/* Narrows the reader to the CIE or FDE it stands at. False at the zero length that ends the table. */
static bool enter(struct allocs_cfi_reader *reader) {
  /* The 64-bit form of DWARF says so by the 32-bit length of all ones. In .eh_frame the distance to the CIE has four
     bytes even so. */
  uint64_t length = allocs_cfi_fixed(reader, 4);
  if (length == 0xffffffff)
    length = allocs_cfi_fixed(reader, 8);
  if (reader->bad || !length || length > (size_t)(reader->end - reader->at))
    return false;
  reader->end = reader->at + length;
  return true;
}

/* R: how addresses are written. P: the personality, whose value nobody here needs. L: how the landing pads' address is
   written. S: a signal frame. B: which key return addresses are signed with. */
static void read_augmentation(struct allocs_cfi_reader *reader, const unsigned char *letters,
                              struct allocs_cfi_entry *ret) {
  for (; *letters; letters++)
    switch (*letters) {
    case 'R':
      ret->encoding = (unsigned char)allocs_cfi_fixed(reader, 1);
      break;
    case 'P':
      allocs_cfi_address(reader, (unsigned)allocs_cfi_fixed(reader, 1) & ~(unsigned)PE_BASE, 0);
      break;
    case 'L':
      allocs_cfi_fixed(reader, 1);
      break;
    case 'S':
      ret->signal = true;
      break;
    case 'B':
      break;
    default: /* what follows is of a form not known, but its length is */
      return;
    }
}

/* *sized: the CIE and its FDEs have augmentation data, with its length. */
static bool read_cie(struct allocs_cfi_reader reader, struct allocs_cfi_entry *ret, bool *sized) {
  /* In .eh_frame a CIE has zero where an FDE has the distance to its CIE. */
  if (!enter(&reader) || allocs_cfi_fixed(&reader, 4) != 0)
    return false;
  unsigned version = (unsigned)allocs_cfi_fixed(&reader, 1);
  const unsigned char *letters = reader.at;
  while (allocs_cfi_fixed(&reader, 1))
    ;
  ret->code_align = allocs_cfi_uleb(&reader);
  ret->data_align = allocs_cfi_sleb(&reader);
  /* The return column has to be the one whose rule unwinding asks for; no compiler chooses another. */
  uint64_t ra = version == 1 ? allocs_cfi_fixed(&reader, 1) : allocs_cfi_uleb(&reader);
  if (reader.bad || (version != 1 && version != 3) || ra != ALLOCS_ARCH_RETURN_COLUMN)
    return false;
  /* Without a length, what the letters stand for could not be passed over: then there must be none. */
  *sized = *letters == 'z';
  if (*sized) {
    uint64_t length = allocs_cfi_uleb(&reader);
    if (reader.bad || length > (size_t)(reader.end - reader.at))
      return false;
    /* A reader of its own: whatever the letters say, what follows the data is found by the length. */
    struct allocs_cfi_reader data = {reader.at, reader.at + length, false, reader.shift};
    read_augmentation(&data, letters + 1, ret);
    if (data.bad)
      return false;
    reader.at += length;
  } else if (*letters)
    return false;
  ret->shared = reader.at;
  ret->shared_end = reader.end;
  return true;
}

/* Reads the FDE that the reader stands in, entered; false if it is a CIE or damaged. */
static bool read_fde(const struct allocs_segments *segments, struct allocs_cfi_reader reader,
                     struct allocs_cfi_entry *ret) {
  bool sized;
  uintptr_t here = (uintptr_t)reader.at + reader.shift;
  /* Backwards, from the field that says it: not an offset in the section, as in .debug_frame. */
  uint64_t distance = allocs_cfi_fixed(&reader, 4);
  *ret = (struct allocs_cfi_entry){.shift = reader.shift};
  if (!distance || !read_cie(reader_at(segments, here - distance), ret, &sized) || ret->encoding & PE_INDIRECT)
    return false;
  /* The size is written as the address is, but relative to nothing. */
  ret->begin = allocs_cfi_address(&reader, ret->encoding, 0);
  ret->end = ret->begin + allocs_cfi_address(&reader, ret->encoding & PE_FORMAT, 0);
  if (sized) {
    uint64_t length = allocs_cfi_uleb(&reader);
    if (length > (size_t)(reader.end - reader.at))
      return false;
    reader.at += length;
  }
  ret->own = reader.at;
  ret->own_end = reader.end;
  return !reader.bad && ret->begin < ret->end;
}

/* Where the header has no table, as linkers leave it that cannot make one: all entries in turn. Each has a length that
   is not zero, so that it ends. */
static bool find_by_scan(const struct allocs_segments *segments, struct allocs_cfi_reader all, uintptr_t code,
                         struct allocs_cfi_entry *ret) {
  struct allocs_cfi_reader one = all;
  while (enter(&one)) {
    if (read_fde(segments, one, ret) && code >= ret->begin && code < ret->end)
      return true;
    one = (struct allocs_cfi_reader){one.end, all.end, false, all.shift};
  }
  return false;
}

/* The table: pairs of code address and entry address, as 32-bit distances from the header, ascending. */
static bool find_by_table(const struct allocs_segments *segments, uintptr_t header, const unsigned char *table,
                          uint64_t n, uintptr_t code, struct allocs_cfi_entry *ret) {
  /* The last that begins at or before the code: it always lies in [first, first + n). Unsorted, as in a damaged table,
     this finds some entry, which is then compared with the code. memcpy: the table may stand anywhere. */
  uint64_t first = 0;
  int32_t pair[2];
  while (n > 1) {
    uint64_t half = n / 2;
    memcpy(pair, table + (first + half) * sizeof pair, sizeof pair);
    if (header + (uintptr_t)pair[0] <= code) {
      first += half;
      n -= half;
    } else
      n = half;
  }
  memcpy(pair, table + first * sizeof pair, sizeof pair);
  struct allocs_cfi_reader reader = reader_at(segments, header + (uintptr_t)pair[1]);
  /* The table says where functions begin, the entry also where they end: between two there may be code that has none.
   */
  return enter(&reader) && read_fde(segments, reader, ret) && code >= ret->begin && code < ret->end;
}

/* LSB 5.0 core, "The .eh_frame_hdr section": version 1, three encodings, address of .eh_frame, number of entries,
   table. */
bool allocs_cfi_find(const struct allocs_segments *segments, uintptr_t header, uintptr_t code,
                     struct allocs_cfi_entry *ret) {
  struct allocs_cfi_reader reader = reader_at(segments, header);
  if (!header || allocs_cfi_fixed(&reader, 1) != 1)
    return false;
  unsigned of_frames = (unsigned)allocs_cfi_fixed(&reader, 1), of_count = (unsigned)allocs_cfi_fixed(&reader, 1);
  unsigned of_table = (unsigned)allocs_cfi_fixed(&reader, 1);
  if (of_frames == PE_OMIT)
    return false;
  /* Not needed where there is a table; read since the count stands behind it. */
  uintptr_t frames = allocs_cfi_address(&reader, of_frames & ~(unsigned)PE_INDIRECT, header);
  /* All linkers write the table so; whatever else it may be, the entries themselves are still there to be looked
     through. */
  if (of_count != PE_OMIT && of_table == (PE_DATAREL | PE_SDATA4)) {
    uint64_t n = allocs_cfi_address(&reader, of_count, header);
    if (!reader.bad && n && n <= (size_t)(reader.end - reader.at) / 8)
      return find_by_table(segments, header, reader.at, n, code, ret);
  }
  if (reader.bad || of_frames & PE_INDIRECT)
    return false;
  return find_by_scan(segments, reader_at(segments, frames), code, ret);
}
