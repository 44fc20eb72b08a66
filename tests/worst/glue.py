"""Glue: definitions of 170,000 characters, the most there may be, made to be bad for each thing that is done with one."""

import json

from case import Case

MAX = 170_000
REGISTRY = {"RegistryName": "default-registry"}
SCHEMA = {**REGISTRY, "SchemaName": "s"}


def many(item, before="", after="", joiner=",", most=MAX):
    """before item(0) joiner item(1) … after: as many as there is room for."""
    parts, size, number = [], len(before) + len(after), 0
    while True:
        part = item(number) if callable(item) else item
        size += len(part) + len(joiner)
        if size > most:
            return before + joiner.join(parts) + after
        parts.append(part)
        number += 1


def created(data_format, definition, mode="FULL_ALL"):
    return ("AWSGlue.CreateSchema", {"RegistryId": REGISTRY, "SchemaName": "s", "DataFormat": data_format, "Compatibility": mode,
                                     "SchemaDefinition": definition})


def registered(definition):
    return "AWSGlue.RegisterSchemaVersion", {"SchemaId": SCHEMA, "SchemaDefinition": definition}


def one(data_format, name, definition):
    """Only read: the format, its canonical form."""
    target, body = created(data_format, definition)
    return Case(f"{data_format}, {name}", "glue", target, body)


def pair(data_format, name, before, after, mode="FULL_ALL"):
    """A second version is held against the first, both ways."""
    target, body = registered(after)
    return Case(f"{data_format}, {name}", "glue", target, body, [created(data_format, before, mode)])


def diff(name, before, after, data_format="AVRO"):
    body = {"SchemaId": SCHEMA, "FirstSchemaVersionNumber": {"VersionNumber": 1}, "SecondSchemaVersionNumber": {"VersionNumber": 2},
            "SchemaDiffType": "SYNTAX_DIFF"}
    return Case(name, "glue", "AWSGlue.GetSchemaVersionsDiff", body, [created(data_format, before, "NONE"), registered(after)])


# Avro


def avro_ring(letter, length):
    """Records R, each with the one before it as its n; the first has the last. The other fields are there to define them."""
    others = "".join(f'{{"name":"{letter}{n}","default":null,"type":["null",{{"type":"record","name":"s{n}.R","fields":'
                     f'[{{"name":"n","type":"{f"s{n - 1}.R" if n > 1 else "R"}"}}]}}]}},' for n in range(1, length))
    return f'{{"type":"record","name":"R","fields":[{others}{{"name":"n","type":"s{length - 1}.R"}}]}}'


def avro_cases():
    def named_union(fields):
        return many(lambda n: f'{{"type":"record","name":"R","namespace":"n{n}","fields":[{fields}]}}', "[", "]")

    yield pair("AVRO", "records in two rings, of coprime lengths", avro_ring("a", 1300), avro_ring("b", 1299))
    yield pair("AVRO", "two unions of distinct records", *[many(lambda n: f'{{"type":"record","name":"R{n}","fields":[]}}', "[", "]")] * 2, "FULL")
    yield pair("AVRO", "two unions of distinct records, one of them another order",
               many(lambda n: f'{{"type":"record","name":"R{n}","fields":[]}}', "[", "]"),
               "[" + ",".join(f'{{"type":"record","name":"R{n}","fields":[]}}' for n in reversed(range(3800))) + "]")
    required = '{"name":"x","type":"int"}'
    yield pair("AVRO", "two unions of records of one name, of which only the last reads",
               named_union(""), "[" + many(lambda n: f'{{"type":"record","name":"R","namespace":"n{n}","fields":[{required}]}}', most=MAX - 100)
               + ',{"type":"record","name":"R","fields":[]}]', "BACKWARD")
    symbols = many(lambda n: f'"A{n}"', '{"type":"enum","name":"E","symbols":[', "]}", most=MAX // 2)
    fields = many(lambda n: f'{{"name":"f{n}","type":"E"}}', most=MAX // 2 - 100)
    enum = f'{{"type":"record","name":"R","fields":[{{"name":"e","type":{symbols}}},{fields}]}}'
    yield pair("AVRO", "one enum of many symbols in many fields", enum, enum.replace('"A0"', '"B"', 1))
    unions = many(lambda n: f'{{"name":"f{n}","type":["null","E","R"]}}', most=MAX // 2 - 100)
    enum = f'{{"type":"record","name":"R","fields":[{{"name":"e","type":{symbols}}},{unions}]}}'
    yield pair("AVRO", "one enum of many symbols in many unions", enum, enum.replace('"f1"', '"g1"', 1))
    yield one("AVRO", "a long namespace of many records",
              many(lambda n: f'{{"type":"record","name":"r{n}","fields":[]}}', '[{"type":"record","namespace":"' + "a." * 40_000
                   + 'n","name":"r","fields":[{"name":"f","type":[', "]}]}]"))
    aliased = many('"a"', '{"type":"record","name":"%s","namespace":"' + "n" * 80_000 + '","aliases":[', '],"fields":[]}', most=MAX - 200)
    yield pair("AVRO", "many aliases in a long namespace", aliased % "R", aliased % "S")
    aliases = many(lambda n: f'"a{n}"', most=MAX // 2)
    pairs = many(lambda n: f'{{"type":"record","name":"n{n}.X","fields":[]}}', most=MAX // 2 - 200)
    yield pair("AVRO", "many aliases against many records", f"[{pairs}]", f'["null",{{"type":"record","name":"R","aliases":[{aliases}],"fields":[]}}]', "BACKWARD")
    fields = many(lambda n: f'{{"name":"f{n}","type":"int","default":1}}', most=MAX // 2)
    empty = many("{}", most=MAX // 2 - 300)
    yield one("AVRO", "a default of many records of many fields",
              f'{{"type":"record","name":"T","fields":[{{"name":"a","type":{{"type":"record","name":"R","fields":[{fields}]}}}},'
              f'{{"name":"b","type":{{"type":"array","items":"R"}},"default":[{empty}]}}]}}')
    yield one("AVRO", "brackets that never close", "[" * MAX)
    yield one("AVRO", "lists in lists", '{"type":"int","x":' + "[" * 2000 + "]" * 2000 + "}")
    yield one("AVRO", "many empty objects", many("{}", '{"type":"int","x":[', "]}"))
    yield one("AVRO", "many fractions, whose canonical form is long", many("1.1", '{"type":"int","x":[', "]}"))
    yield one("AVRO", "many members to sort", many(lambda n: f'"{"m" * 50}{n}":0', '{"type":"int",', "}"))
    yield one("AVRO", "many fields", many(lambda n: f'{{"name":"f{n}","type":"int"}}', '{"type":"record","name":"R","fields":[', "]}"))
    wide = many(lambda n: f'{{"name":"f{n}","aliases":["g{n}"],"type":["null","int"],"default":null}}', '{"type":"record","name":"R","fields":[', "]}")
    yield pair("AVRO", "two records of many fields", wide, wide.replace('"f1"', '"h1"', 1))
    yield one("AVRO", "a name that is one letter too strange, told again", '{"type":"record","name":"' + "n" * (MAX - 60) + '-","fields":[]}')


# JSON Schema


def json_cases():
    numbers = many(lambda n: str(n), "[[", "]]", most=MAX - 50)
    yield pair("JSON", "unique items of many numbers", f'{{"enum":{numbers}}}', '{"uniqueItems":true}', "BACKWARD")
    lists = many(lambda n: f'[{n},[{n}]]', "[[", "]]", most=MAX - 50)
    yield pair("JSON", "unique items of many lists, asked often", f'{{"enum":{lists}}}',
               many(lambda n: '{"uniqueItems":true,"minItems":%d}' % n, '{"allOf":[', "]}"), "BACKWARD")
    values = [f'"v{n}"' for n in range(18_000)]
    yield pair("JSON", "an enum of many strings in another order", f'{{"enum":[{",".join(values)}]}}', f'{{"enum":[{",".join(reversed(values))}]}}')
    yield pair("JSON", "an enum of many numbers against as many constants", many(lambda n: str(n), '{"enum":[', "]}"),
               many(lambda n: f'{{"const":{n}}}', '{"anyOf":[', "]}"), "BACKWARD")
    same = "v" * 2000
    values = many(lambda n: f'"{same}{n}"', '{"enum":[', "]}")
    yield pair("JSON", "an enum of long strings that begin alike", values, values[:-2] + ',"x"]}')
    tower = "[" * 1000 + many("0", most=150_000) + "]" * 1000
    yield pair("JSON", "a tower of lists as a constant", f'{{"const":{tower}}}', f'{{"const":{tower.replace("0]", "1]", 1)}}}')
    for name, pattern in [("nested repeats", "^(a+)+$"), ("many ways", "^(a|a)*$"), ("a back reference", r"^(a*)*\\1$"), ("far lookahead", "(?=.*b)(a|.)*c"),
                          ("recursion", "^(a(?1)?b?)*$"), ("a long class", "([a-z]*)*X"), ("no anchor", "(x+x+)+y"), ("everything twice", "(.*)(.*)(.*)(.*)(.*)X")]:
        text = "a" * 30_000 + "x" * 10_000
        yield pair("JSON", f"a pattern with {name}", json.dumps({"enum": [text, text + "!"]}), f'{{"type":"string","pattern":"{pattern}"}}', "BACKWARD")
    yield pair("JSON", "many patterns against many names", many(lambda n: f'"aaaaaaaaa{n}":{{}}', '{"properties":{', "}}"),
               many(lambda n: f'"^(a*)*{n}$":{{}}', '{"patternProperties":{', "}}"))
    yield one("JSON", "patterns that grow when compiled", many(lambda n: f'"(?:abc){{4000}}x{{{n}}}":{{}}', '{"patternProperties":{', "}}"))
    yield one("JSON", "many patterns", many(lambda n: f'"{n}":{{}}', '{"patternProperties":{', "}}"))
    yield one("JSON", "patterns of many groups", many(lambda n: f'"{"(" * 200}{n}{")" * 200}":{{}}', '{"patternProperties":{', "}}"))
    base = "http://x/" + "a/" * 40_000
    yield one("JSON", "a long $id and many references", many('{"$ref":"#"}', f'{{"$id":"{base}","allOf":[', "]}"))
    yield one("JSON", "a long $id and many others below it", many(lambda n: f'{{"$id":"{n}"}}', f'{{"$id":"{base}","allOf":[', "]}"))
    yield one("JSON", "a long $id, many others and references to them",
              many(lambda n: f'{{"$id":"#{n}"}},{{"$ref":"#{n}"}}', f'{{"$id":"{base}","allOf":[', "]}"))
    yield one("JSON", "many $ids and references", many(lambda n: f'{{"$id":"{n}"}},{{"$ref":"{n}"}}', '{"allOf":[', "]}"))
    deep = ('{"$id":"a/","not":' * 90) + "{}" + "}" * 90
    yield one("JSON", "references by long pointers", many('{"$ref":"#' + "/not" * 1000 + '"}', f'{{"not":{deep},"anyOf":[', "]}"))
    names = many(lambda n: f'"n{n}"', '{"required":[', "]}")
    yield pair("JSON", "many required names", names, names.replace('"n1"', '"m1"', 1))
    properties = many(lambda n: f'"p{n}":{{}}', '{"additionalProperties":false,"properties":{', "}}")
    yield pair("JSON", "many properties", properties, properties.replace('"p1"', '"q1"', 1))
    typed = many(lambda n: f'"p{n}":{{"type":"string","maxLength":{n + 1}}}', '{"additionalProperties":false,"properties":{', "}}")
    yield pair("JSON", "many properties with bounds", typed, typed.replace('"p1"', '"q1"', 1))
    yield pair("JSON", "many schemas in one allOf", many(lambda n: f'{{"x":{n}}}', '{"allOf":[', "]}"), many(lambda n: f'{{"y":{n}}}', '{"allOf":[', "]}"))
    yield pair("JSON", "many branches of oneOf", many(lambda n: f'{{"minLength":{n}}}', '{"oneOf":[', "]}"), many(lambda n: f'{{"maxLength":{n}}}', '{"oneOf":[', "]}"))
    yield pair("JSON", "many branches of anyOf", many(lambda n: f'{{"minLength":{n}}}', '{"anyOf":[', "]}"), many(lambda n: f'{{"maxLength":{n}}}', '{"anyOf":[', "]}"))
    big = many("0", '{"enum":[', "]}", most=MAX // 2)
    conditions = many('{"if":{"$ref":"#/definitions/d"},"then":{"type":"string"}}', f'{{"definitions":{{"d":{big}}},"allOf":[', "]}")
    yield pair("JSON", "many conditions of one large schema", conditions, conditions.replace("string", "number", 1))
    yield pair("JSON", "a list of many items", many(lambda n: f'{{"x":{n}}}', '{"items":[', "]}"), many(lambda n: f'{{"y":{n}}}', '{"items":[', "]}"))
    dependencies = many(lambda n: f'"d{n}":["a","b"]', '{"dependencies":{', "}}")
    yield pair("JSON", "many dependencies", dependencies, dependencies.replace('"a"', '"c"', 1))
    refs = many(lambda n: f'"p{n}":{{"$ref":"#"}}', '{"properties":{', "}}")
    yield pair("JSON", "a schema that holds itself under many names", refs, refs.replace('"p1"', '"q1"', 1))
    yield one("JSON", "many empty schemas", many("{}", '{"allOf":[', "]}"))
    yield one("JSON", "many small schemas", many('{"a":1}', '{"allOf":[', "]}"))
    yield one("JSON", "schemas in schemas", '{"not":' * 1000 + "{}" + "}" * 1000)
    excluded = many(lambda n: f'{{"not":{{"minimum":{n}}}}}', '{"allOf":[', "]}")
    yield pair("JSON", "many exclusions", excluded, many(lambda n: f'{{"not":{{"maximum":{n}}}}}', '{"allOf":[', "]}"))


# Protobuf

PROTO3 = 'syntax="proto3";'


def proto_cases():
    package = "package " + ".".join("a" * 40_000) + ";"
    yield one("PROTOBUF", "messages in a deep package", many(lambda n: f"message M{n}{{}}", PROTO3 + package, joiner=""))
    yield one("PROTOBUF", "references out of a deep package",
              many(lambda n: f"google.protobuf.Any f{n}={n + 1};", PROTO3 + 'import "google/protobuf/any.proto";' + package + "message M{", "}", joiner=""))
    yield one("PROTOBUF", "names in a deep package that are long themselves",
              many(lambda n: f"{'a.' * 100}M f{n}={n + 1};", PROTO3 + package + "message M{", "}", joiner=""))
    yield one("PROTOBUF", "a package name with spaces in it", PROTO3 + "package " + " . ".join("a" * 40_000) + ";message M{}")
    yield one("PROTOBUF", "an option's name of many parts", PROTO3 + "option " + ".".join("a" * 80_000) + "=1;message M{}")
    yield one("PROTOBUF", "long names in each other", many(lambda n: f"message M{n}{{}}", PROTO3 + "".join(f"message {'n' * 1300}{n}{{" for n in range(60)), "}" * 60, joiner=""))
    enum = many(lambda n: f"A{n}={n};", PROTO3 + "enum E{", "}", joiner="")
    yield one("PROTOBUF", "an enum of many values", enum)
    fields = many(lambda n: f"int32 a{n}={n + 20000};", PROTO3 + "message M{", "}", joiner="")
    yield pair("PROTOBUF", "a message of many fields", fields, fields.replace(" a1=", " b1=", 1))
    ranges = many(lambda n: f"{1000000 + n}", joiner=",", most=MAX // 2)
    some = many(lambda n: f"int32 a{n}={n + 20000};", joiner="", most=MAX // 2 - 100)
    yield one("PROTOBUF", "many fields and reserved numbers", f"{PROTO3}message M{{reserved {ranges};{some}}}")
    names = many(lambda n: f'"r{n}"', joiner=",", most=MAX // 2)
    yield one("PROTOBUF", "many fields and reserved names", f"{PROTO3}message M{{reserved {names};{some}}}")
    yield one("PROTOBUF", "many enums beside each other", many(lambda n: f"enum E{n}{{V{n}=0;}}", PROTO3, joiner=""))
    yield one("PROTOBUF", "two large enums beside each other", PROTO3 + "".join(
        many(lambda n: f"{letter}{n}={n};", f"enum {letter}{letter}{{", "}", "", MAX // 2 - 50) for letter in "AB"))
    messages = many(lambda n: f"message M{n}{{}}", PROTO3, joiner="")
    yield pair("PROTOBUF", "many messages", messages, messages.replace("message M1{", "message N{", 1))
    yield pair("PROTOBUF", "many messages in another order", many(lambda n: f"message M{n}{{}}", PROTO3, joiner="", most=160_000),
               PROTO3 + "".join(f"message M{n}{{}}" for n in reversed(range(9_000))), "BACKWARD")
    oneof = many(lambda n: f"int32 a{n}={n + 20000};", PROTO3 + "message M{oneof o{", "}}", joiner="")
    yield pair("PROTOBUF", "a oneof of many fields", oneof, oneof.replace(" a1=", " b1=", 1))
    yield pair("PROTOBUF", "many fields that become a oneof", fields, oneof)
    ring = many(lambda n: f"message M{n}{{M{n and n - 1} f=1;M{n and n - 1} g=2;M{n // 2} h=3;}}", PROTO3, joiner="")
    yield pair("PROTOBUF", "messages that hold each other", ring, ring.replace("M1 g=2", "M0 g=2", 1))
    top = "message T{M1 a=1;}"
    yield pair("PROTOBUF", "messages in two rings, of coprime lengths",
               *[PROTO3 + top + "".join(f"message M{n}{{M{(n + 1) % length} f=1;}}" for n in range(length)) for length in (4001, 4000)], "BACKWARD")
    yield one("PROTOBUF", "braces that never close", PROTO3 + "message M{" * 15_000)
    yield one("PROTOBUF", "an option that is nested deep", PROTO3 + "option (a)={" + "a{" * 80_000)
    yield one("PROTOBUF", "a comment that never ends", PROTO3 + "/*" * 80_000)


# Versions


def version_cases():
    def record(*numbers):
        return many(lambda n: f'{{"name":"f{n}","type":"int","default":0}}', '{"type":"record","name":"R","fields":[',
                    ",".join(["", *(f'{{"name":"g{n}","type":"int","default":0}}' for n in numbers)]) + "]}")

    large = [record(n) for n in range(12)]
    target, body = registered(record(99))
    yield Case("a version held against many large ones", "glue", target, body, [created("AVRO", large[0]), *map(registered, large[1:])])
    for data_format, name, item, before, after in [
            ("AVRO", "empty objects", "{}", '{"type":"int","v":%d,"x":[', "]}"),
            ("AVRO", "fields of small types", lambda n: f'{{"name":"f{n}","type":"E"}}',
             '{"type":"record","v":%d,"name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}},', "]}"),
            ("AVRO", "unions", lambda n: f'{{"name":"f{n}","type":["null","R"]}}', '{"type":"record","v":%d,"name":"R","fields":[', "]}"),
            ("JSON", "empty schemas", "{}", '{"title":"%d","allOf":[', "]}"),
            ("JSON", "small values", "0", '{"title":"%d","x":[', "]}"),
            ("JSON", "small schemas", '{"a":0}', '{"title":"%d","properties":{"a":{"allOf":[', "]}}}"),
            ("JSON", "properties", lambda n: f'"p{n}":{{"type":"string"}}', '{"title":"%d","properties":{', "}}"),
            ("PROTOBUF", "fields", lambda n: f"int32 a{n}={n + 20000};", PROTO3 + "option a=%d;message M{", "}"),
            ("PROTOBUF", "messages", lambda n: f"message M{n}{{}}", PROTO3 + "option a=%d;", "")]:
        dense = many(item, before, after, "" if data_format == "PROTOBUF" else ",", MAX - 20)
        versions = [dense.replace("%d", str(n), 1) for n in range(40)]
        target, body = registered(versions[-1])
        update = ("AWSGlue.UpdateSchema", {"SchemaId": SCHEMA, "Compatibility": "FULL_ALL", "SchemaVersionNumber": {"VersionNumber": 1}})
        yield Case(f"{data_format}, a version of many {name} held against many", "glue", target, body,
                   [created(data_format, versions[0], "NONE"), *map(registered, versions[1:-1]), update])
    small = [json.dumps({"type": "record", "name": "R", "fields": [{"name": f"f{n}", "type": "int", "default": 0}]}) for n in range(300)]
    target, body = registered(small[-1])
    yield Case("a version held against many small ones", "glue", target, body, [created("AVRO", small[0]), *map(registered, small[1:-1])])
    yield Case("many large versions deleted", "glue", "AWSGlue.DeleteSchemaVersions", {"SchemaId": SCHEMA, "Versions": "2-1000"},
               [created("AVRO", record(0), "NONE"), *(registered(record(n)) for n in range(1, 100))])
    yield Case("a schema of many large versions deleted", "glue", "AWSGlue.DeleteSchema", {"SchemaId": SCHEMA},
               [created("AVRO", record(0), "NONE"), *(registered(record(n)) for n in range(1, 100))])
    yield Case("the latest version before many that failed", "glue", "AWSGlue.GetSchema", {"SchemaId": SCHEMA},
               [created("AVRO", '"int"', "BACKWARD"), *(registered(record(n)) for n in range(1, 100))])
    yield Case("a page of large versions", "glue", "AWSGlue.ListSchemaVersions", {"SchemaId": SCHEMA, "MaxResults": 100},
               [created("AVRO", record(0), "NONE"), *(registered(record(n)) for n in range(1, 100))])
    yield Case("a large definition found again", "glue", "AWSGlue.GetSchemaByDefinition", {"SchemaId": SCHEMA, "SchemaDefinition": record(7)},
               [created("AVRO", record(7), "NONE")])
    yield Case("a large definition looked at only", "glue", "AWSGlue.CheckSchemaVersionValidity",
               {"DataFormat": "JSON", "SchemaDefinition": many('{"a":1}', '{"allOf":[', "]}")})
    metadata = [("AWSGlue.PutSchemaVersionMetadata", {"SchemaId": SCHEMA, "SchemaVersionNumber": {"VersionNumber": 1},
                                                      "MetadataKeyValue": {"MetadataKey": f"k{n}", "MetadataValue": "v" * 256}}) for n in range(10)]
    yield Case("metadata asked for in many ways", "glue", "AWSGlue.QuerySchemaVersionMetadata",
               {"SchemaId": SCHEMA, "SchemaVersionNumber": {"VersionNumber": 1}, "MetadataList": [{"MetadataKey": "k"}] * 40_000},
               [created("AVRO", '"int"'), *metadata])


def diff_cases():
    key = "k" * 80_000

    def attribute(value):
        return f'{{"type":"int","x":{value}}}'

    yield diff("a long name above many changes", *(attribute(f'{{"{key}":[{many(number, most=80_000)}]}}') for number in "01"))
    yield diff("many changes", *(attribute(f'[{many(number, most=160_000)}]') for number in "01"))
    yield diff("many members removed and added", *(attribute(many(lambda n: f'"{letter}{n}":0', "{", "}", most=160_000)) for letter in "ab"))
    yield diff("a tower of lists over a large one", *(attribute("[" * 1000 + many("0", most=160_000) + f",{number}" + "]" * 1000) for number in "01"))
    yield diff("a tower of objects", *(attribute('{"a":' * 1000 + many("0", "[", f",{number}]", most=150_000) + "}" * 1000) for number in "01"))


def cases():
    for some in (avro_cases, json_cases, proto_cases, version_cases, diff_cases):
        yield from some()
