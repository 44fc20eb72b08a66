/* known_types.c - the files that every protoc has, and those of google/type: their types are known by name. */
#include "proto_parser.h"

/* aws: aws-glue-schema-registry, serializer-deserializer/…/protobuf: the files its parser always has. */
static const struct {
    const char *file, *messages, *enums;
} files[] = {
    {"google/protobuf/any.proto", "Any", ""},
    {"google/protobuf/api.proto", "Api Method Mixin", ""},
    {"google/protobuf/descriptor.proto",
     "FileDescriptorSet FileDescriptorProto DescriptorProto FieldDescriptorProto OneofDescriptorProto "
     "EnumDescriptorProto "
     "EnumValueDescriptorProto ServiceDescriptorProto MethodDescriptorProto FileOptions MessageOptions FieldOptions "
     "OneofOptions EnumOptions EnumValueOptions ServiceOptions MethodOptions UninterpretedOption SourceCodeInfo "
     "GeneratedCodeInfo",
     ""},
    {"google/protobuf/duration.proto", "Duration", ""},
    {"google/protobuf/empty.proto", "Empty", ""},
    {"google/protobuf/field_mask.proto", "FieldMask", ""},
    {"google/protobuf/source_context.proto", "SourceContext", ""},
    {"google/protobuf/struct.proto", "Struct Value ListValue", "NullValue"},
    {"google/protobuf/timestamp.proto", "Timestamp", ""},
    {"google/protobuf/type.proto", "Type Field Enum EnumValue Option", "Syntax"},
    {"google/protobuf/wrappers.proto",
     "DoubleValue FloatValue Int64Value UInt64Value Int32Value UInt32Value BoolValue StringValue BytesValue", ""},
    {"google/type/calendar_period.proto", "", "CalendarPeriod"},
    {"google/type/color.proto", "Color", ""},
    {"google/type/date.proto", "Date", ""},
    {"google/type/datetime.proto", "DateTime TimeZone", ""},
    {"google/type/dayofweek.proto", "", "DayOfWeek"},
    {"google/type/decimal.proto", "Decimal", ""},
    {"google/type/expr.proto", "Expr", ""},
    {"google/type/fraction.proto", "Fraction", ""},
    {"google/type/interval.proto", "Interval", ""},
    {"google/type/latlng.proto", "LatLng", ""},
    {"google/type/localized_text.proto", "LocalizedText", ""},
    {"google/type/money.proto", "Money", ""},
    {"google/type/month.proto", "", "Month"},
    {"google/type/phone_number.proto", "PhoneNumber", ""},
    {"google/type/postal_address.proto", "PostalAddress", ""},
    {"google/type/quaternion.proto", "Quaternion", ""},
    {"google/type/timeofday.proto", "TimeOfDay", ""},
};

bool proto_is_known_file(Bytes path)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (bytes_is(path, files[i].file))
            return true;
    return false;
}

bool proto_is_known_type(Bytes full_name, bool *ret_is_enum, Bytes *ret_file)
{
    bool is_type = bytes_starts_with(full_name, TEXT("google.type."));
    size_t prefix = is_type ? 12 : 16;
    if (!is_type && !bytes_starts_with(full_name, TEXT("google.protobuf.")))
        return false;
    Bytes name = bytes_slice(full_name, prefix, full_name.len - prefix);
    for (size_t i = 0; name.len && i < sizeof files / sizeof *files; i++) {
        *ret_file = bytes_of(files[i].file);
        *ret_is_enum = words_have(files[i].enums, name);
        if (bytes_starts_with(*ret_file, TEXT("google/type/")) == is_type &&
            (*ret_is_enum || words_have(files[i].messages, name)))
            return true;
    }
    return false;
}
