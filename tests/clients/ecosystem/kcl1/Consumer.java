// A worker of the KCL 1 with the endpoints it finds by itself: https://SERVICE.REGION.amazonaws.com. It prints "record <data>"
// and ends with its standard input.
// Usage: Consumer <stream> <application>

import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.IRecordProcessorCheckpointer;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IRecordProcessor;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.InitialPositionInStream;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.KinesisClientLibConfiguration;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.ShutdownReason;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.Worker;
import com.amazonaws.services.kinesis.clientlibrary.types.InitializationInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ProcessRecordsInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ShutdownInput;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

class Consumer implements IRecordProcessor {
    static synchronized void say(String line) {
        System.out.println(line);
    }

    @Override
    public void initialize(InitializationInput input) {}

    @Override
    public void processRecords(ProcessRecordsInput input) {
        for (var record : input.getRecords())
            say("record " + StandardCharsets.UTF_8.decode(record.getData()));
        if (!input.getRecords().isEmpty())
            checkpoint(input.getCheckpointer());
    }

    @Override
    public void shutdown(ShutdownInput input) {
        if (input.getShutdownReason() == ShutdownReason.TERMINATE) // the shard's end
            checkpoint(input.getCheckpointer());
    }

    static void checkpoint(IRecordProcessorCheckpointer checkpointer) {
        try {
            checkpointer.checkpoint();
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    public static void main(String[] arguments) throws Exception {
        var settings = new KinesisClientLibConfiguration(arguments[1], arguments[0], new DefaultAWSCredentialsProviderChain(),
                                                         "worker-" + UUID.randomUUID())
            .withRegionName(System.getenv("AWS_REGION"))
            .withInitialPositionInStream(InitialPositionInStream.TRIM_HORIZON).withFailoverTimeMillis(2500)
            .withShardSyncIntervalMillis(2000).withParentShardPollIntervalMillis(1000).withIdleTimeBetweenReadsInMillis(250)
            .withMetricsBufferTimeMillis(1000);
        var worker = new Worker.Builder().recordProcessorFactory(Consumer::new).config(settings).build();
        new Thread(worker).start();
        while (System.in.read() >= 0)
            continue;
        System.exit(worker.startGracefulShutdown().get(30, TimeUnit.SECONDS) ? 0 : 1);
    }
}
