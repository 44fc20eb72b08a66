// A worker of the KCL with its defaults, fan-out and all; the Glue serde finds each record's schema. It prints "record <text>"
// and ends with its standard input.
// Usage: Consumer <stream> <application>

import com.amazonaws.services.schemaregistry.common.configs.GlueSchemaRegistryConfiguration;
import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryDeserializerImpl;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

class Consumer implements ShardRecordProcessor {
    static final long SHORT_MS = 5000; // new shards are noticed within seconds

    static synchronized void say(String line) {
        System.out.println(line);
    }

    static String decoded(KinesisClientRecord record) {
        try {
            byte[] bytes = new byte[record.data().remaining()];
            record.data().get(bytes);
            var schema = new Schema.Parser().parse(record.schema().getSchemaDefinition());
            var decoder = DecoderFactory.get().binaryDecoder(bytes, null);
            return new GenericDatumReader<GenericRecord>(schema).read(null, decoder).get("text").toString();
        } catch (Exception error) {
            return "not readable: " + error;
        }
    }

    @Override
    public void initialize(InitializationInput input) {
        say("begins " + input.shardId());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        for (var record : input.records())
            say("record " + decoded(record));
        if (!input.records().isEmpty())
            checkpoint(input.checkpointer());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {}

    @Override
    public void shardEnded(ShardEndedInput input) {
        checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpoint(input.checkpointer());
    }

    static void checkpoint(RecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    static Scheduler scheduler(String stream, String application) {
        var horizon = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var configs = new ConfigsBuilder(new SingleStreamTracker(stream, horizon), application,
                                         KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder()),
                                         DynamoDbAsyncClient.create(), CloudWatchAsyncClient.create(),
                                         "worker-" + UUID.randomUUID(), Consumer::new);
        var glue = new GlueSchemaRegistryDeserializerImpl(DefaultCredentialsProvider.create(),
                                                          new GlueSchemaRegistryConfiguration(System.getenv("AWS_REGION")));
        return new Scheduler(configs.checkpointConfig(), configs.coordinatorConfig(),
                             configs.leaseManagementConfig().failoverTimeMillis(SHORT_MS).shardSyncIntervalMillis(SHORT_MS),
                             configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(),
                             configs.retrievalConfig().glueSchemaRegistryDeserializer(glue));
    }

    public static void main(String[] arguments) throws Exception {
        var scheduler = scheduler(arguments[0], arguments[1]);
        new Thread(scheduler).start();
        while (System.in.read() >= 0)
            continue;
        System.exit(scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS) ? 0 : 1);
    }
}
