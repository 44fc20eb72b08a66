// A Flink job on a cluster in this process: Kinesis into a state that is kept exactly once. When a checkpoint is complete it
// prints "state" and all that the state holds, and it ends with its standard input, leaving a savepoint.
// Usage: FlinkJob <stream> polling|lazy|eager <folder for the savepoint> [<savepoint to go on from>]

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.CheckpointingMode;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;
import org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer;

class FlinkJob {
    public static class Kept extends RichSinkFunction<String> implements CheckpointedFunction, CheckpointListener {
        final List<String> records = new ArrayList<>();
        final TreeMap<Long, List<String>> snapshots = new TreeMap<>();
        transient ListState<String> state;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("records", Types.STRING));
            for (String record : state.get())
                records.add(record);
        }

        @Override
        public void invoke(String record, Context context) {
            records.add(record);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(records);
            snapshots.put(context.getCheckpointId(), new ArrayList<>(records));
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
            System.out.println("state " + String.join(",", snapshots.get(checkpoint)));
            snapshots.headMap(checkpoint, true).clear();
        }
    }

    static Properties source(String stream, String mode) {
        var properties = new Properties();
        properties.setProperty("aws.region", System.getenv("AWS_REGION"));
        properties.setProperty("aws.endpoint", System.getenv("AWS_ENDPOINT_URL"));
        properties.setProperty("flink.stream.initpos", "TRIM_HORIZON");
        properties.setProperty("flink.shard.discovery.intervalmillis", "1000");
        if (!mode.equals("polling")) {
            properties.setProperty("flink.stream.recordpublisher", "EFO");
            properties.setProperty("flink.stream.efo.registration", mode.toUpperCase());
            properties.setProperty("flink.stream.efo.consumername", "flink-" + mode);
        }
        return properties;
    }

    static StreamExecutionEnvironment job(String stream, String mode, String savepoint) {
        var settings = new Configuration();
        if (savepoint != null)
            settings.setString("execution.savepoint.path", savepoint);
        var job = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
        job.enableCheckpointing(500, CheckpointingMode.EXACTLY_ONCE);
        job.addSource(new FlinkKinesisConsumer<>(stream, new SimpleStringSchema(), source(stream, mode))).uid("kinesis")
            .addSink(new Kept()).uid("kept").setParallelism(1);
        return job;
    }

    public static void main(String[] arguments) throws Exception {
        var savepoint = arguments.length > 3 ? arguments[3] : null;
        var running = job(arguments[0], arguments[1], savepoint).executeAsync();
        while (System.in.read() >= 0)
            continue;
        var folder = URI.create("file://" + arguments[2]).toString();
        System.out.println("savepoint " + running.stopWithSavepoint(false, folder, SavepointFormatType.CANONICAL).get());
        System.exit(0);
    }
}
