# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Debian source packages, fetched with a private apt configuration: the machine's own lists stay as they are.

fetch(packages, cache) -> {package: unpacked folder}; raises Unavailable with the reason.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile


class Unavailable(Exception):
    pass


def _one_line_entries(text):
    """`deb [options] URI suite components` of sources.list, as deb-src lines."""
    for line in text.splitlines():
        if re.match(r"\s*deb(-src)?\s", line):
            yield re.sub(r"^\s*deb(-src)?\s+", "deb-src ", line.split("#")[0].rstrip())


def _deb822_entries(text):
    """The same of a .sources file: paragraphs of `Key: value`, where a value goes on in indented lines."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for paragraph in re.split(r"\n\s*\n", text):
        fields = {key.lower(): value.split() for key, value in
                  re.findall(r"^([\w-]+):((?:.*)(?:\n[ \t].*)*)", paragraph, re.MULTILINE)}
        if "no" in fields.get("enabled", []) or not {"deb", "deb-src"} & set(fields.get("types", [])):
            continue
        key = fields.get("signed-by", [])
        options = f"[signed-by={key[0]}] " if len(key) == 1 else ""
        for uri in fields.get("uris", []):
            for suite in fields.get("suites", []):
                yield f"deb-src {options}{uri} {suite} {' '.join(fields.get('components', []))}"


def source_lines(etc="/etc/apt"):
    """deb-src lines for what the machine's deb lines name."""
    lines = []
    for path in [f"{etc}/sources.list"] + sorted(glob.glob(f"{etc}/sources.list.d/*")):
        if not os.path.isfile(path):
            continue
        with open(path, errors="replace") as file:
            text = file.read()
        if path.endswith(".list"):
            lines += _one_line_entries(text)
        elif path.endswith(".sources"):
            lines += _deb822_entries(text)
    return list(dict.fromkeys(lines))


def _apt(state, *arguments, cwd):
    options = {
        "Dir::Etc::sourcelist": f"{state}/sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": f"{state}/lists",
        "Dir::Cache": f"{state}/cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "1",
        "Acquire::http::Timeout": "20",
        "Acquire::https::Timeout": "20",
    }
    command = ["apt-get", "-q"] + [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    done = subprocess.run(command + list(arguments), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=600)
    return done.returncode, done.stdout


def _download(packages, cache):
    with tempfile.TemporaryDirectory() as state:
        os.makedirs(f"{state}/lists/partial")
        os.makedirs(f"{state}/cache/archives/partial")
        lines = source_lines()
        if not lines:
            raise Unavailable("apt's lists name no archive")
        with open(f"{state}/sources.list", "w") as file:
            file.write("\n".join(lines) + "\n")
        _, log = _apt(state, "update", cwd=state)
        for package in packages:
            part = f"{cache}/{package}.part"
            shutil.rmtree(part, ignore_errors=True)
            os.makedirs(part)
            code, more = _apt(state, "source", "--download-only", package, cwd=part)
            descriptions = glob.glob(f"{part}/*.dsc")
            if code or not descriptions:
                raise Unavailable(f"apt-get source {package}: " + ((log + more).strip().splitlines() or ["no answer"])[-1])
            subprocess.run(["dpkg-source", "--no-check", "-x", descriptions[0], f"{part}/source"], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            os.rename(f"{part}/source", f"{cache}/{package}")
            shutil.rmtree(part)


def fetch(packages, cache):
    missing = [package for package in packages if not os.path.isdir(f"{cache}/{package}")]
    for program in ("apt-get", "dpkg-source"):
        if missing and not shutil.which(program):
            raise Unavailable(f"there is no {program}")
    if missing:
        try:
            _download(missing, cache)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(str(error))
    return {package: f"{cache}/{package}" for package in packages}
