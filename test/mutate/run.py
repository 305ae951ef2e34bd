"""run.py SOURCE SCRATCH [options] [-- CMAKE-ARGUMENT ...]: plant faults, one at a time, and see whether the tests notice.

1. Copy SOURCE into SCRATCH, build it there, and run all tests once: how long each takes, and that it passes.
2. Take the next fault, build what it changes. What does not compile, what leaves each object of the product as it
   was, and what is in the list of those that are harmless, is not counted.
3. Run the tests that name the file, then those of its room, quickest first, until one fails, twice, or hangs.
4. Of what survived, plant several at once and run all other tests. Where one fails, find out by which of them."""
import argparse
import collections
import hashlib
import json
import os
import re
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True  # in the user's tree

import faults
import rooms
from copies import Copy

SLOW = 30  # times as long as half the tests take: what takes longer is asked last, and only of its own room
TOGETHER = 8  # survivors planted at once
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
    parser.add_argument("--times", metavar="FILE", help="the .lit_test_times.txt of a build whose tests all pass: no first run")
    parser.add_argument("--minutes", type=float, default=1e9, help="take no more faults after so many, but end with step 4")
    parser.add_argument("--json", help="where to write what was found (now mutate.json in the scratch folder)")
    own = sys.argv[1:]
    cmake = own[own.index("--") + 1:] if "--" in own else []
    chosen = parser.parse_args(own[:own.index("--")] if "--" in own else own)
    chosen.cmake, chosen.json = cmake, chosen.json or os.path.join(chosen.scratch, "mutate.json")
    return chosen


def times_in(path, wanted=lambda name: True):
    with open(path) as file:
        return {name: abs(float(seconds)) for seconds, name in map(str.split, file) if wanted(name)}


def baseline(copy, chosen):
    """name -> seconds of the tests that pass without a fault. Kept as long as the tree is the same."""
    listed = copy.ran([copy.lit, "--show-tests", copy.suite], check=True).stdout
    names = [name for name in re.findall(r":: (\S+)$", listed, re.M) if not re.match(rooms.NOT_ASKED, name)]
    if chosen.times:
        known = times_in(chosen.times)
        return {name: known.get(name, 1) for name in names}
    kept, tree = os.path.join(chosen.scratch, "baseline.json"), copy.digest()
    if os.path.exists(kept):
        with open(kept) as file:
            known = json.load(file)
        if known["tree"] == tree:
            return known["times"]
    passed, bad, how = copy.run_tests(names, {}, threads=os.cpu_count(), first_failure=False)
    times = times_in(os.path.join(copy.suite, ".lit_test_times.txt"), set(passed).__contains__)
    if bad:
        print(f"mutate: without any fault {bad} {how}, and is left out", flush=True)
    with open(kept, "w") as file:
        json.dump({"tree": tree, "times": times}, file)
    return times


class Asked:
    """Which tests are asked about a fault of a file: `own` of each, then `others` of what survived."""

    def __init__(self, times, tree, full):
        self.times, self.full, self.sound = times, full, set()
        self.slow = SLOW * sorted(times.values())[len(times) // 2]
        self.heads = {}
        for name in times:
            with open(os.path.join(tree, "test", name)) as file:
                self.heads[name] = file.read(2000)

    def own(self, path):
        room, order = re.compile(rooms.ROOMS.get(rooms.room_of(path), "$^")), []
        for name, seconds in list(self.times.items()):
            named = path in self.heads[name] or f'"{path.partition("/")[2]}"' in self.heads[name]
            group = 0 if named else 1 if room.match(name) else 2
            if group < 2 and seconds <= self.slow:
                order.append((group, seconds, name))
        return [name for *_, name in sorted(order)]

    def others(self, paths):
        asked = [set(self.own(path)) for path in paths]
        near = [re.compile(rooms.ROOMS.get(rooms.room_of(path), "$^")) for path in paths]
        names = [name for name, seconds in list(self.times.items())
                 if not all(name in own for own in asked) and
                 (seconds <= self.slow or self.full or any(room.match(name) for room in near))]
        return sorted(names, key=self.times.get)


def is_sound(copy, files, asked, test):
    """Whether it passes without a fault, as it must to notice one; so does what has passed with another. If so, that is
    not planted any more."""
    if test in asked.sound:
        return True
    planted = copy.planted
    copy.plant([], files)
    if copy.builds() and not copy.run_tests([test], asked.times)[1]:
        asked.sound.add(test)
        return True
    if not copy.stopped:
        print(f"mutate: {test} fails without any fault, and is not asked", flush=True)
        asked.times.pop(test, None)
    copy.plant(planted, files)
    copy.builds()
    return False


def first_failure(copy, files, names, asked, passed):
    """The first test that fails, or hangs, twice: by chance, on a busy machine, does not count. Adds to `passed`."""
    while names := [name for name in names if name not in passed and name in asked.times]:
        good, failed, how = copy.run_tests(names, asked.times)
        passed.update(good)
        asked.sound.update(good)
        if not failed:
            return None, ""
        if (how != "fails" or copy.run_tests([failed], asked.times)[1]) and is_sound(copy, files, asked, failed):
            return failed, how
        passed.add(failed)
    return None, ""


class Run:
    """The faults, taken by several workers, and what became of them."""

    def __init__(self, chosen):
        self.chosen, self.lock, self.results, self.widened = chosen, threading.Lock(), [], 0
        self.files = faults.sources(chosen.source)
        self.harmless = faults.harmless(chosen.source, self.files)
        self.known = self.load() if chosen.resume or chosen.again else {}
        self.end = time.monotonic() + 60 * chosen.minutes
        wanted = [w for w in chosen.rooms.split(",") if w]
        if chosen.only:
            path, line = chosen.only.rsplit(":", 1)
            self.faults = iter([f for f in faults.faults_of(path, self.files[path]) if f.line == int(line)])
        else:
            self.faults = faults.sequence({path: text for path, text in self.files.items()
                                           if not wanted or any(path.startswith(w) for w in wanted)}, chosen.seed)

    def load(self):
        if not os.path.exists(self.chosen.json):
            return {}
        with open(self.chosen.json) as file:
            known = json.load(file)["faults"]
        # Lines move; what is on them need not
        return {(k["path"], k["kind"], k["before"], k["after"]): k for k in known
                if not (self.chosen.again and k["outcome"] == "survived")}

    def counted(self):
        return sum(r["outcome"] in COUNTED for r in self.results)

    def next(self):
        """The next fault not known yet; None when there are enough."""
        with self.lock:
            for fault in self.faults:
                if not self.chosen.only and self.counted() >= self.chosen.count:
                    return None
                kept = self.known.get((fault.path, fault.kind, fault.before, fault.after))
                if faults.key_of(fault) in self.harmless:
                    self.put(fault, "harmless")
                elif kept and kept["outcome"] != "harmless":
                    self.results.append({**kept, "line": fault.line})
                else:
                    return fault if time.monotonic() <= self.end else None
            return None

    def put(self, fault, outcome, by="", seconds=0.0):
        self.results.append({**fault._asdict(), "room": rooms.room_of(fault.path), "outcome": outcome, "by": by,
                             "seconds": round(seconds, 1)})
        print(f"{self.counted():4} {fault.path}:{fault.line} {fault.kind}: {outcome}{by and ' by ' + by}", flush=True)
        self.save()

    def save(self):
        with open(self.chosen.json + ".part", "w") as file:
            json.dump({"seed": self.chosen.seed, "faults": self.results}, file, indent=1)
        os.replace(self.chosen.json + ".part", self.chosen.json)

    def work(self, copy, asked):
        while fault := self.next():
            begin, by = time.monotonic(), ""
            copy.plant([fault], self.files)
            if not copy.builds():
                outcome = "does not compile"
            elif copy.hashes() == copy.objects:
                outcome = "changes nothing"
            else:
                failed, how = first_failure(copy, self.files, asked.own(fault.path), asked, set())
                outcome, by = ("noticed", f"{failed} {how}") if failed else ("survived", "")
            with self.lock:
                self.put(fault, outcome, by, time.monotonic() - begin)

    def survivors(self):
        """Some that were not asked about widely yet, no two of one file."""
        with self.lock:
            taken = {}
            for r in self.results:
                if r["outcome"] == "survived" and not r.get("widely") and len(taken) < TOGETHER:
                    taken.setdefault(r["path"], r)
            for r in taken.values():
                r["widely"] = True
            return list(taken.values())

    def widen(self, copy, asked):
        while rest := self.survivors():
            names, passed = asked.others({r["path"] for r in rest}), set()
            while rest:
                copy.plant([self.fault_of(r) for r in rest], self.files)
                if not copy.builds():
                    print("mutate: these do not compile together", flush=True)
                    break
                failed, how = first_failure(copy, self.files, names, asked, passed)
                if not failed:
                    break
                noticed = [r for r in rest if self.is_noticed(copy, asked, r, failed)]
                with self.lock:
                    for r in noticed:
                        r["outcome"], r["by"] = "noticed", f"{failed} {how}"
                        print(f"     {r['path']}:{r['line']} {r['kind']}: noticed by {failed}", flush=True)
                    self.save()
                rest = [r for r in rest if r not in noticed]
                if not noticed:
                    passed.add(failed)  # only together

    def is_noticed(self, copy, asked, result, test):
        copy.plant([self.fault_of(result)], self.files)
        return copy.builds() and first_failure(copy, self.files, [test], asked, set())[0] is not None

    @staticmethod
    def fault_of(result):
        return faults.Fault(*(result[name] for name in faults.Fault._fields))

    def report(self):
        print("\nSurvivors\n")
        for r in sorted(self.results, key=lambda r: (r["path"], r["line"])):
            if r["outcome"] == "survived":
                print(f"{r['path']}:{r['line']} {r['kind']}\n  - {r['before'].strip()}\n  + {r['after'].strip()}")
        by_room = collections.defaultdict(collections.Counter)
        for r in self.results:
            for room in (r["room"], "all"):
                by_room[room][r["outcome"]] += 1
        print("\nroom                   counted   noticed   score  harmless  the same   no code")
        for room, c in sorted(by_room.items(), key=lambda pair: (pair[0] == "all", pair[0])):
            noticed, n = c["noticed"], c["noticed"] + c["survived"]
            score = f"{100 * noticed / n:.0f} %" if n else "-"
            print(f"{room:20}{n:10}{noticed:10}{score:>8}{c['harmless']:10}{c['changes nothing']:10}{c['does not compile']:10}")


def in_each(copies, work, *args):
    workers = [threading.Thread(target=work, args=(copy, *args), daemon=True) for copy in copies]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left running
    os.makedirs(chosen.scratch, exist_ok=True)
    run = Run(chosen)
    copies = [Copy(chosen, number) for number in range(chosen.jobs)]
    asked = Asked(baseline(copies[0], chosen), copies[0].tree, chosen.full)
    print(f"mutate: {len(asked.times)} tests of {sum(asked.times.values()):.0f} s; seed {chosen.seed}", flush=True)
    try:
        in_each(copies, run.work, asked)
        in_each(copies, run.widen, asked)
    except KeyboardInterrupt:
        for copy in copies:
            copy.stop()
    run.save()
    run.report()


main()
