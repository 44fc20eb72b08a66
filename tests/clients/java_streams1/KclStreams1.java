// A worker of the KCL 1 that reads a table's stream through the DynamoDB Streams adapter. It prints a line for what
// happens to its shards and for each record, and ends with its standard input.
// Usage: KclStreams1 <stream's ARN> <application>

import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.client.builder.AwsClientBuilder;
import com.amazonaws.services.cloudwatch.AmazonCloudWatchClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreamsClientBuilder;
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsWorkerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.RecordAdapter;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.IRecordProcessorCheckpointer;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IRecordProcessor;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.InitialPositionInStream;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.KinesisClientLibConfiguration;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.ShutdownReason;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.Worker;
import com.amazonaws.services.kinesis.clientlibrary.types.InitializationInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ProcessRecordsInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ShutdownInput;
import com.amazonaws.services.kinesis.metrics.interfaces.MetricsLevel;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

class KclStreams1 implements IRecordProcessor {
    static final long SHORT_MS = 1000; // new shards are noticed within seconds
    String shardId;

    static synchronized void say(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words)
            line.append(line.length() == 0 ? "" : " ").append(word);
        System.out.println(line);
    }

    @Override
    public void initialize(InitializationInput input) {
        shardId = input.getShardId();
        say("begins", shardId);
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        for (var record : input.getRecords()) {
            var change = ((RecordAdapter)record).getInternalObject();
            var image = change.getDynamodb().getNewImage();
            say("record", shardId, record.getSequenceNumber(), change.getEventName(), change.getDynamodb().getKeys().get("k").getS(),
                image != null && image.containsKey("n") ? image.get("n").getN() : "-");
        }
        if (!input.getRecords().isEmpty())
            checkpoint(input.getCheckpointer());
    }

    @Override
    public void shutdown(ShutdownInput input) {
        boolean hasEnded = input.getShutdownReason() == ShutdownReason.TERMINATE;
        if (hasEnded)
            checkpoint(input.getCheckpointer());
        say(hasEnded ? "ended" : "lost", shardId);
    }

    static void checkpoint(IRecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    public static void main(String[] arguments) throws Exception {
        var here = new AwsClientBuilder.EndpointConfiguration(System.getenv("AWS_ENDPOINT_URL"), "us-east-1");
        var adapter = new AmazonDynamoDBStreamsAdapterClient(
            AmazonDynamoDBStreamsClientBuilder.standard().withEndpointConfiguration(here).build());
        var configuration = new KinesisClientLibConfiguration(arguments[1], arguments[0], new DefaultAWSCredentialsProviderChain(),
                                                              "worker-" + UUID.randomUUID())
                                .withInitialPositionInStream(InitialPositionInStream.TRIM_HORIZON)
                                .withFailoverTimeMillis(SHORT_MS)
                                .withShardSyncIntervalMillis(SHORT_MS)
                                .withParentShardPollIntervalMillis(200)
                                .withIdleTimeBetweenReadsInMillis(250)
                                .withMetricsLevel(MetricsLevel.NONE);
        Worker worker = StreamsWorkerFactory.createDynamoDbStreamsWorker(
            KclStreams1::new, configuration, adapter, AmazonDynamoDBClientBuilder.standard().withEndpointConfiguration(here).build(),
            AmazonCloudWatchClientBuilder.standard().withEndpointConfiguration(here).build(), Executors.newCachedThreadPool());
        new Thread(worker).start();
        while (System.in.read() >= 0)
            continue;
        boolean graceful = worker.startGracefulShutdown().get(30, TimeUnit.SECONDS);
        say("graceful", graceful);
        System.exit(graceful ? 0 : 1);
    }
}
