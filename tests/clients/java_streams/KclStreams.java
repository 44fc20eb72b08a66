// A worker of the KCL for Java that reads a table's stream through the DynamoDB Streams adapter. It prints a line for
// what happens to its shards and for each record, and ends with its standard input.
// Usage: KclStreams <stream's ARN> <application>

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

class KclStreams implements DynamoDBStreamsShardRecordProcessor {
    static final long SHORT_MS = 2000; // new shards are noticed within seconds
    String shardId;

    static synchronized void say(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words)
            line.append(line.length() == 0 ? "" : " ").append(word);
        System.out.println(line);
    }

    @Override
    public void initialize(InitializationInput input) {
        shardId = input.shardId();
        say("begins", shardId);
    }

    @Override
    public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
        for (var record : input.records()) {
            var change = record.getRecord();
            var image = change.dynamodb().newImage();
            say("record", shardId, record.sequenceNumber(), change.eventNameAsString(), change.dynamodb().keys().get("k").s(),
                image != null && image.containsKey("n") ? image.get("n").n() : "-");
        }
        if (!input.records().isEmpty())
            checkpoint(input.checkpointer());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        say("lost", shardId);
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        checkpoint(input.checkpointer());
        say("ended", shardId);
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpoint(input.checkpointer());
        say("stopped", shardId);
    }

    static void checkpoint(RecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    static Scheduler scheduler(String arn, String application) {
        var horizon = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var adapter = new AmazonDynamoDBStreamsAdapterClient(DynamoDbStreamsClient.create(), Region.US_EAST_1);
        var configs = new ConfigsBuilder(StreamsSchedulerFactory.createSingleStreamTracker(arn, horizon), application, adapter,
                                         DynamoDbAsyncClient.create(), CloudWatchAsyncClient.create(),
                                         "worker-" + UUID.randomUUID(), KclStreams::new);
        var leases = configs.leaseManagementConfig().failoverTimeMillis(SHORT_MS).shardSyncIntervalMillis(SHORT_MS)
                         .leasesRecoveryAuditorExecutionFrequencyMillis(SHORT_MS);
        var polling = new DynamoDBStreamsPollingConfig(arn, adapter).idleTimeBetweenReadsInMillis(250);
        return StreamsSchedulerFactory.createScheduler(
            configs.checkpointConfig(), configs.coordinatorConfig().parentShardPollIntervalMillis(500).shardConsumerDispatchPollIntervalMillis(100),
            leases, configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(),
            configs.retrievalConfig().retrievalSpecificConfig(polling), adapter);
    }

    public static void main(String[] arguments) throws Exception {
        var scheduler = scheduler(arguments[0], arguments[1]);
        var running = new Thread(scheduler);
        running.start();
        while (System.in.read() >= 0)
            continue;
        boolean graceful = scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
        say("graceful", graceful);
        System.exit(graceful ? 0 : 1);
    }
}
