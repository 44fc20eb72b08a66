#!/usr/bin/env python3
"""Writes docs/coverage.md: every operation of the services in tools/codegen/services.txt, where it is implemented, and
which tests name it. Read from the sources alone; nothing here is kept by hand.

    tools/coverage.py            write the page
    tools/coverage.py --check    exit 1 where the page is not what would be written"""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coverage.md"
# Not tests of an operation: what all of them stand on, and what takes it as an example only.
NOT_TESTS = {"conftest.py", "helpers.py", "operations.h", "rest.c"}
NOT_TESTS_FOLDERS = {"corpus", "bench", "rest", "worst", "calls", "node_modules", "added", "target", "__pycache__"}
HEAD = """# Coverage

What of AWS's API the emulator answers, by operation. Written by `tools/coverage.py` from the sources, compared by the
ctest `coverage_page`: do not edit. An operation that is not implemented is answered with `NotImplemented` (501) and its name.
A test *names* an operation when it calls it; what it proves, its own names say.

"""

Service = collections.namedtuple("Service", "folder title prefix operations implemented")


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def read_services():
    for line in (ROOT / "tools/codegen/services.txt").read_text().splitlines():
        if line.startswith("service "):
            _, folder, prefix = line.split()[:3]
            model = (ROOT / f"emulator/model/src/{folder}_model.c").read_text()
            names = re.search(r"operation_names\[\] = \{(.*?)\}", model, re.S).group(1)
            title = re.search(r'^const ServiceModel .*\.title = "([^"]*)"', model, re.M).group(1)
            yield Service(folder, title, prefix, sorted(re.findall(r'"(\w+)"', names)), read_implemented(folder, prefix))


def read_implemented(folder, prefix):
    """Operation to the file it is in: those that the service lists, at the place where OPERATION() defines them."""
    sources = sorted((ROOT / f"emulator/services/{folder}").glob("src/*.c"))
    defined, listed = {}, set()
    for path in sources:
        text = path.read_text()
        for name in re.findall(rf"^OPERATION\w*\({prefix}(\w+),", text, re.M):
            defined[name] = path
        for rows in re.findall(r"^const Operation \*const \w+\[\] = \{(.*?)\};", text, re.M | re.S):
            listed |= set(re.findall(rf"&{prefix}(\w+)", rows))
    return {name: path for name, path in defined.items() if name in listed}


def read_tests():
    """Path below tests/ to its text."""
    kinds = {".py", ".c", ".h", ".txt", ".java", ".go", ".js", ".mjs", ".ts"}
    paths = sorted(path for path in (ROOT / "tests").rglob("*") if path.suffix in kinds and path.is_file())
    helpers = read_helpers()
    return {path: with_helpers(path.read_text(), helpers) for path in paths
            if path.name not in NOT_TESTS and not NOT_TESTS_FOLDERS & set(path.relative_to(ROOT).parts)}


def read_helpers():
    """Functions of tests/clients/helpers.py to their text: who calls read() calls GetRecords."""
    text = (ROOT / "tests/clients/helpers.py").read_text()
    return {part.split("(")[0]: "def " + part for part in re.split(r"^def ", text, flags=re.M)[1:]}


def with_helpers(text, helpers):
    used = {name for name in helpers if re.search(rf"(?<![\w.]){name}\(", text)}
    return text + "".join(with_helpers(helpers[name], {n: h for n, h in helpers.items() if n != name}) for name in sorted(used))


def pattern_of(service, operation, is_shared):
    """How tests spell it: boto3's kinesis.put_record or "put_record", C's KinesisPutRecord, other SDKs' putRecord( and
    PutRecordCommand, the target Kinesis_20131202.PutRecord. A name that several services have must say whose."""
    mine = rf"{service.folder}\w*" if is_shared else r"[\w)\]]"
    lower = operation[0].lower() + operation[1:]
    return re.compile(rf"{mine}\.{snake(operation)}\b|get_(?:paginator|waiter)\(\"{snake(operation)}\"|\b{service.prefix}{operation}\b|"
                      rf"(?i:{service.folder})\w*\.(?:{operation}|{lower})\b|\b{operation}(?:Command|Input|Request)\b|"
                      rf"{mine}\.{lower}\(|\b{service.prefix}_\d+\.{operation}\b")


def section(service, tests, shared):
    lines = [f"## {service.title}", "", "| operation | in | tests |", "| --- | --- | --- |"]
    lower = {path: text.lower() for path, text in tests.items()}  # looked at first: most tests do not have the word at all
    for name in service.operations:
        if name in service.implemented:
            pattern = pattern_of(service, name, name in shared)
            named = [f"`{path.relative_to(ROOT / 'tests')}`" for path, text in tests.items()
                     if (snake(name) in lower[path] or name.lower() in lower[path]) and pattern.search(text)]
            lines.append(f"| {name} | `{service.implemented[name].name}` | {', '.join(named) or '–'} |")
    missing = [name for name in service.operations if name not in service.implemented]
    if missing:
        lines += ["", f"Not implemented ({len(missing)}): {', '.join(missing)}."]
    return lines + [""]


def page():
    services, tests = list(read_services()), read_tests()
    shared = [name for name, count in collections.Counter(n for s in services for n in s.operations).items() if count > 1]
    lines = ["| service | implemented | in AWS's model |", "| --- | --- | --- |"]
    lines += [f"| [{s.title}](#{s.title.lower().replace(' ', '-')}) | {len(s.implemented)} | {len(s.operations)} |" for s in services]
    lines.append("")
    for service in services:
        lines += section(service, tests, shared)
    return HEAD + "\n".join(lines).rstrip("\n") + "\n"


def main():
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/coverage.md is not up to date: run tools/coverage.py and commit")


if __name__ == "__main__":
    main()
