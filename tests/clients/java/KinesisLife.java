// One shard's life by the SDK for Java v2's asynchronous client, as ../sdk.py tells. The SDK's default for Kinesis is
// HTTP/2 without asking, in CBOR but for the event stream.

import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.ProtocolNegotiation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescription;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

class KinesisLife {
    static final String SHARD_ID = "shardId-000000000000";
    static final String PARTITION_KEY = "schlüssel";

    final KinesisAsyncClient client = client();
    final String stream;
    final List<String> put = new ArrayList<>();
    final List<List<String>> got = new ArrayList<>();
    final List<List<String>> subscribed = new ArrayList<>();
    final List<String> children = new ArrayList<>();

    KinesisLife(String stream) {
        this.stream = stream;
    }

    static KinesisAsyncClient client() {
        String ca = System.getenv("EVPOC_CA");
        if (ca == null)
            return KinesisAsyncClient.create();
        var http = NettyNioAsyncHttpClient.builder().tlsTrustManagersProvider(() -> trustOnly(Path.of(ca)));
        if (System.getenv("EVPOC_ALPN") != null)
            http.protocolNegotiation(ProtocolNegotiation.ALPN);
        return KinesisAsyncClient.builder().httpClientBuilder(http).build();
    }

    static TrustManager[] trustOnly(Path ca) {
        try (var file = Files.newInputStream(ca)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    static List<SdkBytes> data() {
        byte[] all = new byte[256];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);
        return List.of(SdkBytes.fromUtf8String("first"), SdkBytes.fromByteArray(new byte[0]), SdkBytes.fromByteArray(all),
                       SdkBytes.fromUtf8String("Grüße"));
    }

    static List<String> triple(Record record) {
        String data = Base64.getEncoder().encodeToString(record.data().asByteArray());
        return List.of(record.sequenceNumber(), record.partitionKey(), data);
    }

    StreamDescription create() {
        client.createStream(r -> r.streamName(stream).shardCount(1)).join();
        var exists = client.waiter().waitUntilStreamExists(r -> r.streamName(stream)).join();
        return exists.matched().response().orElseThrow().streamDescription();
    }

    void putOne(SdkBytes data) {
        put.add(client.putRecord(r -> r.streamName(stream).data(data).partitionKey(PARTITION_KEY)).join().sequenceNumber());
    }

    void putAll(List<SdkBytes> data) {
        List<PutRecordsRequestEntry> entries = data.subList(0, data.size() - 1).stream()
            .map(d -> PutRecordsRequestEntry.builder().data(d).partitionKey(PARTITION_KEY).build()).toList();
        client.putRecords(r -> r.streamName(stream).records(entries)).join().records()
            .forEach(result -> put.add(result.sequenceNumber()));
        putOne(data.get(data.size() - 1));
    }

    void get() {
        String iterator = client.getShardIterator(r -> r.streamName(stream).shardId(SHARD_ID)
            .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join().shardIterator();
        client.getRecords(r -> r.shardIterator(iterator)).join().records().forEach(record -> got.add(triple(record)));
    }

    String consumer(String streamArn) throws InterruptedException {
        String arn = client.registerStreamConsumer(r -> r.streamARN(streamArn).consumerName("java")).join()
            .consumer().consumerARN();
        while (client.describeStreamConsumer(r -> r.consumerARN(arn)).join().consumerDescription().consumerStatus()
               != ConsumerStatus.ACTIVE)
            Thread.sleep(100);
        return arn;
    }

    // Reads to the shard's end, which comes because the first event lets the shard be split.
    void subscribe(String consumerArn) {
        var reading = new CompletableFuture<Void>();
        var handler = SubscribeToShardResponseHandler.builder().onError(reading::completeExceptionally)
            .subscriber(event -> {
                reading.complete(null);
                keep((SubscribeToShardEvent) event);
            }).build();
        var end = client.subscribeToShard(r -> r.consumerARN(consumerArn).shardId(SHARD_ID)
            .startingPosition(p -> p.type(ShardIteratorType.TRIM_HORIZON)), handler);
        reading.join();
        putOne(SdkBytes.fromUtf8String("while subscribed"));
        client.splitShard(r -> r.streamName(stream).shardToSplit(SHARD_ID)
            .newStartingHashKey(BigInteger.TWO.pow(127).toString())).join();
        end.join();
    }

    void keep(SubscribeToShardEvent event) {
        event.records().forEach(record -> subscribed.add(triple(record)));
        event.childShards().forEach(child -> children.add(child.shardId()));
    }

    ResourceNotFoundException describeMissing() {
        try {
            client.describeStream(r -> r.streamName(stream + "-not-there")).join();
        } catch (CompletionException error) {
            return (ResourceNotFoundException) error.getCause();
        }
        throw new IllegalStateException("a stream that is not there was described");
    }

    static String json(Object value) {
        if (value instanceof Map<?, ?> map)
            return map.entrySet().stream().map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        if (value instanceof List<?> list)
            return list.stream().map(KinesisLife::json).collect(Collectors.joining(",", "[", "]"));
        return '"' + value.toString() + '"'; // nothing here needs escaping
    }

    public static void main(String[] arguments) throws Exception {
        var life = new KinesisLife(arguments[0]);
        String arn = life.create().streamARN();
        life.putAll(data());
        life.get();
        life.subscribe(life.consumer(arn));
        var refused = life.describeMissing().awsErrorDetails();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("put", life.put);
        answer.put("got", life.got);
        answer.put("subscribed", life.subscribed);
        answer.put("children", life.children);
        answer.put("error", refused.errorCode());
        answer.put("error_message", refused.errorMessage());
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(json(answer));
        life.client.close();
    }
}
