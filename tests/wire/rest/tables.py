#!/usr/bin/env python3
"""Writes C tables of models that only tests use into a folder of the build: of rest_json.json and rest_xml.json, and of
Lambda's and S3's models, whole. Without botocore's wheel, and without a network to fetch it, the latter two are empty.

    tables.py <folder>"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tools" / "codegen"))
import generate  # noqa: E402

OWN = [("rest_json", "RestJson", "restjson"), ("rest_xml", "RestXml", "restxml")]
PUBLISHED = [("lambda", "Lambda", "restjson"), ("s3", "S3", "restxml")]


def generator_of(name, prefix, protocol, model, digest):
    service = {"folder": name, "prefix": prefix, "scope": name, "namespace": None, "body_max": 1 << 20,
               "protocols": [protocol], "operations": sorted(model["operations"])}
    generator = generate.Generator(service, model, digest)
    generator.collect()
    return generator


def listing(kind, name, members):
    return [f"static const {kind} *const {name}[] = {{", *[f"    &{member}," for member in members], "    NULL,", "};"]


def tables_of(name, generator):
    operations = [f"{generator.prefix}{operation}Model" for operation, _ in generator.operations]
    errors = [generator.error_name(error) for error in generator.errors]
    return [f'#include "{name}_model.h"', '#include "tables.h"', "#include <stddef.h>", "",
            *listing("OperationModel", "operations", operations), *listing("ErrorModel", "errors", errors),
            f'const Tables TABLES_OF_{name.upper()} = {{"{name}", &{generator.upper}_SERVICE, operations, errors}};']


def write(folder, name, generator):
    (folder / f"{name}_model.h").write_text(generator.header())
    (folder / f"{name}_model.c").write_text(generator.source())
    (folder / f"{name}_tables.c").write_text("\n".join(tables_of(name, generator)) + "\n")


def write_empty(folder, name):
    (folder / f"{name}_model.h").write_text("")
    (folder / f"{name}_model.c").write_text("typedef int nothing_here;\n")
    (folder / f"{name}_tables.c").write_text(f'#include "tables.h"\n#include <stddef.h>\nconst Tables TABLES_OF_{name.upper()} = {{0}};\n')


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, prefix, protocol in OWN:
        model = json.loads((HERE / f"{name}.json").read_text())["model"]
        write(folder, name, generator_of(name, prefix, protocol, model, "none: it is tests/wire/rest's own"))
    try:
        archive = generate.wheel()
    except SystemExit as why:
        if why.code != 77:
            raise
        archive = None
    for name, prefix, protocol in PUBLISHED:
        if archive:
            write(folder, name, generator_of(name, prefix, protocol, *generate.load_model(archive, name)))
        else:
            write_empty(folder, name)


if __name__ == "__main__":
    main()
