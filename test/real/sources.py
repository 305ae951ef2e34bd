# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
"""Debian source packages, fetched with a private apt configuration: the machine's own lists stay as they are.

fetch(packages, cache) -> (packages that are unpacked in the folder `cache`, {package: why it cannot be had}).
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


def _first_error(log):
    lines = log.strip().splitlines()
    return next((line for line in lines if line.startswith("E: ")), lines[-1] if lines else "no answer")


def _unpack(state, package, cache):
    part = f"{cache}/{package}.part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    code, log = _apt(state, "source", "--download-only", package, cwd=part)
    descriptions = glob.glob(f"{part}/*.dsc")
    if code or not descriptions:
        raise Unavailable(f"apt-get source {package}: {_first_error(log)}")
    subprocess.run(["dpkg-source", "--no-check", "-x", descriptions[0], f"{part}/source"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.rename(f"{part}/source", f"{cache}/{package}")
    shutil.rmtree(part)


def _download(packages, cache):
    """{package: why not} for those that could not be fetched."""
    missing = {}
    with tempfile.TemporaryDirectory() as state:
        os.makedirs(f"{state}/lists/partial")
        os.makedirs(f"{state}/cache/archives/partial")
        with open(f"{state}/sources.list", "w") as file:
            file.write("\n".join(source_lines()) + "\n")
        code, log = _apt(state, "update", cwd=state)
        for package in packages:
            try:
                _unpack(state, package, cache)
            except (Unavailable, OSError, subprocess.SubprocessError) as error:
                missing[package] = _first_error(log) if code else str(error)
    return missing


def fetch(packages, cache):
    wanted = [package for package in packages if not os.path.isdir(f"{cache}/{package}")]
    missing = {}
    if wanted and not (shutil.which("apt-get") and shutil.which("dpkg-source")):
        missing = dict.fromkeys(wanted, "there is no apt-get or no dpkg-source")
    elif wanted:
        try:
            missing = _download(wanted, cache)
        except (OSError, subprocess.SubprocessError) as error:
            missing = dict.fromkeys(wanted, str(error))
    return [package for package in packages if package not in missing], missing
