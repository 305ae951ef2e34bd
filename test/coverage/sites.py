# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""sites.py [--document FILE] [--compiler gcc] [--level -O2] [--projects zlib,lua5.4,sqlite3,redis] BUILD: how many of the sites that the plugin
gives a type have that type in a program that was not compiled with it, by way of allocscc --sites-only and typegen --sites; and whether
each has the type that the plugin's own tables have at that place."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f"{os.path.dirname(here)}/real")
import document
import sources

HOOKED = set(re.findall(r"^ALLOCS_GIVES\((\w+), [A-Z]", open(f"{here}/../../include/allocs/hooked.def").read(), re.M))

# Of each project: how it is built, and what of.
PROJECTS = {
    "zlib": ("./configure --static && make", ["example", "minigzip"]),
    "lua5.4": ("echo '#define DEB_HOST_MULTIARCH \"\"' > src/lua5.4-deb-multiarch.h && "
               "$CC -DLUA_USE_LINUX -o lua $(ls src/*.c | grep -v luac.c) -lm -ldl", ["lua"]),
    "sqlite3": ("./configure --disable-tcl --disable-readline --disable-shared && make sqlite3.c shell.c && "
                "$CC -I. -c sqlite3.c && $CC -I. -o sqlite3 shell.c sqlite3.o -lm -ldl", ["sqlite3"]),
    "redis": ('make -j2 -C deps hiredis linenoise lua hdr_histogram CC="$CC" && make -j2 -C src MALLOC=libc OPTIMIZATION= '
              'DEBUG= USE_SYSTEMD=no CC="$CC" redis-server redis-cli', ["src/redis-server", "src/redis-cli"]),
}


class Build:
    def __init__(self, build, compiler, level):
        self.build, self.out = build, f"{build}/coverage/sites"
        flags = f"-g {level} -w -Wl,--build-id"
        self.compilers = {"other": f"{compiler} \"$@\" {flags}", "plugin": f"{build}/bin/allocscc \"$@\" {flags}",
                          "sites": f"{build}/bin/allocscc --sites-only \"$@\" {flags}"}

    def run(self, project, which):
        """The folder of the program, compiled so."""
        cwd = f"{self.out}/{which}/{project}"
        shutil.rmtree(cwd, ignore_errors=True)
        shutil.copytree(f"{self.build}/real-sources/{project}", cwd, symlinks=True)
        with open(f"{cwd}.cc", "w") as script:
            script.write(f"#!/bin/sh\nexec {self.compilers[which]}\n")
        os.chmod(f"{cwd}.cc", 0o755)
        shutil.rmtree(f"{cwd}.sites", ignore_errors=True)
        with open(f"{cwd}.out", "w") as output:
            subprocess.run(PROJECTS[project][0], cwd=cwd, shell=True, stdout=output, stderr=output, check=True,
                           env=dict(os.environ, CC=f"{cwd}.cc", ALLOCS_SITES=f"{cwd}.sites"))
        return cwd

    def sites(self, file):
        """{place: its sites}"""
        text = subprocess.run([f"{self.build}/bin/typegen", "--json", file], check=True, capture_output=True, text=True)
        found = {}
        for site in json.loads(text.stdout)[0]["sites"]:
            place = os.path.basename(site["file"]), site["line"], site["column"], site["callee"], site["function"]
            found.setdefault(place, []).append(site)
        return found


def are_same(ours, theirs):
    return ours["type"] == theirs["type"] and (ours["shape"] == theirs["shape"] or ours["shape"] == "exact")


def is_left(folder, place):
    """Whether the source says of a site that it is a wrapper's, which its callers know the type of."""
    name, line, column, callee, function = place
    said = f"site {line} {column} {function} {callee} unknown "
    return any(text.startswith(said) and not text.startswith(f"{said}none ") for file in os.scandir(folder) if
               file.name.startswith(os.path.splitext(name)[0]) for text in open(file.path))


def compare(build, other, plugin, sites, program):
    """Sites that the plugin has a type of, but for those left to callers; those told; those told otherwise."""
    subprocess.run([f"{build.build}/bin/typegen", f"{other}/{program}", "--sites", f"{sites}.sites", "-o", f"{other}/meta"],
                   check=True)
    ours, theirs = build.sites(f"{other}/meta"), build.sites(f"{plugin}/{program}")
    typed = {place: all_of for place, all_of in theirs.items()
             if place[3] in HOOKED and all(site["shape"] != "unknown" for site in all_of)}
    left = {place for place in set(typed) - set(ours) if is_left(f"{sites}.sites", place)}
    for place in left:
        del typed[place]
        print("  left to who calls the wrapper:", *place)
    for place in sorted(set(typed) - set(ours)):
        print("  not told:", *place, typed[place][0]["shape"], typed[place][0]["rule"], typed[place][0]["c"])
    wrong = [place for place, all_of in ours.items() for site in all_of
             if place in theirs and not any(are_same(site, other) for other in theirs[place])]
    for place in wrong:
        print("  told otherwise:", *place, ours[place][0]["c"], "for", theirs[place][0]["c"])
    return len(typed), len(set(typed) & set(ours)), len(set(wrong)), len(set(ours) - set(theirs))


def main(arguments):
    parser = argparse.ArgumentParser(prog="cmake/bootstrap coverage --sites")
    parser.add_argument("--projects", default=",".join(PROJECTS))
    parser.add_argument("--compiler", default="gcc")
    parser.add_argument("--level", default="-O2")
    parser.add_argument("--document", metavar="FILE", help="also write the table between the markers of FILE")
    parser.add_argument("build", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    build = Build(os.path.abspath(chosen.build), chosen.compiler, chosen.level)
    found, missing = sources.fetch(chosen.projects.split(","), f"{build.build}/real-sources")
    for project, why in missing.items():
        print(f"coverage: not {project}: {why}")
    rows = ["| program | sites with a type | told | | told otherwise | of others |", "|---|--:|--:|--:|--:|--:|"]
    failed = False
    for project in found:
        try:
            other, plugin, sites = (build.run(project, which) for which in ("other", "plugin", "sites"))
            for program in PROJECTS[project][1]:
                n, told, wrong, others = compare(build, other, plugin, sites, program)
                rows.append(f"| {os.path.basename(program)} | {n} | {told} | {f'{100 * told / n:.1f} %' if n else '-'} | {wrong} | {others} |")
                print(rows[-1], flush=True)
                failed |= wrong > 0
        except (OSError, subprocess.SubprocessError) as error:
            print(f"coverage: not {project}: {error}; see {build.out}")
            failed = True
    print("\n".join(rows))
    if chosen.document:
        document.put(chosen.document, "sites", "\n".join(rows))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
