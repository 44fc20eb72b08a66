// A worker of the KCL for Java, with its defaults: leases in DynamoDB, metrics to CloudWatch. It prints a line for what
// happens to its shards and for each record, and ends with its standard input.
// Usage: KclConsumer <stream> <application> fan-out|polling

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
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
import software.amazon.kinesis.retrieval.RetrievalConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

class KclConsumer implements ShardRecordProcessor {
    static final long SHORT_MS = 5000; // new shards and lost workers are noticed within seconds
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
    public void processRecords(ProcessRecordsInput input) {
        if (input.records().isEmpty())
            return;
        for (var record : input.records())
            say("record", shardId, record.sequenceNumber(), StandardCharsets.UTF_8.decode(record.data()));
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

    static RetrievalConfig retrieval(RetrievalConfig fanOut, String stream, String mode, KinesisAsyncClient kinesis) {
        return mode.equals("polling") ? fanOut.retrievalSpecificConfig(new PollingConfig(stream, kinesis)) : fanOut;
    }

    static Scheduler scheduler(String stream, String application, String mode, KinesisAsyncClient kinesis) {
        var horizon = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var configs = new ConfigsBuilder(new SingleStreamTracker(stream, horizon), application, kinesis,
                                         DynamoDbAsyncClient.create(), CloudWatchAsyncClient.create(),
                                         "worker-" + UUID.randomUUID(), KclConsumer::new);
        var leases = configs.leaseManagementConfig().failoverTimeMillis(SHORT_MS).shardSyncIntervalMillis(SHORT_MS);
        return new Scheduler(configs.checkpointConfig(), configs.coordinatorConfig(), leases, configs.lifecycleConfig(),
                             configs.metricsConfig().metricsBufferTimeMillis(SHORT_MS), configs.processorConfig(),
                             retrieval(configs.retrievalConfig(), stream, mode, kinesis));
    }

    public static void main(String[] arguments) throws Exception {
        var kinesis = KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder());
        var scheduler = scheduler(arguments[0], arguments[1], arguments[2], kinesis);
        var running = new Thread(scheduler);
        running.start();
        while (System.in.read() >= 0)
            continue;
        boolean graceful = scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
        say("graceful", graceful);
        System.exit(graceful ? 0 : 1);
    }
}
