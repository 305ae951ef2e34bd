# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""heap-redis.py SERVER: starts it, fills it with values of all types, and has it end with them."""
import socket
import subprocess
import sys
import tempfile
import time

with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/socket"
    server = subprocess.Popen([sys.argv[1], "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
                              stdout=subprocess.DEVNULL)
    client = socket.socket(socket.AF_UNIX)
    for attempt in range(100):
        try:
            client.connect(path)
            break
        except OSError:
            time.sleep(0.1)
    replies = client.makefile("rb")

    def command(*words):
        words = [str(word).encode() for word in words]
        client.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))

    for i in range(5000):
        for words in (("SET", f"key:{i}", "v" * (i % 100 + 1)), ("LPUSH", f"list:{i % 100}", i),
                      ("HSET", f"hash:{i % 200}", f"f{i}", i), ("ZADD", f"zset:{i % 50}", i, f"m{i}"),
                      ("SADD", f"set:{i % 50}", f"m{i}")):
            command(*words)
            replies.readline()
    command("SHUTDOWN", "NOSAVE")
    sys.exit(server.wait())
