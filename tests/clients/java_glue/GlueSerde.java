// Records of the three data formats by AWS's schema registry library for Java, which registers their schemas itself.
//
//   GlueSerde write <registry>   two versions of each schema; prints "<format> <version> <compression> <base64>" a record,
//                                and "refused <format> <class>" for one that may not follow
//   GlueSerde read <registry>    a record in base64 a line; prints what each holds

import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryKafkaDeserializer;
import com.amazonaws.services.schemaregistry.serializers.GlueSchemaRegistryKafkaSerializer;
import com.amazonaws.services.schemaregistry.serializers.json.JsonDataWithSchema;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

class GlueSerde {
    static final String AVRO = "{'type': 'record', 'name': 'Order', 'namespace': 'evpoc.tests', 'fields': "
        + "[{'name': 'id', 'type': 'string'}%s]}";
    static final String JSON = "{'$schema': 'http://json-schema.org/draft-07/schema#', 'type': 'object', 'properties': "
        + "{'id': {'type': 'string'}%s}, 'required': ['id'], 'additionalProperties': false}";

    final String registry;

    GlueSerde(String registry) {
        this.registry = registry;
    }

    Map<String, Object> settings(String format, String compression) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("region", "us-east-1");
        settings.put("endpoint", System.getenv("AWS_ENDPOINT_URL"));
        settings.put("registry.name", registry);
        settings.put("schemaName", "orders-" + format.toLowerCase());
        settings.put("schemaAutoRegistrationEnabled", "true");
        settings.put("compatibility", "BACKWARD");
        settings.put("dataFormat", format);
        settings.put("compression", compression);
        settings.put("avroRecordType", "GENERIC_RECORD");
        settings.put("protobufMessageType", "DYNAMIC_MESSAGE");
        return settings;
    }

    byte[] write(String format, String compression, Object record) {
        try (var serializer = new GlueSchemaRegistryKafkaSerializer(
                 DefaultCredentialsProvider.create(), null, settings(format, compression))) {
            serializer.configure(settings(format, compression), false);
            return serializer.serialize("orders", record);
        }
    }

    // Version 2 has a quantity, version 3 an id of another type.

    static Object avro(int version) {
        String more = ", {'name': 'quantity', 'type': 'int', 'default': 0}";
        String text = String.format(AVRO, version > 1 ? more : "").replace('\'', '"');
        var schema = new Schema.Parser().parse(version == 3 ? text.replace("\"string\"", "\"int\"") : text);
        var record = new GenericData.Record(schema);
        record.put("id", version == 3 ? (Object) 1 : "a" + version);
        if (version > 1)
            record.put("quantity", 7);
        return record;
    }

    static Object json(int version) {
        String text = String.format(JSON, version > 1 ? ", 'quantity': {'type': 'integer'}" : "");
        String schema = version == 3 ? text.replace("'string'", "'integer'") : text;
        String record = version == 3 ? "{'id': 1}" : version == 2 ? "{'id': 'a2', 'quantity': 7}" : "{'id': 'a1'}";
        return JsonDataWithSchema.builder(schema.replace('\'', '"'), record.replace('\'', '"')).build();
    }

    static FieldDescriptorProto field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setNumber(number).setType(type)
            .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL).build();
    }

    static Object protobuf(int version) throws Exception {
        var type = version == 3 ? FieldDescriptorProto.Type.TYPE_INT32 : FieldDescriptorProto.Type.TYPE_STRING;
        var order = DescriptorProto.newBuilder().setName("Order").addField(field("id", 1, type));
        if (version > 1)
            order.addField(field("quantity", 2, FieldDescriptorProto.Type.TYPE_INT32));
        var file = FileDescriptorProto.newBuilder().setName("order.proto").setSyntax("proto3").setPackage("evpoc.tests")
            .addMessageType(order).build();
        Descriptor descriptor = FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Order");
        var message = DynamicMessage.newBuilder(descriptor);
        message.setField(descriptor.findFieldByName("id"), version == 3 ? (Object) 1 : "a" + version);
        if (version > 1)
            message.setField(descriptor.findFieldByName("quantity"), 7);
        return message.build();
    }

    static Object record(String format, int version) throws Exception {
        return format.equals("AVRO") ? avro(version) : format.equals("JSON") ? json(version) : protobuf(version);
    }

    void writeAll() throws Exception {
        for (String format : List.of("AVRO", "JSON", "PROTOBUF")) {
            for (int version = 1; version <= 2; version++)
                for (String compression : List.of("NONE", "ZLIB")) {
                    byte[] data = write(format, compression, record(format, version));
                    System.out.println(
                        format + " " + version + " " + compression + " " + Base64.getEncoder().encodeToString(data));
                }
            try {
                write(format, "NONE", record(format, 3));
                System.out.println("taken " + format);
            } catch (RuntimeException error) {
                Throwable cause = error;
                while (cause.getCause() != null)
                    cause = cause.getCause();
                System.out.println("refused " + format + " " + cause.getMessage().replace('\n', ' '));
            }
        }
    }

    void readAll() throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null;)
            try (var deserializer = new GlueSchemaRegistryKafkaDeserializer(
                     DefaultCredentialsProvider.create(), settings("AVRO", "NONE"))) {
                Object record = deserializer.deserialize("orders", Base64.getDecoder().decode(line));
                String text = record instanceof JsonDataWithSchema json ? json.getPayload() : record.toString();
                System.out.println(text.replaceAll("\\s+", " ").trim());
            }
    }

    public static void main(String[] arguments) throws Exception {
        var serde = new GlueSerde(arguments[1]);
        if (arguments[0].equals("write"))
            serde.writeAll();
        else
            serde.readAll();
        System.exit(0); // the library's caches have threads of their own
    }
}
