// The Kinesis Producer Library: puts each line of its standard input as an Avro record, under a schema that the Glue serde
// registers where it isn't there yet, at its defaults: in default-registry, named after the stream.
// Usage: Producer <stream>      prints "put <shard> <text>" when a record is confirmed

import com.amazonaws.services.schemaregistry.common.Schema;
import com.amazonaws.services.schemaregistry.common.configs.GlueSchemaRegistryConfiguration;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.EncoderFactory;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordFailedException;
import software.amazon.kinesis.producer.UserRecordResult;

class Producer {
    static final org.apache.avro.Schema AVRO =
        SchemaBuilder.record("Line").fields().requiredString("text").endRecord();

    static ByteBuffer encoded(String text) throws Exception {
        var bytes = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(AVRO).write(new GenericRecordBuilder(AVRO).set("text", text).build(), encoder);
        encoder.flush();
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    static synchronized void say(String line) {
        System.out.println(line);
    }

    static void put(KinesisProducer producer, String stream, String text) throws Exception {
        var future = producer.addUserRecord(stream, text, null, encoded(text), new Schema(AVRO.toString(), "AVRO", stream));
        Futures.addCallback(future, new FutureCallback<UserRecordResult>() {
            @Override
            public void onSuccess(UserRecordResult result) {
                say("put " + result.getShardId() + " " + text);
            }

            @Override
            public void onFailure(Throwable error) {
                say("failed " + text + ": " + (error instanceof UserRecordFailedException
                    ? ((UserRecordFailedException)error).getResult().getAttempts().toString() : error.toString()));
            }
        }, MoreExecutors.directExecutor());
    }

    public static void main(String[] arguments) throws Exception {
        var glue = new GlueSchemaRegistryConfiguration(System.getenv("AWS_REGION"));
        glue.setSchemaAutoRegistrationEnabled(true);
        var settings = new KinesisProducerConfiguration().setRegion(System.getenv("AWS_REGION"))
            .setGlueSchemaRegistryConfiguration(glue).setTempDirectory(System.getProperty("user.dir"))
            .setCaCertFile(System.getenv("EVPOC_CA"));
        var producer = new KinesisProducer(settings);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null;)
            put(producer, arguments[0], line);
        producer.flushSync();
        producer.destroy();
        System.exit(0);
    }
}
