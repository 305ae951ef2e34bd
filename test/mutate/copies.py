"""Copies of the tree, each with a build of its own: faults are planted in it, and its tests run."""
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

MEMORY = 12 << 30  # more than that in use by all tests: this is a fault that allocates for ever
RESULT = re.compile(r"(PASS|FAIL|XFAIL|XPASS|UNRESOLVED|TIMEOUT|UNSUPPORTED|FLAKYPASS): \S+ :: (\S+) \(")


class Copy:
    """A copy of the tree, and its build."""

    def __init__(self, chosen, number):
        self.tree = os.path.join(chosen.scratch, str(number), "tree")
        self.build, self.threads = os.path.join(self.tree, "build"), max((os.cpu_count() or 1) // chosen.jobs, 1)
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CCACHE_BASEDIR": self.tree, "CCACHE_NOHASHDIR": "1"}
        self.copy(chosen.source)
        launchers = [f"-DCMAKE_{language}_COMPILER_LAUNCHER=ccache" for language in ("C", "CXX") if shutil.which("ccache")]
        # A warning about what is no longer used is not what notices a fault; any other is
        unused = "-DCMAKE_C_FLAGS=-Wno-error=unused -Wno-error=unused-parameter"
        self.ran(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", *launchers, unused, *chosen.cmake], check=True)
        self.ran(["ninja", "-C", self.build, f"-j{self.threads}"], check=True)
        self.objects, self.planted, self.stopped, self.running = self.hashes(), [], False, None
        self.suite = os.path.join(self.build, "test")
        self.lit = self.cached("ALLOCS_LIT")

    def copy(self, source):
        """Only what differs, so that little is built again; what is gone in the source goes here."""
        kept = set()
        for at, folders, names in os.walk(source):
            folders[:] = [f for f in folders if not f.startswith((".", "build"))]
            for path in (os.path.relpath(os.path.join(at, name), source) for name in names):
                theirs, ours = os.path.join(source, path), os.path.join(self.tree, path)
                kept.add(path)
                os.makedirs(os.path.dirname(ours), exist_ok=True)
                if not os.path.exists(ours) or open(theirs, "rb").read() != open(ours, "rb").read():
                    shutil.copy(theirs, ours)
        for at, folders, names in os.walk(self.tree):
            folders[:] = [f for f in folders if f != "build"]
            for path in (os.path.relpath(os.path.join(at, name), self.tree) for name in names):
                if path not in kept:
                    os.remove(os.path.join(self.tree, path))

    def ran(self, command, check=False):
        run = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if check and run.returncode:
            sys.exit(f"mutate: {' '.join(command)}\n{run.stdout[-4000:]}")
        return run

    def cached(self, name):
        with open(os.path.join(self.build, "CMakeCache.txt")) as file:
            return re.search(rf"^{name}:\w+=(.*)$", file.read(), re.M).group(1)

    def hashes(self):
        """Of the product's objects; what only checks is not the product."""
        found = {}
        for folder in ("runtime", "plugin", "typegen"):
            for at, _, names in os.walk(os.path.join(self.build, folder)):
                for path in (os.path.join(at, name) for name in names if name.endswith(".o") and "_checked" not in at):
                    with open(path, "rb") as file:
                        found[path] = hashlib.sha256(file.read()).digest()
        return found

    def plant(self, faults, originals):
        """Has these faults in the tree, and no others. originals: path -> text, of all files that may have one."""
        for path in {fault.path for fault in [*self.planted, *faults]}:
            lines = originals[path].split("\n")
            for fault in faults:
                if fault.path == path:
                    lines[fault.line - 1] = fault.after
            with open(os.path.join(self.tree, path), "w") as file:
                file.write("\n".join(lines))
        self.planted = list(faults)

    def builds(self):
        return not self.ran(["ninja", "-C", self.build, f"-j{self.threads}"]).returncode

    def stop(self):
        """Ends the tests under way: what is said of them then does not count."""
        self.stopped = True
        if self.running:
            end_session(self.running.pid, self.build)

    def digest(self):
        """Of the tree."""
        digest = hashlib.sha256()
        for at, folders, names in os.walk(self.tree):
            folders[:] = sorted(f for f in folders if f != "build")
            for name in sorted(names):
                with open(os.path.join(at, name), "rb") as file:
                    digest.update(file.read())
        return digest.hexdigest()

    def run_tests(self, names, times, threads=0, first_failure=True):
        """Runs them in this order. Returns which passed, and the one that failed or hung, if any, and how."""
        threads = threads or self.threads
        with open(os.path.join(self.suite, ".lit_test_times.txt"), "w") as file:
            # lit begins with what took longest
            file.writelines(f"{len(names) - i} {name}\n" for i, name in enumerate(names))
        if self.stopped:
            return [], names[0], "was not asked"
        command = [self.lit, "-v", f"-j{threads}", *["--max-failures=1"] * first_failure]
        lit = subprocess.Popen(command + [os.path.join(self.suite, name) for name in names], env=self.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
        self.running = lit
        watch = Watch(lit, names, times, threads, self.build)
        for line in lit.stdout:
            match = RESULT.match(line)
            if match:
                watch.finished(match.group(2), match.group(1))
        lit.wait()
        return watch.end()


class Watch:
    """Ends lit when it takes too long over a test, or too much memory."""

    def __init__(self, lit, names, times, threads, build):
        self.lit, self.open, self.times, self.threads, self.build = lit, list(names), times, threads, build
        self.last, self.why, self.passed, self.failed = time.monotonic(), None, [], []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def finished(self, name, outcome):
        self.last = time.monotonic()
        if name in self.open:
            self.open.remove(name)
        if outcome in ("PASS", "XFAIL", "FLAKYPASS"):
            self.passed.append(name)
        elif outcome != "UNSUPPORTED":
            self.failed.append(name)

    def look(self):
        while not self.over.wait(1):
            running = self.open[:self.threads + 1]
            allowed = 20 + 10 * max([self.times.get(name, 60) for name in running], default=6)
            if time.monotonic() - self.last > allowed:
                self.why = "hangs"
            elif memory_of(self.lit.pid) > MEMORY:
                self.why = "takes all memory"
            if self.why:
                end_session(self.lit.pid, self.build)
                return

    def end(self):
        self.over.set()
        self.thread.join()
        end_session(self.lit.pid, self.build)  # what a test left running
        if self.why:
            return self.passed, (self.open or ["?"])[0], self.why
        return self.passed, self.failed[0] if self.failed else None, "fails"


def processes():
    """pid, session, bytes in memory of each process there is."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            if fields[0] not in "ZX":
                yield int(pid), int(fields[3]), int(fields[21]) * 4096
        except OSError:
            pass  # it has ended


def works_in(pid, folder):
    try:
        return (os.readlink(f"/proc/{pid}/cwd") + "/").startswith(os.path.realpath(folder) + "/")
    except OSError:
        return False


def end_session(session, build):
    """Ends lit and all that its tests started: what has a process group of its own, as `timeout` makes them, is still of
    the session; what has a session of its own still works in the build's folder. Until there is none: they make others."""
    for _ in range(20):
        found = [pid for pid, theirs, _ in processes() if theirs == session or works_in(pid, build)]
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if not found:
            return
        time.sleep(0.02)


def memory_of(session):
    """Bytes in memory of a session's processes."""
    return sum(size for _, theirs, size in processes() if theirs == session)
