"""pack.py FILE PACKED: packs FILE as zstd does, by its library."""
import ctypes
import sys

zstd = ctypes.CDLL("libzstd.so.1")
for name in ("ZSTD_compressBound", "ZSTD_compress"):
    getattr(zstd, name).restype = ctypes.c_size_t
whole = open(sys.argv[1], "rb").read()
room = zstd.ZSTD_compressBound(ctypes.c_size_t(len(whole)))
packed = ctypes.create_string_buffer(room)
n = zstd.ZSTD_compress(packed, ctypes.c_size_t(room), whole, ctypes.c_size_t(len(whole)), 3)
open(sys.argv[2], "wb").write(packed.raw[:n])
