#!/usr/bin/env python3
"""Writes emulator/model/<service>_model.h and src/<service>_model.c from the service models that botocore publishes, and the
list of each service's operations, emulator/services/<service>/src/<service>_operations.{h,c}.

    tools/codegen/generate.py            regenerate in location
    tools/codegen/generate.py --check    compare with what is committed; exit 1 where they differ

The models come from the pinned botocore wheel (PyPI); services.txt says of which operations, patches/<service>.json mends
mistakes of the models, each with its reason."""
import argparse
import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

BOTOCORE = "1.44.5"
HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent.parent / "emulator" / "model"
CACHE = HERE.parent.parent / "build" / "codegen"
VENV = HERE.parent.parent / "build" / "venv"
KEYWORDS = {"bool", "default", "int", "long", "float", "double", "union", "struct", "enum", "register", "static", "const", "switch",
            "case", "if", "else", "for", "while", "do", "return", "void", "char", "short", "signed", "unsigned", "auto", "extern",
            "inline"}
SCALARS = {"string": ("KIND_STRING", "Bytes"), "blob": ("KIND_BLOB", "Bytes"), "boolean": ("KIND_BOOLEAN", "bool"),
           "integer": ("KIND_INTEGER", "int32_t"), "long": ("KIND_LONG", "int64_t"), "float": ("KIND_FLOAT", "float"),
           "double": ("KIND_DOUBLE", "double"), "timestamp": ("KIND_TIMESTAMP", "int64_t")}
PROTOCOLS = {"json": "PROTOCOL_JSON", "cbor": "PROTOCOL_CBOR_1_1", "rpcv2cbor": "PROTOCOL_RPC_V2_CBOR", "query": "PROTOCOL_QUERY",
             "restjson": "PROTOCOL_REST_JSON", "restxml": "PROTOCOL_REST_XML"}
LOCATIONS = {"uri": "IN_PATH", "querystring": "IN_QUERY", "header": "IN_HEADER", "headers": "IN_HEADERS", "statusCode": "IN_STATUS"}
TIMES = {"unixTimestamp": "TIME_SECONDS", "iso8601": "TIME_ISO_8601", "rfc822": "TIME_HTTP_DATE"}


def snake(name):
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().replace("-", "_").replace(".", "_")
    name = re.sub(r"__+", "_", name)
    return name + "_" if name in KEYWORDS else name


def lower_first(name):
    """StreamARN is streamARN in AWS's validation messages; KMSKeyId kMSKeyId."""
    return name[:1].lower() + name[1:]


def namespace_of(thing):
    namespace = thing.get("xmlNamespace")
    return {"uri": namespace} if isinstance(namespace, str) else namespace


def quote(text):
    return json.dumps(text, ensure_ascii=True)


def wheel():
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"botocore-{BOTOCORE}-py3-none-any.whl"
    if not path.exists():
        fetch(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
               "-d", str(CACHE), f"botocore=={BOTOCORE}"])
    return zipfile.ZipFile(path)


def fetch(pip):
    """By this Python's pip, or that of ./dev's environment. Without either, or without a network, a test is left out
    (77), except in CI."""
    for python in (sys.executable, VENV / "bin" / "python"):
        with contextlib.suppress(OSError):
            if subprocess.run([python, *pip]).returncode == 0:
                return
    print(f"botocore {BOTOCORE} is not in {CACHE} and could not be fetched")
    sys.exit(1 if os.environ.get("CI") else 77)


def read_services():
    services = []
    for line in (HERE / "services.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("service "):
            _, folder, prefix, scope, namespace, body_max, protocols = line.split()
            services.append({"folder": folder, "prefix": prefix, "scope": scope, "body_max": int(body_max), "operations": [],
                             "namespace": None if namespace == "-" else namespace, "protocols": protocols.split(",")})
        elif line:
            services[-1]["operations"] += line.split()
    return services


def load_model(archive, folder):
    name = max(n for n in archive.namelist() if re.fullmatch(rf"botocore/data/{folder}/[^/]+/service-2\.json\.gz", n))
    text = gzip.decompress(archive.read(name))
    model = json.loads(text)
    patches = HERE / "patches" / f"{folder}.json"
    for patch in json.loads(patches.read_text()) if patches.exists() else []:
        at = model
        for step in patch["path"][:-1]:
            at = at[step]
        if patch["set"] is None:
            del at[patch["path"][-1]]
        else:
            at[patch["path"][-1]] = patch["set"]
    return model, hashlib.sha256(text).hexdigest()


class Generator:
    def __init__(self, service, model, digest):
        self.service, self.model, self.digest = service, model, digest
        self.prefix = service["prefix"]
        self.upper = snake(self.prefix).upper()
        self.shapes = model["shapes"]
        self.order, self.state = [], {}
        self.errors = []

    # -- which shapes, in an order C can compile ------------------------------------------------------------------

    def visit(self, name):
        """Lists and maps hold pointers, structures are pointed to: only a map's value is needed whole before the map."""
        if name in self.state:
            return
        self.state[name] = "open"
        shape = self.shapes[name]
        for child in self.children(shape):
            self.visit(child)
        self.order.append(name)

    @staticmethod
    def children(shape):
        if shape["type"] == "structure":
            return [m["shape"] for m in shape["members"].values()]
        if shape["type"] == "list":
            return [shape["member"]["shape"]]
        if shape["type"] == "map":
            return [shape["key"]["shape"], shape["value"]["shape"]]
        return []

    def collect(self):
        self.operations = []
        for name in self.service["operations"]:
            operation = self.model["operations"][name]
            for side in ("input", "output"):
                if side in operation:
                    self.visit(operation[side]["shape"])
            for error in operation.get("errors", []):
                if error["shape"] not in self.errors:
                    self.errors.append(error["shape"])
            self.operations.append((name, operation))
        for error in self.errors:
            if self.error_members(error):
                self.visit(error)

    def error_members(self, name):
        return [m for m in self.shapes[name]["members"] if m.lower() != "message"]

    # -- names ------------------------------------------------------------------------------------------------------

    def ctype(self, name):
        shape = self.shapes[name]
        return SCALARS[shape["type"]][1] if shape["type"] in SCALARS else self.prefix + name

    def table(self, name):
        return "shape_" + snake(name)

    def error_name(self, name):
        short = re.sub(r"(Exception|Fault|Error)$", "", name)
        if short == "Service":  # <PREFIX>_SERVICE is the service itself
            short = name
        if short != name and self.shapes.get(short, {}).get("exception"):  # CloudWatch has ResourceNotFound and ResourceNotFoundException
            short = name
        return f"{self.upper}_{snake(short).upper().rstrip('_')}"

    def entry_type(self, name):
        """Of a map's items; S3 has a map Metadata and a structure MetadataEntry."""
        return self.ctype(name) + ("MapEntry" if name + "Entry" in self.shapes else "Entry")

    def is_union(self, shape):
        return bool(shape.get("union") or shape.get("eventstream"))

    # -- the header -------------------------------------------------------------------------------------------------

    def member_lines(self, name):
        shape, lines = self.shapes[name], []
        for member, ref in shape["members"].items():
            target = self.shapes[ref["shape"]]
            ctype, cname = self.ctype(ref["shape"]), snake(member)
            if target["type"] == "structure":
                lines.append(f"    struct {ctype} *{cname};")
            elif target["type"] in ("list", "map"):
                lines.append(f"    {ctype} {cname};")
            else:
                lines.append(f"    {ctype} {cname};")
                if ctype != "Bytes" and not self.is_union(shape):
                    lines.append(f"    bool has_{cname};")
        return lines

    def declare(self, name):
        shape, ctype = self.shapes[name], self.ctype(name)
        if shape["type"] == "list":
            member = shape["member"]["shape"]
            tag = "struct " if self.shapes[member]["type"] in ("structure", "list", "map") else ""
            return [f"typedef struct {ctype} {{", f"    {tag}{self.ctype(member)} *items;", "    size_t len;", f"}} {ctype};", ""]
        if shape["type"] == "map":
            return [f"typedef struct {ctype} {{", f"    struct {self.entry_type(name)} *items;", "    size_t len;", f"}} {ctype};", ""]
        if shape["type"] != "structure":
            return []
        lines = self.member_lines(name)
        if self.is_union(shape):
            kinds = ", ".join(f"{self.upper}_{snake(name).upper()}_{snake(m).upper().rstrip('_')} = {i + 1}"
                              for i, m in enumerate(shape["members"]))
            return [f"enum {{ {kinds} }};", f"typedef struct {ctype} {{", "    int kind;", "    union {",
                    *["    " + line for line in lines], "    };", f"}} {ctype};", ""]
        if not lines:
            lines = ["    char nothing_;"]
        return [f"typedef struct {ctype} {{", *lines, f"}} {ctype};", ""]

    def declare_entry(self, name):
        """A map's items, once every structure is whole."""
        shape, entry = self.shapes[name], self.entry_type(name)
        return [f"typedef struct {entry} {{", "    Bytes key;", f"    {self.ctype(shape['value']['shape'])} value;",
                f"}} {entry};", ""]

    def stamp(self):
        return (f"/* Generated by tools/codegen/generate.py from botocore {BOTOCORE}'s {self.service['folder']} model, API "
                f"{self.model['metadata']['apiVersion']}\n * (sha256 {self.digest}). Do not edit: run it again. */")

    def header(self):
        out = [self.stamp(), "#pragma once", '#include "model.h"', "", f"extern const ServiceModel {self.upper}_SERVICE;", ""]
        for error in self.errors:
            out.append(f"extern const ErrorModel {self.error_name(error)};")
        out.append("")
        for shape in self.order:
            enum = self.shapes[shape].get("enum")
            if enum:
                for value in enum:
                    constant = re.sub(r"[^A-Za-z0-9]+", "_", value).upper().strip("_")
                    out.append(f"#define {self.upper}_{snake(shape).upper()}_{constant} TEXT({quote(value)})")
                out.append("")
        lists = [n for n in self.order if self.shapes[n]["type"] in ("list", "map")]
        structures = [n for n in self.order if self.shapes[n]["type"] == "structure"]
        for name in structures:
            out.append(f"struct {self.ctype(name)};")
        out.append("")
        for name in lists + structures:
            out += self.declare(name)
        for name in lists:
            if self.shapes[name]["type"] == "map":
                out += self.declare_entry(name)
        for name, operation in self.operations:
            for side in ("input", "output"):
                alias = f"{self.prefix}{name}{side.capitalize()}"
                if side not in operation:
                    out += [f"typedef struct {alias} {{", "    char nothing_;", f"}} {alias};"]
                elif self.prefix + operation[side]["shape"] != alias:
                    out.append(f"typedef {self.prefix}{operation[side]['shape']} {alias};")
            out.append(f"extern const OperationModel {self.prefix}{name}Model;")
        out += ["", "/* Shapes by themselves, for what is kept or sent outside an operation's answer. */"]
        for name in structures:
            out.append(f"extern const Shape {self.upper}_SHAPE_{snake(name).upper()};")
        return "\n".join(out) + "\n"

    # -- the tables --------------------------------------------------------------------------------------------------

    def shape_ref(self, name):
        return f"&{self.upper}_SHAPE_{snake(name).upper()}" if self.shapes[name]["type"] == "structure" else f"&{self.table(name)}"

    def bounds(self, shape):
        def text(key, none):
            return str(int(shape[key])) if key in shape else none
        return text("min", "NO_MIN"), text("max", "NO_MAX")

    def field_parts(self, name, member, ref, required):
        """Designated initialisers of one Field; what is usual is left out."""
        shape, target, ctype, cname = self.shapes[name], self.shapes[ref["shape"]], self.ctype(name), snake(member)
        location = "IN_PAYLOAD" if shape.get("payload") == member else LOCATIONS.get(ref.get("location"), "IN_BODY")
        wire_name = ref.get("locationName", member)
        if location == "IN_PAYLOAD" and target["type"] == "structure":  # the name of its root element
            wire_name = ref.get("locationName") or target.get("locationName") or ref["shape"]
        if location in ("IN_HEADER", "IN_HEADERS"):
            wire_name = wire_name.lower()
        scalar = target["type"] in SCALARS and SCALARS[target["type"]][1] != "Bytes" and not self.is_union(shape)
        parts = [f".name = {{{quote(wire_name)}, {len(wire_name)}}}", f".path = {quote(lower_first(member))}",
                 f".shape = {self.shape_ref(ref['shape'])}", f".offset = offsetof({ctype}, {cname})",
                 f".has_offset = {f'offsetof({ctype}, has_{cname})' if scalar else 'NO_OFFSET'}"]
        namespace = namespace_of(ref) or namespace_of(target)
        parts += [text for wanted, text in (
            (required, ".required = true"),
            (location != "IN_BODY", f".location = {location}"),
            (location == "IN_PAYLOAD" and (ref.get("streaming") or target.get("streaming")), ".streaming = true"),
            (ref.get("flattened") or target.get("flattened"), ".flattened = true"),
            (ref.get("xmlAttribute"), ".attribute = true"),
            (ref.get("xmlText"), ".is_text = true"),  # set by a patch
        ) if wanted]
        parts += self.namespace_parts(namespace)
        return parts

    @staticmethod
    def namespace_parts(namespace):
        parts = [f".xml_namespace = {quote(namespace['uri'])}"] if namespace else []
        return parts + ([f".xml_prefix = {quote(namespace['prefix'])}"] if namespace and namespace.get("prefix") else [])

    @staticmethod
    def item_namespaces(shape):
        """Of a list's items, a map's keys and values."""
        return [f".{member} = {quote(namespace_of(shape[side])['uri'])}"
                for side, member in (("member", "item_namespace"), ("key", "key_namespace"), ("value", "item_namespace"))
                if namespace_of(shape.get(side, {}))]

    def shape_table(self, name):
        shape, ctype = self.shapes[name], self.ctype(name)
        kind = {"structure": "KIND_UNION" if self.is_union(shape) else "KIND_STRUCTURE", "list": "KIND_LIST",
                "map": "KIND_MAP"}.get(shape["type"]) or SCALARS[shape["type"]][0]
        low, high = self.bounds(shape)
        parts = [f".name = {quote(name)}", f".kind = {kind}", f".size = sizeof({ctype})", f".min = {low}", f".max = {high}"]
        lines = []
        if "pattern" in shape:
            parts.append(f".pattern = {quote(shape['pattern'])}")
        if "enum" in shape:
            lines.append(f"static const char *const enum_{snake(name)}[] = {{{', '.join(map(quote, shape['enum']))}, NULL}};")
            parts.append(f".enums = enum_{snake(name)}")
        if shape["type"] == "structure" and shape["members"]:
            required = set(shape.get("required", []))
            lines.append(f"static const Field fields_{snake(name)}[] = {{")
            for member, ref in shape["members"].items():
                lines.append(f"    {{{', '.join(self.field_parts(name, member, ref, member in required))}}},")
            lines.append("};")
            parts += [f".fields_count = {len(shape['members'])}", f".fields = fields_{snake(name)}"]
        if shape["type"] == "list":
            parts.append(f".member = {self.shape_ref(shape['member']['shape'])}")
            if shape["member"].get("locationName", "member") != "member":
                parts.append(f".item_name = {quote(shape['member']['locationName'])}")
        if shape["type"] == "map":
            parts += [f".key = {self.shape_ref(shape['key']['shape'])}", f".member = {self.shape_ref(shape['value']['shape'])}",
                      f".entry_size = sizeof({self.entry_type(name)})", f".value_offset = offsetof({self.entry_type(name)}, value)"]
            for side in ("key", "value"):
                if shape[side].get("locationName", side) != side:
                    parts.append(f".{side}_name = {quote(shape[side]['locationName'])}")
        if shape.get("flattened"):
            parts.append(".flattened = true")
        if shape.get("sensitive"):
            parts.append(".sensitive = true")
        if "locationName" in shape:
            parts.append(f".xml_name = {quote(shape['locationName'])}")
        if shape["type"] == "structure":
            parts += self.namespace_parts(namespace_of(shape))
        parts += self.item_namespaces(shape)
        if shape.get("timestampFormat"):
            parts.append(f".time = {TIMES[shape['timestampFormat']]}")
        storage = f"const Shape {self.upper}_SHAPE_{snake(name).upper()}" if shape["type"] == "structure" else f"static const Shape {self.table(name)}"
        return [*lines, f"{storage} = {{{', '.join(parts)}}};", ""]

    def error_table(self, name):
        shape = self.shapes[name]
        error = shape.get("error", {})
        message = next((m for m in shape["members"] if m.lower() == "message"), "message")
        status = error.get("httpStatusCode", 500 if shape.get("fault") else 400)
        query = quote(error["code"]) if error.get("code", name) != name else "NULL"
        return (f"const ErrorModel {self.error_name(name)} = {{{quote(name)}, "
                f"{quote(self.service['namespace']) if self.service['namespace'] else 'NULL'}, {query}, {status}, "
                f"{'false' if shape.get('fault') else 'true'}, {quote(message)}, "
                f"{self.shape_ref(name) if self.error_members(name) else 'NULL'}}};")

    def operation_table(self, name, operation):
        def side(which):
            return self.shape_ref(operation[which]["shape"]) if which in operation else "&shape_nothing"
        events = "NULL"
        if "output" in operation:
            for ref in self.shapes[operation["output"]["shape"]]["members"].values():
                if self.shapes[ref["shape"]].get("eventstream"):
                    events = self.shape_ref(ref["shape"])
        wrapper = operation.get("output", {}).get("resultWrapper")
        if not wrapper and "query" in self.service["protocols"]:
            wrapper = name + "Result"
        sent = operation.get("input", {})
        http = operation["http"]
        parts = [f".name = {quote(name)}", f".input = {side('input')}", f".output = {side('output')}",
                 f".has_output = {'true' if 'output' in operation else 'false'}", f".method = {quote(http['method'])}",
                 f".uri = {quote(http['requestUri'])}", f".status = {http.get('responseCode', 200)}"]
        parts += [text for wanted, text in (
            (wrapper, f".result_wrapper = {quote(wrapper or '')}"),
            (events != "NULL", f".events = {events}"),
            ("locationName" in sent, f".root = {quote(sent.get('locationName', ''))}"),
            ("xmlNamespace" in sent, f".root_namespace = {quote(sent.get('xmlNamespace', {}).get('uri', ''))}"),
        ) if wanted]
        return f"const OperationModel {self.prefix}{name}Model = {{{', '.join(parts)}}};"

    def service_table(self):
        meta = self.model["metadata"]
        parts = [f".name = {quote(self.service['scope'])}", f".title = {quote(meta['serviceId'])}",
                 f".api_version = {quote(meta['apiVersion'])}",
                 f".protocols = {' | '.join(PROTOCOLS[p] for p in self.service['protocols'])}",
                 f".body_max = {self.service['body_max']}", ".operations = operation_names"]
        for key, member in (("targetPrefix", "target_prefix"), ("jsonVersion", "json_version"), ("xmlNamespace", "xml_namespace")):
            if key in meta:
                parts.append(f".{member} = {quote(meta[key])}")
        if self.is_rest():
            parts.append(".uris = operation_uris")
        if meta.get("errorsAreBare"):  # set by a patch: botocore's models leave Smithy's noErrorWrapping out
            parts.append(".errors_are_bare = true")
        return f"const ServiceModel {self.upper}_SERVICE = {{{', '.join(parts)}}};"

    def is_replaced(self, operation):
        """An older form of another that has the same URI (S3: GetBucketLifecycle)."""
        http = [operation["http"][key] for key in ("method", "requestUri")]
        return bool(operation.get("deprecated")) and any(
            [other["http"][key] for key in ("method", "requestUri")] == http and not other.get("deprecated")
            for other in self.model["operations"].values())

    def needs(self, operation):
        """The parameters and header fields without which it is not asked for: "?uploadId x-amz-copy-source"."""
        shape = self.shapes[operation["input"]["shape"]] if "input" in operation else {"members": {}}
        needs = []
        for member in shape.get("required", []):
            ref = shape["members"][member]
            if ref.get("location") == "querystring":
                needs.append("?" + ref.get("locationName", member))
            elif ref.get("location") == "header":
                needs.append(ref.get("locationName", member).lower())
        return quote(" ".join(needs)) if needs else "NULL"

    def is_rest(self):
        return bool({"restjson", "restxml"} & set(self.service["protocols"]))

    def source(self):
        out = [self.stamp(), f'#include "{self.service["folder"]}_model.h"', "#include <stddef.h>", ""]
        for name in self.order:
            if self.shapes[name]["type"] != "structure":
                out.append(f"static const Shape {self.table(name)};")
        out.append("")
        if any("input" not in o or "output" not in o for _, o in self.operations):
            out += ['static const Shape shape_nothing = {.name = "Nothing", .kind = KIND_STRUCTURE, .size = 1};', ""]
        for name in self.order:
            out += self.shape_table(name)
        out += [self.error_table(name) for name in self.errors] + [""]
        out += [self.operation_table(name, operation) for name, operation in self.operations] + [""]
        out.append("static const char *const operation_names[] = {")
        out += [f"    {quote(name)}," for name in sorted(self.model["operations"])]
        out += ["    NULL,", "};", ""]
        if self.is_rest():
            out.append("static const struct OperationUri operation_uris[] = {")
            out += [f"    {{{quote(o['http']['method'])}, {quote(o['http']['requestUri'])}, {quote(name)}, {self.needs(o)}}},"
                    for name, o in sorted(self.model["operations"].items()) if not self.is_replaced(o)]
            out += ["    {NULL, NULL, NULL, NULL},", "};", ""]
        out.append(self.service_table())
        return "\n".join(out) + "\n"


def operation_files(service, stamp):
    """The service's operations, declared and listed: one without its handler does not link."""
    upper, names = snake(service["prefix"]).upper(), [service["prefix"] + name for name in service["operations"]]
    header = [stamp, "#pragma once", '#include "call.h"', "", *[f"extern const Operation {name};" for name in names], "",
              "/* All of them; ends with NULL. */", f"extern const Operation *const {upper}_OPERATIONS[];"]
    source = [stamp, f'#include "{service["folder"]}_operations.h"', "", f"const Operation *const {upper}_OPERATIONS[] = {{",
              *[f"    &{name}," for name in names], "    NULL,", "};"]
    return "\n".join(header) + "\n", "\n".join(source) + "\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare, change nothing")
    check = arguments.parse_args().check
    archive, stale = wheel(), []
    for service in read_services():
        generator = Generator(service, *load_model(archive, service["folder"]))
        generator.collect()
        sources = MODEL.parent / "services" / service["folder"] / "src"
        operations_header, operations_source = operation_files(service, generator.stamp())
        for path, text in ((MODEL / f"{service['folder']}_model.h", generator.header()),
                           (MODEL / "src" / f"{service['folder']}_model.c", generator.source()),
                           (sources / f"{service['folder']}_operations.h", operations_header),
                           (sources / f"{service['folder']}_operations.c", operations_source)):
            if not path.exists() or path.read_text() != text:
                stale.append(path.name)
                if not check:
                    path.write_text(text)
    if check and stale:
        sys.exit(f"not what the generator writes: {', '.join(stale)}; run tools/codegen/generate.py and commit")
    print("up to date" if not stale else "written: " + ", ".join(stale))


if __name__ == "__main__":
    main()
