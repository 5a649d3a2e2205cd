#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The layers lint (clang-format, shellcheck) and tidy (clang-tidy) of ./x550 test, one test a file.

  lint.py list      names of the tests
  lint.py objects   what ninja has to compile first, so that it knows each file's headers
  lint.py run       runs them and leaves "tests failures skipped" in RESULTS/LAYER.sum

A file that passed clang-tidy is not checked again before something changes that the answer depends
on: clang-tidy, its configuration, the command line, the file or a header of the project. Headers of
the system count by their path only: installing another version of a library is not noticed.
"""
import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading
import time
import typing

# GCC's options that clang takes for errors, by how they begin.
GCC_ONLY = ("-mmemset-strategy=",)
# What the compiler writes is of no use here.
OUTPUT_OPTIONS = {"-MD": 1, "-c": 1, "-MQ": 2, "-MF": 2, "-o": 2}
# clang cannot read GCC's precompiled headers, and each file has to name what it uses.
PRECOMPILED = re.compile(r"_pch\.h$")
# A passed check that nobody asked for in this time is forgotten.
KEEP_SECONDS = 60 * 24 * 3600


@dataclasses.dataclass
class Test:
    name: str
    check: typing.Callable[[], str]  # what was found; empty if nothing


# ---- files -------------------------------------------------------------------------------------


def walked_files(root):
    """Without git: everything but hidden folders and build folders."""
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f != ".git" and not f.startswith("build")]
        yield from (os.path.relpath(os.path.join(folder, name), root) for name in names)


def source_files(root):
    git = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True)
    names = git.stdout.split("\0") if git.returncode == 0 else walked_files(root)
    return sorted(name for name in names if name and os.path.isfile(os.path.join(root, name)))


def is_formatted(name):
    return name.endswith((".h", ".cc")) and not name.startswith("hw/qemu/")


def is_shell(root, name):
    if name.endswith(".sh"):
        return True
    with open(os.path.join(root, name), "rb") as file:
        return re.match(rb"#!.*\b(ba|da)?sh\b", file.readline(80)) is not None


def output_of(command, folder):
    done = subprocess.run(command, cwd=folder, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def findings_of(command, folder):
    status, output = output_of(command, folder)
    return (output.strip() or f"exit status {status}") if status else ""


def file_tests(root):
    for name in source_files(root):
        if is_formatted(name):
            command = ["clang-format", "--dry-run", "--Werror", name]
            yield Test(f"Format.{name}", lambda c=command: findings_of(c, root))
        elif is_shell(root, name):
            command = ["shellcheck", "--external-sources", name]
            yield Test(f"Shell.{name}", lambda c=command: findings_of(c, root))


# ---- clang-tidy --------------------------------------------------------------------------------


@dataclasses.dataclass
class Source:
    path: str  # as the compiler gets it, from the build folder
    arguments: list
    object: str


def clang_arguments(command, path):
    """The compiler's options without the compiler, its output and what only GCC knows."""
    words = shlex.split(command)
    position = next(i for i, word in enumerate(words) if word.startswith("-"))
    kept = []
    while position < len(words):
        word = words[position]
        width = OUTPUT_OPTIONS.get(word, 1)
        if word == "-include" and PRECOMPILED.search(words[position + 1]):
            width = 2
        elif word not in OUTPUT_OPTIONS and word != path and not word.startswith(GCC_ONLY):
            kept.append(word)
        position += width
    return kept + ["-Wno-unknown-warning-option"]


def compiled_sources(build):
    """Every C++ file once, also if several targets compile it; by its name from the top folder."""
    sources = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = entry["file"]
        if path.endswith(".cc"):
            arguments = clang_arguments(entry["command"], path)
            sources.setdefault(path, Source(path, arguments, entry["output"]))
    return sources.values()


def recorded_dependencies(build):
    """What ninja remembers of each object: {object: [file it was made of]}."""
    listing = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True,
                             text=True, check=True).stdout
    dependencies = {}
    for block in listing.split("\n\n"):
        head, *files = block.splitlines() or [""]
        if head.endswith("(VALID)"):
            dependencies[head.split(": #deps ")[0]] = [file.strip() for file in files]
    return dependencies


class Tidy:
    """clang-tidy over the files that the build folder compiles."""

    def __init__(self, root, build, cache):
        self.root, self.build, self.cache = pathlib.Path(root), pathlib.Path(build), cache
        self.sources = compiled_sources(self.build)

    def prepare(self):
        """What only a run needs to know."""
        self.version = output_of(["clang-tidy", "--version"], self.build)[1]
        self.dependencies = recorded_dependencies(self.build)
        self.hashes = {}
        self.cache.mkdir(parents=True, exist_ok=True)

    def name(self, source):
        return os.path.relpath(self.build / source.path, self.root)

    def tests(self):
        for source in self.sources:
            yield Test(f"Tidy.{self.name(source)}", lambda s=source: self.check(s))

    def content_hash(self, path):
        """Of a file of the project; a file of the system is known by its name."""
        full = os.path.normpath(self.build / path)
        if not full.startswith((f"{self.root}/", f"{self.build}/")):
            return full
        if full not in self.hashes:
            self.hashes[full] = hashlib.sha256(pathlib.Path(full).read_bytes()).hexdigest()
        return f"{os.path.relpath(full, self.root)} {self.hashes[full]}"

    def configurations(self, source):
        folders = pathlib.PurePath(self.name(source)).parents
        files = (self.root / folder / ".clang-tidy" for folder in folders)
        return [str(file) for file in files if file.exists()]

    def key(self, source):
        """Names the answer; None if what it depends on is not known."""
        files = self.dependencies.get(source.object)
        if not files:
            return None
        inputs = [source.path, *self.configurations(source), *sorted(files)]
        parts = [self.version, shlex.join(source.arguments), *map(self.content_hash, inputs)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def readable(self, output):
        """Without the way from the build folder and the count of hidden warnings."""
        output = output.replace(f"{self.build}/../", "").replace(f"{self.root}/", "")
        lines = re.sub(r"^(\.\./)+", "", output, flags=re.MULTILINE).splitlines()
        return "\n".join(line for line in lines if not re.match(r"\d+ warnings?\b", line))

    def check(self, source):
        key = self.key(source)
        passed = self.cache / key if key else None
        if passed and passed.exists():
            passed.touch()
            return ""
        found = findings_of(["clang-tidy", "--quiet", source.path, "--", *source.arguments],
                            self.build)
        if not found and passed:
            passed.touch()
        return self.readable(found)

    def forget_old(self):
        for file in self.cache.iterdir():
            if time.time() - file.stat().st_mtime > KEEP_SECONDS:
                file.unlink(missing_ok=True)


# ---- running -----------------------------------------------------------------------------------


def pattern(glob):
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in glob))


def wanted(name, text):
    """GoogleTest's filter, but a minus sign inside a pattern belongs to it, as in guest-tools."""
    positive, *negative = re.split("(?:^|:)-", text, maxsplit=1)
    matches = lambda globs: any(pattern(glob).fullmatch(name) for glob in globs.split(":"))
    return matches(positive or "*") and not (negative and matches(negative[0]))


class Progress:
    """One line that is rewritten on a terminal, a line now and then in a log."""

    def __init__(self, layer, total, verbose):
        self.layer, self.total, self.verbose = layer, total, verbose
        self.done, self.failed = 0, 0
        self.terminal = sys.stderr.isatty() and not os.environ.get("CI")
        self.start = self.shown = time.monotonic()
        self.lock = threading.Lock()

    def say(self, text):
        print(f"\r\033[K{text}" if self.terminal else text, file=sys.stderr, flush=True)

    def status(self, name):
        period = 0.2 if self.terminal else 20
        if time.monotonic() - self.shown < period:
            return
        self.shown = time.monotonic()
        text = f"[{self.layer}] {self.done} of {self.total}, {int(self.shown - self.start)} s  {name}"
        print(f"\r\033[K{text[:100]}" if self.terminal else text,
              end="" if self.terminal else "\n", file=sys.stderr, flush=True)

    def finished(self, test, found):
        with self.lock:
            self.done += 1
            self.failed += bool(found)
            if found:
                self.say(f"[{self.layer}] {test.name}: FAILED\n" + re.sub("^", "    ", found, flags=re.M))
            elif self.verbose:
                self.say(f"[{self.layer}] {test.name}: passed")
            self.status(test.name)

    def summary(self):
        seconds = int(time.monotonic() - self.start)
        failed = f"{self.failed} FAILED, " if self.failed else ""
        self.say(f"[{self.layer}] {failed}{self.done - self.failed} passed ({seconds} s)")


def run(layer, tests, jobs, verbose):
    progress = Progress(layer, len(tests), verbose)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(test.check): test for test in tests}
        for future in concurrent.futures.as_completed(running):
            progress.finished(running[future], future.result())
    if tests:
        progress.summary()
    return progress


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["list", "objects", "run"])
    parser.add_argument("--layer", choices=["lint", "tidy"], default="lint")
    parser.add_argument("--root", required=True, help="top folder of the source")
    parser.add_argument("--build", required=True, help="Meson's build folder")
    parser.add_argument("--cache", type=pathlib.Path, help="folder of checks that passed")
    parser.add_argument("--results", type=pathlib.Path, help="folder for LAYER.sum")
    parser.add_argument("--filter", default="*", help="as GoogleTest's --gtest_filter")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="name what passes, too")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    is_tidy = arguments.layer == "tidy"
    tidy = Tidy(arguments.root, arguments.build, arguments.cache) if is_tidy else None
    if arguments.command == "objects":
        for source in tidy.sources:
            if wanted(f"Tidy.{tidy.name(source)}", arguments.filter):
                print(source.object)
        return
    found = tidy.tests() if is_tidy else file_tests(arguments.root)
    tests = [test for test in found if wanted(test.name, arguments.filter)]
    if arguments.command == "list":
        for test in tests:
            print(f"{arguments.layer}\t{test.name}")
        return
    if is_tidy:
        tidy.prepare()
    progress = run(arguments.layer, tests, arguments.jobs, arguments.verbose)
    if is_tidy:
        tidy.forget_old()
    (arguments.results / f"{arguments.layer}.sum").write_text(f"{progress.done} {progress.failed} 0\n")


if __name__ == "__main__":
    main()
