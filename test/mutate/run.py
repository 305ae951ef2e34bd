"""run.py SOURCE SCRATCH [options] [-- CMAKE-ARGUMENT ...]: plant faults, one at a time, and see whether the tests notice.

1. Copy SOURCE into SCRATCH, build it there, and run all tests once: how long each takes, and that it passes.
2. Take the next fault, build what it changes. What does not compile, and what leaves each object of the product as it
   was, is not counted.
3. Run the tests, first those of the file, then of the room, then of the others, quickest first, until one fails, twice,
   or hangs.
4. Put the line back."""
import argparse
import collections
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True  # in the user's tree

import faults
import rooms

SLOW = 1  # times as long as half the tests take: a test of another room that takes longer is not asked
MEMORY = 6 << 30  # more than that in use by all tests: this is a fault that allocates for ever
RESULT = re.compile(r"(PASS|FAIL|XFAIL|XPASS|UNRESOLVED|TIMEOUT|UNSUPPORTED|FLAKYPASS): \S+ :: (\S+) \(")
COUNTED = ("noticed", "survived")


def options():
    parser = argparse.ArgumentParser(prog="cmake/bootstrap mutate", usage="%(prog)s [options]")
    parser.add_argument("source", help=argparse.SUPPRESS)
    parser.add_argument("scratch", help=argparse.SUPPRESS)
    parser.add_argument("--seed", default="1", help="another seed, other faults (now 1)")
    parser.add_argument("--count", type=int, default=160, help="so many that compile and change something (now 160)")
    parser.add_argument("--rooms", default="", help="only these: runtime/heap,plugin,typegen/cname.c")
    parser.add_argument("--only", metavar="FILE:LINE", help="all faults of one line")
    parser.add_argument("--resume", action="store_true", help="keep what the last run found, and go on")
    parser.add_argument("--again", action="store_true", help="as --resume, but try the survivors once more")
    parser.add_argument("--full", action="store_true", help="ask slow tests of other rooms too")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once, each in its own copy (now 1)")
    parser.add_argument("--json", help="where to write what was found (now mutate.json in the scratch folder)")
    own = sys.argv[1:]
    cmake = own[own.index("--") + 1:] if "--" in own else []
    chosen = parser.parse_args(own[:own.index("--")] if "--" in own else own)
    chosen.cmake, chosen.json = cmake, chosen.json or os.path.join(chosen.scratch, "mutate.json")
    return chosen


def sources(root, wanted):
    """path -> text of the sources of the product, or of the rooms that are wanted."""
    found = {}
    for folder in ("runtime", "plugin", "typegen"):
        for at, _, names in os.walk(os.path.join(root, folder)):
            for name in names:
                path = os.path.relpath(os.path.join(at, name), root)
                if name.endswith((".c", ".h", ".cpp")) and (not wanted or any(path.startswith(w) for w in wanted)):
                    with open(os.path.join(root, path)) as file:
                        found[path] = file.read()
    return found


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
        self.objects = self.hashes()
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

    def write(self, path, text):
        with open(os.path.join(self.tree, path), "w") as file:
            file.write(text)

    def run_tests(self, names, times, threads=0, first_failure=True):
        """Runs them in this order. Returns which passed, and the one that failed or hung, if any, and how."""
        threads = threads or self.threads
        with open(os.path.join(self.suite, ".lit_test_times.txt"), "w") as file:
            # lit begins with what took longest
            file.writelines(f"{len(names) - i} {name}\n" for i, name in enumerate(names))
        command = [self.lit, "-v", f"-j{threads}", *["--max-failures=1"] * first_failure]
        lit = subprocess.Popen(command + [os.path.join(self.suite, name) for name in names], env=self.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
        watch = Watch(lit, names, times, threads)
        for line in lit.stdout:
            match = RESULT.match(line)
            if match:
                watch.finished(match.group(2), match.group(1))
        lit.wait()
        return watch.end()


class Watch:
    """Ends lit when it takes too long over a test, or too much memory."""

    def __init__(self, lit, names, times, threads):
        self.lit, self.open, self.times, self.threads = lit, list(names), times, threads
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
                os.killpg(self.lit.pid, signal.SIGKILL)
                return

    def end(self):
        self.over.set()
        self.thread.join()
        try:
            os.killpg(self.lit.pid, signal.SIGKILL)  # what a test left running
        except ProcessLookupError:
            pass
        if self.why:
            return self.passed, (self.open or ["?"])[0], self.why
        return self.passed, self.failed[0] if self.failed else None, "fails"


def memory_of(group):
    """Bytes in memory of a group of processes."""
    total = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            total += int(fields[21]) * 4096 if int(fields[2]) == group else 0
        except OSError:
            pass
    return total


def baseline(copy, scratch):
    """name -> seconds of the tests that pass without a fault. Kept as long as the tree is the same."""
    digest = hashlib.sha256()
    for at, folders, names in os.walk(copy.tree):
        folders[:] = sorted(f for f in folders if f != "build")
        for name in sorted(names):
            with open(os.path.join(at, name), "rb") as file:
                digest.update(file.read())
    kept = os.path.join(scratch, "baseline.json")
    if os.path.exists(kept):
        with open(kept) as file:
            known = json.load(file)
        if known["tree"] == digest.hexdigest():
            return known["times"]
    listed = copy.ran([copy.lit, "--show-tests", copy.suite], check=True).stdout
    names = [name for name in re.findall(r":: (\S+)$", listed, re.M) if not re.match(rooms.NOT_ASKED, name)]
    passed, bad, _ = copy.run_tests(names, {}, threads=os.cpu_count(), first_failure=False)
    with open(os.path.join(copy.suite, ".lit_test_times.txt")) as file:
        times = {name: abs(float(t)) for t, name in (line.split() for line in file) if name in passed}
    if bad:
        print(f"mutate: without any fault {bad} fails, and is left out", flush=True)
    with open(kept, "w") as file:
        json.dump({"tree": digest.hexdigest(), "times": times}, file)
    return times


def tests_for(path, times, tree, full):
    """The tests to run for a fault in a file, in order."""
    room, order = re.compile(rooms.ROOMS.get(rooms.room_of(path), "$^")), []
    slow = SLOW * sorted(times.values())[len(times) // 2]
    for name, seconds in times.items():
        with open(os.path.join(tree, "test", name)) as file:
            group = 0 if path in file.read(2000) else 1 if room.match(name) else 2
        if group < 2 or seconds <= slow or full:
            order.append((seconds > slow, group, seconds, name))
    return [name for *_, name in sorted(order)]


def attempt(copy, fault, original, times, full):
    """Plants one fault. Returns what became of it, and which test said so."""
    lines = original.split("\n")
    lines[fault.line - 1] = fault.after
    copy.write(fault.path, "\n".join(lines))
    try:
        if copy.ran(["ninja", "-C", copy.build, f"-j{copy.threads}"]).returncode:
            return "does not compile", ""
        if copy.hashes() == copy.objects:
            return "changes nothing", ""
        names = tests_for(fault.path, times, copy.tree, full)
        while names:
            passed, failed, how = copy.run_tests(names, times)
            if not failed:
                return "survived", ""
            # By chance, on a busy machine? Then it does not count.
            if how != "fails" or copy.run_tests([failed], times)[1]:
                return "noticed", f"{failed} {how}"
            names = [name for name in names if name != failed and name not in passed]
        return "survived", ""
    finally:
        copy.write(fault.path, original)


class Run:
    """The faults, taken by several workers, and what became of them."""

    def __init__(self, chosen):
        self.chosen, self.lock, self.results = chosen, threading.Lock(), []
        self.files = sources(chosen.source, [w for w in chosen.rooms.split(",") if w])
        self.known = self.load() if chosen.resume or chosen.again else {}
        if chosen.only:
            path, line = chosen.only.rsplit(":", 1)
            self.faults = iter([f for f in faults.faults_of(path, self.files[path]) if f.line == int(line)])
        else:
            self.faults = faults.sequence(self.files, chosen.seed)

    def load(self):
        if not os.path.exists(self.chosen.json):
            return {}
        with open(self.chosen.json) as file:
            known = json.load(file)["faults"]
        return {tuple(k[n] for n in faults.Fault._fields): k for k in known
                if not (self.chosen.again and k["outcome"] == "survived")}

    def counted(self):
        return sum(r["outcome"] in COUNTED for r in self.results)

    def next(self):
        """The next fault not known yet; None when there are enough."""
        with self.lock:
            for fault in self.faults:
                if not self.chosen.only and self.counted() >= self.chosen.count:
                    return None
                if tuple(fault) not in self.known:
                    return fault
                self.results.append(self.known[tuple(fault)])
            return None

    def add(self, fault, outcome, by, seconds):
        with self.lock:
            self.results.append({**fault._asdict(), "room": rooms.room_of(fault.path), "outcome": outcome, "by": by,
                                 "seconds": round(seconds, 1)})
            print(f"{self.counted():4} {fault.path}:{fault.line} {fault.kind}: {outcome}{by and ' by ' + by}", flush=True)
            with open(self.chosen.json + ".part", "w") as file:
                json.dump({"seed": self.chosen.seed, "faults": self.results}, file, indent=1)
            os.replace(self.chosen.json + ".part", self.chosen.json)

    def work(self, copy, times):
        while fault := self.next():
            begin = time.monotonic()
            outcome, by = attempt(copy, fault, self.files[fault.path], times, self.chosen.full)
            self.add(fault, outcome, by, time.monotonic() - begin)

    def report(self):
        print("\nSurvivors\n")
        for r in sorted(self.results, key=lambda r: (r["path"], r["line"])):
            if r["outcome"] == "survived":
                print(f"{r['path']}:{r['line']} {r['kind']}\n  - {r['before'].strip()}\n  + {r['after'].strip()}")
        by_room = collections.defaultdict(collections.Counter)
        for r in self.results:
            for room in (r["room"], "all"):
                by_room[room][r["outcome"]] += 1
        print("\nroom                   counted   noticed   score  the same   no code")
        for room, c in sorted(by_room.items(), key=lambda pair: (pair[0] == "all", pair[0])):
            noticed, n = c["noticed"], c["noticed"] + c["survived"]
            score = f"{100 * noticed / n:.0f} %" if n else "-"
            print(f"{room:20}{n:10}{noticed:10}{score:>8}{c['changes nothing']:10}{c['does not compile']:10}")


def main():
    chosen = options()
    os.makedirs(chosen.scratch, exist_ok=True)
    run = Run(chosen)
    copies = [Copy(chosen, number) for number in range(chosen.jobs)]
    times = baseline(copies[0], chosen.scratch)
    print(f"mutate: {len(times)} tests of {sum(times.values()):.0f} s; seed {chosen.seed}", flush=True)
    workers = [threading.Thread(target=run.work, args=(copy, times)) for copy in copies]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            worker.join()
    except KeyboardInterrupt:
        run.faults = iter(())  # those under way are ended
        for worker in workers:
            worker.join()
    run.report()


main()
