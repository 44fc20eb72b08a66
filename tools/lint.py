#!/usr/bin/env python3
"""The conventions a machine can check (CONTRIBUTING.md tells the rest). A ctest; prints each offence as file:line and, at
the end, how long our functions are.

    tools/lint.py            everything
    tools/lint.py FILE...    only these"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_MAX, FUNCTION_MAX, FUNCTION_LONG, README_MAX, WIDTH_MAX = 600, 100, 60, 60, 120

# What overruns its buffer, hides its errors, or keeps its answer in a static place, with what to use.
BANNED = {"strcpy": "arena_copy, buffer_append", "strcat": "buffer_append", "strncpy": "arena_copy", "strncat": "buffer_append",
          "sprintf": "snprintf, arena_text", "vsprintf": "vsnprintf", "gets": "fgets", "strtok": "bytes_cut", "alloca": "arena_take",
          "atoi": "bytes_to_int64", "atol": "bytes_to_int64", "atof": "strtod", "rand": "random.h", "srand": "random.h",
          "gmtime": "gmtime_r", "localtime": "localtime_r", "ctime": "strftime", "asctime": "strftime", "tmpnam": "mkstemp",
          "mktemp": "mkstemp", "system": "posix_spawn"}
# AWS's failures are spelled from here upwards; below, a module has its own enum.
STATUS_FROM = "call"


def is_generated(path):
    return path.name.endswith(("_model.c", "_model.h", "_operations.c", "_operations.h"))


class Lint:
    def __init__(self):
        self.offences, self.lengths = [], []
        self.order, self.uses, self.owner = [], {}, {}
        self.read_layers()

    def offend(self, path, line, message):
        self.offences.append(f"{path.relative_to(ROOT)}:{line}: {message}")

    # -- the layers, as emulator/CMakeLists.txt has them ------------------------------------------------------------

    def read_layers(self):
        text = (ROOT / "emulator/CMakeLists.txt").read_text()
        self.order = [ROOT / "emulator" / name for name in re.findall(r"^add_subdirectory\((\S+)\)", text, re.M)]
        for folder in self.order:
            call = re.search(r"^layer\(([^)]*)\)", (folder / "CMakeLists.txt").read_text(), re.M)
            words = call.group(1).split()
            uses = words[words.index("USES") + 1:] if "USES" in words else []
            self.uses[words[0]] = [word for word in uses[:next((i for i, w in enumerate(uses) if w.isupper()), None)]]
            for header in folder.glob("*.h"):
                self.owner[header.name] = words[0]

    def below(self, layer):
        """The layer itself and all that it may include."""
        seen, open_ = set(), [layer]
        while open_:
            name = open_.pop()
            if name not in seen:
                seen.add(name)
                open_ += self.uses.get(name, [])
        return seen

    def layer_of(self, path):
        return next((folder for folder in self.order if folder in path.parents), None)

    def check_includes(self, path, lines):
        folder = self.layer_of(path)
        if not folder:
            return
        allowed = self.below(folder.name)
        for number, line in enumerate(lines, 1):
            included = re.match(r'#include "([^"]+)"', line)
            if not included:
                continue
            name = included.group(1)
            is_own = (folder / name).exists() or (folder / "src" / name).exists() or (path.parent / name).exists()
            if not is_own and self.owner.get(name) not in allowed:
                self.offend(path, number, f"{name} is not in {folder.name} nor in a layer it uses")
            if path.parent == folder and path.suffix == ".h" and not (folder / name).exists() and (folder / "src" / name).exists():
                self.offend(path, number, f"a public header that includes {name} from src/")

    # -- C ----------------------------------------------------------------------------------------------------------

    @staticmethod
    def without_comments(text):
        """Comments and the insides of strings are blanked; lines keep their numbers."""
        def blank(match):
            found = match.group(0)
            return re.sub(r"[^\n]", " ", found) if found.startswith("/") else found[0] + " " * (len(found) - 2) + found[-1]
        return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)

    def check_functions(self, path, lines):
        """Functions stand at the left margin with their braces alone on a line: clang-format sees to that."""
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                length = number - start - 1
                self.lengths.append(length)
                if length > FUNCTION_MAX:
                    self.offend(path, start, f"a function of {length} lines; {FUNCTION_MAX} is the most")
                start = None

    def check_c(self, path, text, lines):
        is_told = path.suffix == ".c" and path.with_suffix(".h").exists()  # there
        if not is_told and not re.match(rf"/\* {re.escape(path.name)} - \S", text):
            self.offend(path, 1, f"does not begin with /* {path.name} - what it is")
        if path.suffix == ".h" and "#pragma once" not in lines:
            self.offend(path, 1, "no #pragma once")
        code = self.without_comments(text).splitlines()
        self.check_functions(path, code)
        if ROOT / "emulator" in path.parents:
            self.check_calls(path, code)
            self.check_includes(path, lines)
            self.check_state(path, code)

    def check_calls(self, path, code):
        for number, line in enumerate(code, 1):
            for name in re.findall(r"(?<![\w.>])(\w+) ?\(", line):
                if name in BANNED:
                    self.offend(path, number, f"{name}: use {BANNED[name]}")

    def check_state(self, path, code):
        """No globals, and no AWS words below call/."""
        folder, depth = self.layer_of(path), 0
        is_low = folder and self.order.index(folder) < self.order.index(ROOT / "emulator" / STATUS_FROM)
        for number, line in enumerate(code, 1):
            if depth == 0 and re.match(r"(static|_Thread_local) [^()]*(=|;)", line) and not re.search(r"\bconst\b", line):
                self.offend(path, number, "a variable of the file: state belongs to an owner")
            if is_low and re.search(r"\bStatus\b", line):
                self.offend(path, number, "Status is for call/ and above")
            depth += line.count("{") - line.count("}")

    def check_format(self, files):
        tool = shutil.which("clang-format")
        if not tool:
            if os.environ.get("CI"):
                self.offences.append("clang-format is not there")
            else:
                print("left out: clang-format is not there")
            return
        done = subprocess.run([tool, "--dry-run", "--Werror", *map(str, files)], capture_output=True, text=True, cwd=ROOT)
        for path, line in sorted(set(re.findall(r"^(\S+?):(\d+):\d+: error", done.stderr, re.M))):
            self.offend(pathlib.Path(path), int(line), "not as clang-format writes it: ./dev format")

    # -- any file ---------------------------------------------------------------------------------------------------

    def check_text(self, path, text, lines):
        if text and not text.endswith("\n"):
            self.offend(path, len(lines), "no end of line at the end")
        for number, line in enumerate(lines, 1):
            if line.endswith((" ", "\t", "\r")):
                self.offend(path, number, "white space at the end")
            if re.search(r"(?<![\w.~])/(home|root|Users|work)/\w", line):
                self.offend(path, number, "a path of one machine")
            # A message stands on one line, so that grep finds it.
            if path.suffix in (".c", ".h") and len(re.sub(r'"(\\.|[^"\\])*"', '""', line)) > WIDTH_MAX:
                self.offend(path, number, f"{len(line)} columns")
            if re.match(r"(<{7}|>{7}|={7}$)", line):
                self.offend(path, number, "a conflict that was not resolved")

    def check(self, path):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            return
        lines = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")
        self.check_text(path, text, lines)
        if path.suffix in (".c", ".h"):
            self.check_c(path, text, lines)
        if path.suffix in (".c", ".h", ".py", ".sh", ".sql") and len(lines) > FILE_MAX:
            self.offend(path, FILE_MAX, f"{len(lines)} lines; {FILE_MAX} is the most")
        if path.name == "README.md" and path.parent != ROOT and len(lines) > README_MAX:
            self.offend(path, README_MAX, f"{len(lines)} lines; a folder's README has {README_MAX} at most")

    def check_folders(self):
        for folder in self.order:
            if any(folder.glob("src/*.c")) and not (folder / "README.md").exists():
                self.offend(folder, 0, "has no README.md")

    def tell_figures(self):
        lengths = sorted(self.lengths)
        if lengths:
            long = sum(length > FUNCTION_LONG for length in lengths)
            print(f"{len(lengths)} functions: median {lengths[len(lengths) // 2]} lines, 9 in 10 up to "
                  f"{lengths[len(lengths) * 9 // 10]}, {100 * long / len(lengths):.1f} % over {FUNCTION_LONG}, longest {lengths[-1]}")


def all_files():
    if (ROOT / ".git").exists():
        names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in names.stdout.splitlines()]
    return [path for path in ROOT.rglob("*") if "build" not in path.relative_to(ROOT).parts[:1]]


def main():
    lint = Lint()
    chosen = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    files = [path for path in chosen or all_files()
             if path.is_file() and not is_generated(path) and "corpus" not in path.relative_to(ROOT).parts]
    for path in files:
        lint.check(path)
    lint.check_format([path for path in files if path.suffix in (".c", ".h")])
    if not chosen:
        lint.check_folders()
    for offence in lint.offences:
        print(offence)
    lint.tell_figures()
    sys.exit(1 if lint.offences else 0)


if __name__ == "__main__":
    main()
