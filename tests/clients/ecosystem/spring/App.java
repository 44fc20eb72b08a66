// Spring Cloud Stream: puts each line of its standard input, prints "record <data>" for what its group is given, and ends with
// its standard input.
// Usage: App <stream> <group>

import io.micrometer.observation.ObservationRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration // no scan: this class is in no package
public class App {
    @Bean
    public Consumer<String> print() {
        return text -> {
            synchronized (this) {
                System.out.println("record " + text);
            }
        };
    }

    @Bean
    public ObservationRegistry observationRegistry() { // where there is no actuator to bring one
        return ObservationRegistry.NOOP;
    }

    public static void main(String[] arguments) throws Exception {
        var context = SpringApplication.run(App.class,
            "--spring.main.banner-mode=off", "--logging.level.root=WARN", "--spring.jmx.enabled=false",
            "--spring.cloud.aws.endpoint=" + System.getenv("AWS_ENDPOINT_URL"),
            "--spring.cloud.aws.region.static=" + System.getenv("AWS_REGION"),
            "--spring.cloud.function.definition=print",
            "--spring.cloud.stream.bindings.print-in-0.destination=" + arguments[0],
            "--spring.cloud.stream.bindings.print-in-0.group=" + arguments[1],
            "--spring.cloud.stream.bindings.put.destination=" + arguments[0],
            "--spring.cloud.stream.bindings.put.producer.partition-key-expression=payload",
            "--spring.cloud.stream.bindings.put.producer.partition-count=2",
            "--spring.cloud.stream.kinesis.binder.auto-create-stream=false",
            "--spring.cloud.stream.kinesis.binder.locks.table=" + arguments[1] + "-locks",
            "--spring.cloud.stream.kinesis.binder.locks.lease-duration=5s",
            "--spring.cloud.stream.kinesis.binder.checkpoint.table=" + arguments[1] + "-checkpoints");
        var bridge = context.getBean(StreamBridge.class);
        System.out.println("ready");
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null;)
            if (!bridge.send("put", line))
                throw new IllegalStateException("not sent: " + line);
        context.close();
        System.exit(0);
    }
}
