import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.firehose.FirehoseClient;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

/** Each service once, by the SDK for Java v2: test_each_service.py says what is to be seen. */
public class Each {
    static String refusal(Runnable call) {
        try {
            call.run();
            return "";
        } catch (AwsServiceException refused) {
            return refused.awsErrorDetails().errorCode();
        }
    }

    static String json(Object value) {
        return value instanceof Integer ? value.toString() : '"' + value.toString() + '"';
    }

    public static void main(String[] arguments) {
        String name = arguments[0];
        Map<String, Object> seen = new TreeMap<>();
        seen.put("cloudwatch", CloudWatchClient.create().putDashboard(it -> it.dashboardName(name).dashboardBody("{\"widgets\":[]}")).dashboardValidationMessages().size());
        seen.put("logs", CloudWatchLogsClient.create().describeLogGroups(it -> it.logGroupNamePrefix(name)).logGroups().size());
        seen.put("dynamodb", refusal(() -> DynamoDbClient.create().describeTable(it -> it.tableName(name))));
        seen.put("dynamodbstreams", DynamoDbStreamsClient.create().listStreams(it -> it.tableName(name)).streams().size());
        seen.put("firehose", refusal(() -> FirehoseClient.create().describeDeliveryStream(it -> it.deliveryStreamName(name))));
        seen.put("glue", GlueClient.create().createRegistry(it -> it.registryName(name)).registryName());
        seen.put("iam", IamClient.builder().region(Region.AWS_GLOBAL).build().createUser(it -> it.userName(name)).user().arn());
        seen.put("kms", KmsClient.create().createKey(it -> it.description(name)).keyMetadata().description());
        seen.put("s3", S3Client.builder().forcePathStyle(true).build().createBucket(it -> it.bucket(name)).location());
        seen.put("sts", StsClient.create().getCallerIdentity().account());
        System.out.println(seen.entrySet().stream().map(it -> json(it.getKey()) + ":" + json(it.getValue())).collect(Collectors.joining(",", "{", "}")));
    }
}
