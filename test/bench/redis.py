# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Redis, with its own benchmark over loopback."""
import os
import signal
import socket
import subprocess
import time
from measure import Unmeasured
from programs import folder

TESTS = "set,get,incr,lpush,rpop,sadd,hset,zadd,lrange_100"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_server(port):
    for _ in range(400):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            time.sleep(0.02)
    raise Unmeasured("redis-server does not answer")


def serve(bench, variant, environment):
    """CPU time and peak resident set of a server that answers a fixed number of requests, and requests per second."""
    requests = 20000 if bench.quick else 100000
    port, result = free_port(), f"{bench.out}/spawn.redis"
    command = [f"{folder(bench, 'redis', variant)}/src/redis-server", "--port", str(port), "--bind", "127.0.0.1",
               "--save", "", "--appendonly", "no", "--daemonize", "no"]
    server = subprocess.Popen([f"{bench.out}/spawn", "1", result, *command], cwd=bench.out, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=dict(os.environ, **environment), start_new_session=True)
    try:
        control = await_server(port)
        start = time.monotonic()
        subprocess.run([f"{folder(bench, 'redis', 'plain')}/src/redis-benchmark", "-p", str(port), "-q", "-n",
                        str(requests), "-r", "20000", "-d", "64", "-c", "20", "-P", "4", "-t", TESTS],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
        wall = time.monotonic() - start
        control.sendall(b"SHUTDOWN NOSAVE\r\n")
        server.wait(timeout=60)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    return dict(bench.spawned(result, command), wall=wall)
