// The lock client of AWS Labs: its table, one lock that two owners want, the data it carries. Usage: LockJob <table>
import com.amazonaws.services.dynamodbv2.*;
import com.amazonaws.services.dynamodbv2.model.LockCurrentlyUnavailableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;

public class LockJob {
    static final DynamoDbClient client = DynamoDbClient.create();

    static AmazonDynamoDBLockClient owner(String table, String name) {
        return new AmazonDynamoDBLockClient(AmazonDynamoDBLockClientOptions.builder(client, table).withOwnerName(name)
                .withPartitionKeyName("lock").withLeaseDuration(1500L).withHeartbeatPeriod(200L).withTimeUnit(TimeUnit.MILLISECONDS)
                .withCreateHeartbeatBackgroundThread(true).build());
    }

    static AcquireLockOptions.AcquireLockOptionsBuilder asks(String data) {
        return AcquireLockOptions.builder("door").withData(ByteBuffer.wrap(data.getBytes(StandardCharsets.UTF_8))).withReplaceData(true)
                .withTimeUnit(TimeUnit.MILLISECONDS).withRefreshPeriod(100L).withDeleteLockOnRelease(false);
    }

    static String data(LockItem lock) {
        return StandardCharsets.UTF_8.decode(lock.getData().orElseThrow()).toString();
    }

    static boolean isFree(AmazonDynamoDBLockClient client) throws InterruptedException {
        try {
            return client.tryAcquireLock(asks("grace's").withShouldSkipBlockingWait(true).build()).isPresent();
        } catch (LockCurrentlyUnavailableException error) {
            return false;
        }
    }

    static void say(String what, Object value) {
        System.out.println(what + " " + value);
    }

    public static void main(String[] arguments) throws Exception {
        String table = arguments[0];
        AmazonDynamoDBLockClient.createLockTableInDynamoDB(CreateDynamoDBTableOptions.builder(client,
                ProvisionedThroughput.builder().readCapacityUnits(10L).writeCapacityUnits(10L).build(), table)
                .withPartitionKeyName("lock").build());
        client.waiter().waitUntilTableExists(wait -> wait.tableName(table));
        try (AmazonDynamoDBLockClient ada = owner(table, "ada"); AmazonDynamoDBLockClient grace = owner(table, "grace")) {
            say("exists", ada.lockTableExists());
            LockItem first = ada.acquireLock(asks("ada's").build());
            String version = first.getRecordVersionNumber();
            say("other", isFree(grace));
            say("seen", grace.getLock("door", Optional.empty()).map(lock -> lock.getOwnerName() + " " + data(lock)).orElse("none"));
            first.sendHeartBeat();
            say("beats", !version.equals(first.getRecordVersionNumber()) && !first.isExpired());
            say("released", ada.releaseLock(first));
            LockItem second = grace.acquireLock(asks("grace's").build());
            say("taken", second.getOwnerName() + " " + data(second));
            say("twice", ada.releaseLock(first));
            say("locks", grace.getAllLocksFromDynamoDB(true).count());
            AcquireLockOptions gone = AcquireLockOptions.builder("window").withDeleteLockOnRelease(true).build();
            ada.releaseLock(ada.acquireLock(gone));
        }
    }
}
