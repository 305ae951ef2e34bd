# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""systems.py [--suites bookworm,trixie] [--versions 19,17] [--tests REGEX] SOURCE DIR: does on bare Debian systems what README.md
says, and prints one table.

Each system is made by debootstrap in DIR, once, from where the machine's own packages come from; it is tried in a copy, in
namespaces of its own. With LLVM 19, README's first commands are run as they stand, with each other LLVM from 16 to 22 that the
system has, as many of them with --llvm; of one that it has not, that bootstrap says so. --tests runs only these. For root."""
import argparse
import os
import re
import shutil
import subprocess
import sys

VERSIONS = range(16, 23)
USUAL = 19
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
INSIDE = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" /usr/bin/env -i "$@"'


def archives(suite):
    """Where this machine's Debian comes from, for another release: (URI, suite, component)."""
    own = re.search(r"VERSION_CODENAME=(\w+)", open("/etc/os-release").read())[1]
    lists = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"],
                           capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in lists.splitlines()]
    found = [(uri, suite + name[len(own):], part) for uri, name, part in rows if re.fullmatch(f"{own}(-updates|-security)?", name)]
    if not any(name == suite for _, name, _ in found):
        raise SystemExit("systems.py: this machine's packages do not come from an archive of Debian")
    return found


def make(suite, folder):
    """A bare system as it is installed."""
    bare = f"{folder}/{suite}"
    if os.path.exists(f"{bare}.made"):
        return bare
    rows = archives(suite)
    shutil.rmtree(bare, ignore_errors=True)
    uri = next(uri for uri, name, _ in rows if name == suite)
    subprocess.run(["debootstrap", "--variant=minbase", suite, bare, uri], check=True, stdout=subprocess.DEVNULL)
    with open(f"{bare}/etc/apt/sources.list", "w") as out:
        out.writelines(f"deb {' '.join(row)}\n" for row in rows)
    open(f"{bare}.made", "w").close()
    return bare


class System:
    """A copy of a bare one, with the sources in it."""

    def __init__(self, suite, source, folder):
        self.suite, self.folder, self.root = suite, folder, f"{folder}/{suite}.tried"
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "-a", make(suite, folder), self.root], check=True)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", f"{self.root}/etc/{name}")
        files = subprocess.run(["git", "-C", source, "ls-files", "-z"], capture_output=True, check=True).stdout
        os.mkdir(f"{self.root}/allocs")
        packed = subprocess.run(["tar", "-C", source, "-c", "--null", "-T", "-"], input=files, stdout=subprocess.PIPE, check=True)
        subprocess.run(["tar", "-C", f"{self.root}/allocs", "-x"], input=packed.stdout, check=True)
        self.run("apt-get update", "lists")

    def run(self, command, name, **environment):
        """Status and last line."""
        given = [f"{key}={value}" for key, value in {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **environment}.items()]
        log = f"{self.folder}/{self.suite}-{name}.log"
        with open(log, "w") as out:
            done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", INSIDE, self.root, *given,
                                   "sh", "-c", f"cd /allocs && {command}"], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        lines = open(log, errors="replace").read().split("\n")
        return done.returncode, next((line for line in reversed(lines) if line.strip()), "")

    def versions(self):
        self.run("apt-cache search --names-only '^clang-[0-9]+$'", "lists")
        return [int(n) for n in re.findall(r"^clang-(\d+) ", open(f"{self.folder}/{self.suite}-lists.log").read(), re.M)]


def try_system(system, commands, wanted, tests):
    there, failed = system.versions(), False
    for version in wanted:
        for command in commands:
            words = command.replace("bootstrap", f"bootstrap --llvm {version}") if version != USUAL else command
            status, last = system.run(words, f"{version}-{command.split()[-1]}", **({"LIT_FILTER": tests} if tests else {}))
            is_right = status == 0 if version in there else status == 1 and f"clang-{version}" in open(
                f"{system.folder}/{system.suite}-{version}-{command.split()[-1]}.log").read()
            failed |= not is_right
            outcome = last.strip() if version in there else "refused: it has none"
            print(f"| {system.suite} | {words} | {outcome if is_right else 'FAILED: ' + last.strip()} |", flush=True)
            if version not in there:
                break
    return failed


def main():
    parser = argparse.ArgumentParser(prog="cmake/bootstrap systems", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--suites", default="bookworm,trixie")
    parser.add_argument("--versions", default=",".join(map(str, [USUAL] + [n for n in VERSIONS if n != USUAL])))
    parser.add_argument("--tests", default="")
    parser.add_argument("source")
    parser.add_argument("folder")
    given = parser.parse_args()
    os.makedirs(given.folder, exist_ok=True)
    block = re.search(r"^```sh\n(.*?)^```", open(f"{given.source}/README.md").read(), re.M | re.S)[1]
    commands = [line.split("#")[0].strip() for line in block.splitlines()]
    failed = False
    print("| system | command | outcome |\n|---|---|---|", flush=True)
    for suite in given.suites.split(","):
        failed |= try_system(System(suite, given.source, given.folder), commands, [int(n) for n in given.versions.split(",")], given.tests)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
