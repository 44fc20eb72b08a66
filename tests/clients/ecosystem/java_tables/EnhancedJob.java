// The enhanced client of the SDK for Java v2 on the orders of ../orders.py. Usage: EnhancedJob <table>
import java.util.*;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.enhanced.dynamodb.*;
import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbVersionAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.*;
import software.amazon.awssdk.enhanced.dynamodb.model.*;
import software.amazon.awssdk.enhanced.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;

public class EnhancedJob {
    static final long EXPIRES = 4102444800L;
    static final DynamoDbClient client = DynamoDbClient.create();
    static final DynamoDbEnhancedClient enhanced = DynamoDbEnhancedClient.builder().dynamoDbClient(client).build();
    static DynamoDbTable<Order> table;

    @DynamoDbBean
    public static class Line {
        private String sku;
        private int count;
        public String getSku() { return sku; }
        public void setSku(String sku) { this.sku = sku; }
        public int getCount() { return count; }
        public void setCount(int count) { this.count = count; }
    }

    @DynamoDbBean
    public static class Order {
        private String customer, state;
        private Integer number;
        private Double total;
        private Set<String> tags;
        private List<Line> lines;
        private Long expires, version;

        @DynamoDbPartitionKey public String getCustomer() { return customer; }
        public void setCustomer(String customer) { this.customer = customer; }
        @DynamoDbSortKey public Integer getNumber() { return number; }
        public void setNumber(Integer number) { this.number = number; }
        @DynamoDbSecondaryPartitionKey(indexNames = "by_state") public String getState() { return state; }
        public void setState(String state) { this.state = state; }
        @DynamoDbSecondarySortKey(indexNames = "by_state") public Double getTotal() { return total; }
        public void setTotal(Double total) { this.total = total; }
        public Set<String> getTags() { return tags; }
        public void setTags(Set<String> tags) { this.tags = tags; }
        public List<Line> getLines() { return lines; }
        public void setLines(List<Line> lines) { this.lines = lines; }
        public Long getExpires() { return expires; }
        public void setExpires(Long expires) { this.expires = expires; }
        @DynamoDbVersionAttribute public Long getVersion() { return version; }
        public void setVersion(Long version) { this.version = version; }
    }

    static Key key(String customer, int number) {
        return Key.builder().partitionValue(customer).sortValue(number).build();
    }

    static Order order(String customer, int number) {
        Order order = new Order();
        order.setCustomer(customer);
        order.setNumber(number);
        order.setState(number % 3 == 0 ? "sent" : "open");
        order.setTotal(number * 1.25 + (customer.equals("grace") ? 0.5 : 0));
        order.setTags(new HashSet<>(Arrays.asList("new", "n" + number)));
        Line line = new Line();
        line.setSku("sku-" + number);
        line.setCount(number);
        order.setLines(List.of(line));
        order.setExpires(EXPIRES + number);
        return order;
    }

    static String names(Collection<Order> orders, boolean sorted) {
        List<String> names = orders.stream().map(order -> order.getCustomer() + "/" + order.getNumber()).collect(Collectors.toList());
        if (sorted) Collections.sort(names);
        return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(",", "[", "]"));
    }

    static String quoted(String text) {
        return '"' + text + '"';
    }

    static String refusal(Runnable what) {
        try {
            what.run();
        } catch (TransactionCanceledException error) {
            return quoted(error.awsErrorDetails().errorCode() + ": "
                    + error.cancellationReasons().stream().map(CancellationReason::code).collect(Collectors.toList()));
        } catch (ConditionalCheckFailedException error) {
            return quoted(error.awsErrorDetails().errorCode() + ": " + error.awsErrorDetails().errorMessage());
        }
        throw new IllegalStateException("not refused");
    }

    static void must(boolean holds, Object what) {
        if (!holds) throw new IllegalStateException(String.valueOf(what));
    }

    static Expression when(String expression, String name, String value) {
        return Expression.builder().expression(expression).putExpressionName("#name", name)
                .putExpressionValue(":value", AttributeValue.fromS(value)).build();
    }

    static void create(String name) {
        table.createTable(request -> request
                .streamSpecification(stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES))
                .globalSecondaryIndices(index -> index.indexName("by_state").projection(all -> all.projectionType(ProjectionType.ALL))));
        client.waiter().waitUntilTableExists(wait -> wait.tableName(name));
        client.updateTimeToLive(expiry -> expiry.tableName(name)
                .timeToLiveSpecification(by -> by.attributeName("expires").enabled(true)));
    }

    /** Without versions: the client refuses to put versioned items in a batch, which takes no conditions. */
    static void putAll() {
        DynamoDbEnhancedClient plain = DynamoDbEnhancedClient.builder().dynamoDbClient(client).extensions(List.of()).build();
        DynamoDbTable<Order> table = plain.table(EnhancedJob.table.tableName(), EnhancedJob.table.tableSchema());
        List<Order> all = IntStream.rangeClosed(1, 20).mapToObj(n -> order("ada", n)).collect(Collectors.toList());
        IntStream.rangeClosed(1, 10).forEach(n -> all.add(order("grace", n)));
        for (int at = 0; at < all.size(); at += 25) {
            WriteBatch.Builder<Order> batch = WriteBatch.builder(Order.class).mappedTableResource(table);
            all.subList(at, Math.min(at + 25, all.size())).forEach(batch::addPutItem);
            BatchWriteResult result = plain.batchWriteItem(write -> write.addWriteBatch(batch.build()));
            must(result.unprocessedPutItemsForTable(table).isEmpty(), result);
        }
        Order whole = table.getItem(get -> get.key(key("ada", 7)).consistentRead(true));
        must(whole.getTags().size() == 2 && whole.getLines().get(0).getCount() == 7 && whole.getExpires() == EXPIRES + 7, whole);
    }

    static List<Order> query(Consumer<QueryEnhancedRequest.Builder> request) {
        return table.query(request).items().stream().collect(Collectors.toList());
    }

    static QueryConditional ofAda() {
        return QueryConditional.keyEqualTo(key -> key.partitionValue("ada"));
    }

    static List<Order> indexed() {
        QueryConditional dear = QueryConditional.sortGreaterThan(key -> key.partitionValue("sent").sortValue(10));
        return table.index("by_state").query(query -> query.queryConditional(dear).limit(2)).stream()
                .flatMap(page -> page.items().stream()).collect(Collectors.toList());
    }

    static List<Order> together() {
        ReadBatch.Builder<Order> batch = ReadBatch.builder(Order.class).mappedTableResource(table);
        List.of(key("ada", 3), key("grace", 3), key("ada", 99)).forEach(batch::addGetItem);
        return enhanced.batchGetItem(read -> read.addReadBatch(batch.build())).resultsForTable(table).stream().collect(Collectors.toList());
    }

    static String conflict() {
        Order first = table.getItem(key("grace", 3)), second = table.getItem(key("grace", 3));
        first.setState("first");
        second.setState("second");
        table.updateItem(first);
        return refusal(() -> table.updateItem(second));
    }

    static double added() {
        Order third = table.getItem(key("ada", 3));
        third.setTotal(third.getTotal() + 100);
        return table.updateItem(third).getTotal();
    }

    static void pay() {
        Order paid = table.getItem(key("ada", 1));
        paid.setState("paid");
        enhanced.transactWriteItems(steps -> steps.clientRequestToken("paid-once")
                .addConditionCheck(table, ConditionCheck.builder().key(key("grace", 4))
                        .conditionExpression(when("#name = :value", "state", "open")).build())
                .addUpdateItem(table, paid).addDeleteItem(table, key("ada", 2)).addPutItem(table, order("ada", 21)));
        List<Document> both = enhanced.transactGetItems(steps -> steps.addGetItem(table, key("ada", 1)).addGetItem(table, key("ada", 21)));
        must(both.get(0).getItem(table).getState().equals("paid") && both.get(1).getItem(table) != null, both);
    }

    static String cancelled() {
        TransactDeleteItemEnhancedRequest lost = TransactDeleteItemEnhancedRequest.builder().key(key("grace", 5))
                .conditionExpression(when("#name = :value", "state", "lost")).build();
        return refusal(() -> enhanced.transactWriteItems(steps -> steps.addPutItem(table, order("ada", 22)).addDeleteItem(table, lost)));
    }

    public static void main(String[] arguments) {
        table = enhanced.table(arguments[0], TableSchema.fromBean(Order.class));
        create(arguments[0]);
        putAll();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("queried", names(query(query -> query.queryConditional(ofAda()).scanIndexForward(false).limit(7)), false));
        answer.put("scanned", names(table.scan(scan -> scan.limit(7)).items().stream().collect(Collectors.toList()), true));
        answer.put("indexed", names(indexed(), false));
        answer.put("tagged", names(query(query -> query.queryConditional(ofAda())
                .filterExpression(when("contains(#name, :value)", "tags", "n7"))), false));
        answer.put("together", names(together(), true));
        Expression isNew = Expression.builder().expression("attribute_not_exists(customer)").build();
        answer.put("refused", refusal(() -> table.putItem(put -> put.item(order("ada", 1)).conditionExpression(isNew))));
        answer.put("conflict", conflict());
        answer.put("added", added());
        pay();
        answer.put("cancelled", cancelled());
        System.out.println(answer.entrySet().stream().map(entry -> quoted(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}")));
    }
}
