import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** The SDK for Java v2, as ../README.md tells: synchronous, asynchronous, on the CRT; two transfer managers. */
public class S3Job {
    static final byte[] DATA = "what is sent in parts ".repeat(12_000_000 / 22 + 1).substring(0, 12_000_000).getBytes();
    static final URI ENDPOINT = URI.create(System.getenv("AWS_ENDPOINT_URL"));

    static String refusal(Runnable call) {
        try {
            call.run();
            return "";
        } catch (S3Exception refused) {
            return refused.awsErrorDetails().errorCode();
        }
    }

    static String json(Object value) {
        if (value instanceof List<?> list)
            return list.stream().map(S3Job::json).collect(Collectors.joining(", ", "[", "]"));
        if (value instanceof Map<?, ?> map)
            return map.entrySet().stream().map(e -> json(e.getKey()) + ": " + json(e.getValue())).collect(Collectors.joining(", ", "{", "}"));
        return value instanceof Number ? value.toString() : '"' + value.toString() + '"';
    }

    static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** Up by one client's transfer manager in parts, down again, whole and by the client's own ranges. */
    static String through(S3AsyncClient client, String bucket, String key, Path folder) throws Exception {
        Path up = Files.write(folder.resolve(key), DATA), down = folder.resolve(key + "-back");
        try (client; var transfers = S3TransferManager.builder().s3Client(client).build()) {
            transfers.uploadFile(r -> r.source(up).putObjectRequest(p -> p.bucket(bucket).key(key))).completionFuture().join();
            transfers.downloadFile(r -> r.destination(down).getObjectRequest(g -> g.bucket(bucket).key(key))).completionFuture().join();
            // Of a length that is not known before.
            var body = AsyncRequestBody.forBlockingInputStream(null);
            var upload = client.putObject(p -> p.bucket(bucket).key(key + "-stream"), body);
            try (var pipe = new java.io.ByteArrayInputStream(DATA)) {
                body.writeInputStream(pipe);
            }
            upload.join();
            byte[] streamed = client.getObject(g -> g.bucket(bucket).key(key + "-stream"), AsyncResponseTransformer.toBytes()).join().asByteArray();
            return sha256(Files.readAllBytes(down)).equals(sha256(streamed)) ? sha256(streamed) : "differs";
        }
    }

    public static void main(String[] args) throws Exception {
        String bucket = args[0];
        Path folder = Path.of(args[1]);
        Map<String, Object> told = new java.util.LinkedHashMap<>();
        try (S3Client client = S3Client.builder().forcePathStyle(true).build()) {
            client.createBucket(b -> b.bucket(bucket));
            told.put("crt", through(S3AsyncClient.crtBuilder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).forcePathStyle(true)
                .minimumPartSizeInBytes(5L << 20).build(), bucket, "crt", folder));
            told.put("netty", through(S3AsyncClient.builder().forcePathStyle(true).multipartEnabled(true)
                .multipartConfiguration(c -> c.minimumPartSizeInBytes(5L << 20).thresholdInBytes(5L << 20)).build(), bucket, "netty", folder));
            client.putObject(p -> p.bucket(bucket).key("big"), RequestBody.fromBytes(DATA));
            client.putObject(p -> p.bucket(bucket).key("small/ö+ 1"), RequestBody.fromString("small"));
            client.putObject(p -> p.bucket(bucket).key("small/2").metadata(Map.of("colour", "red")).checksumAlgorithm(ChecksumAlgorithm.SHA256),
                RequestBody.fromContentProvider(() -> new java.io.ByteArrayInputStream("two".getBytes()), 3, "text/plain"));
            told.put("big", sha256(client.getObjectAsBytes(g -> g.bucket(bucket).key("big")).asByteArray()));
            told.put("range", client.getObjectAsBytes(g -> g.bucket(bucket).key("big").range("bytes=6000000-6000009")).asUtf8String());
            told.put("small", client.getObjectAsBytes(g -> g.bucket(bucket).key("small/ö+ 1")).asUtf8String());
            told.put("colour", client.headObject(h -> h.bucket(bucket).key("small/2")).metadata().get("colour"));
            var listed = client.listObjectsV2(l -> l.bucket(bucket).delimiter("/"));
            told.put("keys", listed.contents().stream().map(o -> o.key()).toList());
            told.put("prefixes", listed.commonPrefixes().stream().map(p -> p.prefix()).toList());
            told.put("missing", refusal(() -> client.getObject(g -> g.bucket(bucket).key("missing"))));
            told.put("taken", refusal(() -> client.putObject(p -> p.bucket(bucket).key("big").ifNoneMatch("*"), RequestBody.empty())));
            try (var presigner = S3Presigner.builder().endpointOverride(ENDPOINT)
                    .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build()).build()) {
                var signed = presigner.presignGetObject(p -> p.signatureDuration(java.time.Duration.ofMinutes(5))
                    .getObjectRequest(g -> g.bucket(bucket).key("small/2")));
                try (var body = signed.url().openStream()) {
                    told.put("signed", new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            told.put("deleted", client.deleteObjects(d -> d.bucket(bucket).delete(o -> o.objects(
                List.of(ObjectIdentifier.builder().key("small/2").build(), ObjectIdentifier.builder().key("missing").build())))).deleted().size());
        }
        System.out.println(json(told));
        System.exit(0); // the CRT's threads would linger
    }
}
