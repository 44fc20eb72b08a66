// DynamoDBMapper of the SDK for Java v1 on the orders of ../orders.py: by the legacy KeyConditions and Expected, mostly.
// Usage: MapperJob <table>
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.datamodeling.*;
import com.amazonaws.services.dynamodbv2.model.*;
import com.amazonaws.services.dynamodbv2.util.TableUtils;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.*;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

public class MapperJob {
    static final long EXPIRES = 4102444800L;
    static final AmazonDynamoDB client = AmazonDynamoDBClientBuilder.standard()
            .withEndpointConfiguration(new EndpointConfiguration(System.getenv("AWS_ENDPOINT_URL"), "us-east-1")).build();
    static DynamoDBMapper mapper;
    static String table;

    @DynamoDBDocument
    public static class Line {
        private String sku;
        private int count;
        public String getSku() { return sku; }
        public void setSku(String sku) { this.sku = sku; }
        public int getCount() { return count; }
        public void setCount(int count) { this.count = count; }
    }

    @DynamoDBTable(tableName = "told-by-the-config")
    public static class Order {
        private String customer, state;
        private Integer number;
        private Double total;
        private Set<String> tags;
        private List<Line> lines;
        private Long expires, version;

        @DynamoDBHashKey public String getCustomer() { return customer; }
        public void setCustomer(String customer) { this.customer = customer; }
        @DynamoDBRangeKey public Integer getNumber() { return number; }
        public void setNumber(Integer number) { this.number = number; }
        @DynamoDBIndexHashKey(globalSecondaryIndexName = "by_state") public String getState() { return state; }
        public void setState(String state) { this.state = state; }
        @DynamoDBIndexRangeKey(globalSecondaryIndexName = "by_state") public Double getTotal() { return total; }
        public void setTotal(Double total) { this.total = total; }
        public Set<String> getTags() { return tags; }
        public void setTags(Set<String> tags) { this.tags = tags; }
        public List<Line> getLines() { return lines; }
        public void setLines(List<Line> lines) { this.lines = lines; }
        public Long getExpires() { return expires; }
        public void setExpires(Long expires) { this.expires = expires; }
        @DynamoDBVersionAttribute public Long getVersion() { return version; }
        public void setVersion(Long version) { this.version = version; }
    }

    /** An order without its version: the mapper takes a condition in a transaction only for such. */
    @DynamoDBTable(tableName = "told-by-the-config")
    public static class Named {
        private String customer;
        private Integer number;

        public Named() { }
        Named(String customer, int number) {
            this.customer = customer;
            this.number = number;
        }
        @DynamoDBHashKey public String getCustomer() { return customer; }
        public void setCustomer(String customer) { this.customer = customer; }
        @DynamoDBRangeKey public Integer getNumber() { return number; }
        public void setNumber(Integer number) { this.number = number; }
    }

    static Order key(String customer, int number) {
        Order order = new Order();
        order.setCustomer(customer);
        order.setNumber(number);
        return order;
    }

    static Order order(String customer, int number) {
        Order order = key(customer, number);
        order.setState(number % 3 == 0 ? "sent" : "open");
        order.setTotal(number * 1.25 + (customer.equals("grace") ? 0.5 : 0));
        order.setTags(new HashSet<>(Arrays.asList("new", "n" + number)));
        Line line = new Line();
        line.setSku("sku-" + number);
        line.setCount(number);
        order.setLines(Collections.singletonList(line));
        order.setExpires(EXPIRES + number);
        return order;
    }

    static List<String> names(Collection<Order> orders) {
        return orders.stream().map(order -> order.getCustomer() + "/" + order.getNumber()).collect(Collectors.toList());
    }

    static List<String> sorted(List<String> names) {
        Collections.sort(names);
        return names;
    }

    static String refusal(Runnable what) {
        try {
            what.run();
        } catch (ConditionalCheckFailedException error) {
            return error.getErrorCode() + ": " + error.getErrorMessage();
        } catch (TransactionCanceledException error) {
            return error.getErrorCode() + ": "
                    + error.getCancellationReasons().stream().map(CancellationReason::getCode).collect(Collectors.toList());
        }
        throw new IllegalStateException("not refused");
    }

    static void must(boolean holds, Object what) {
        if (!holds) throw new IllegalStateException(String.valueOf(what));
    }

    static void create() throws InterruptedException {
        CreateTableRequest request = mapper.generateCreateTableRequest(Order.class).withBillingMode("PAY_PER_REQUEST");
        request.setStreamSpecification(new StreamSpecification().withStreamEnabled(true).withStreamViewType("NEW_AND_OLD_IMAGES"));
        request.getGlobalSecondaryIndexes().forEach(index -> index.setProjection(new Projection().withProjectionType("ALL")));
        TableUtils.createTableIfNotExists(client, request);
        TableUtils.waitUntilActive(client, table, 30000, 100);
        client.updateTimeToLive(new UpdateTimeToLiveRequest().withTableName(table)
                .withTimeToLiveSpecification(new TimeToLiveSpecification().withAttributeName("expires").withEnabled(true)));
    }

    static void putAll() {
        List<Order> all = IntStream.rangeClosed(1, 20).mapToObj(n -> order("ada", n)).collect(Collectors.toList());
        IntStream.rangeClosed(1, 10).forEach(n -> all.add(order("grace", n)));
        List<DynamoDBMapper.FailedBatch> failed = mapper.batchSave(all);
        must(failed.isEmpty(), failed);
        Order whole = mapper.load(Order.class, "ada", 7);
        must(whole.getTags().size() == 2 && whole.getLines().get(0).getCount() == 7 && whole.getExpires() == EXPIRES + 7, whole);
    }

    static DynamoDBQueryExpression<Order> ofAda() {
        return new DynamoDBQueryExpression<Order>().withHashKeyValues(key("ada", 0));
    }

    static Condition condition(ComparisonOperator operator, AttributeValue value) {
        return new Condition().withComparisonOperator(operator).withAttributeValueList(value);
    }

    static List<String> queried() {
        List<Order> found = new ArrayList<>();
        DynamoDBQueryExpression<Order> query = ofAda().withScanIndexForward(false).withLimit(7);
        do {
            QueryResultPage<Order> page = mapper.queryPage(Order.class, query);
            found.addAll(page.getResults());
            query.setExclusiveStartKey(page.getLastEvaluatedKey());
        } while (query.getExclusiveStartKey() != null);
        return names(found);
    }

    static List<String> indexed() {
        Order sent = new Order();
        sent.setState("sent");
        return names(mapper.query(Order.class, new DynamoDBQueryExpression<Order>().withIndexName("by_state").withConsistentRead(false)
                .withHashKeyValues(sent).withRangeKeyCondition("total", condition(ComparisonOperator.GT, new AttributeValue().withN("10")))));
    }

    /** By the legacy QueryFilter, and again by a filter expression: both beside KeyConditions. */
    static List<String> tagged() {
        AttributeValue tag = new AttributeValue("n7");
        List<String> found = names(mapper.query(Order.class,
                ofAda().withQueryFilterEntry("tags", condition(ComparisonOperator.CONTAINS, tag))));
        must(found.equals(names(mapper.query(Order.class, ofAda().withFilterExpression("contains(tags, :tag)")
                .addExpressionAttributeValuesEntry(":tag", tag)))), found);
        return found;
    }

    static String refused() {
        DynamoDBSaveExpression ifNew = new DynamoDBSaveExpression().withExpectedEntry("customer", new ExpectedAttributeValue(false));
        DynamoDBMapperConfig blind = DynamoDBMapperConfig.SaveBehavior.CLOBBER.config();
        return refusal(() -> mapper.save(order("ada", 1), ifNew, blind));
    }

    static String conflict() {
        Order first = mapper.load(Order.class, "grace", 3), second = mapper.load(Order.class, "grace", 3);
        first.setState("first");
        second.setState("second");
        mapper.save(first);
        return refusal(() -> mapper.save(second));
    }

    /** The mapper adds nothing by itself, but loads what the client has changed. */
    static double added() {
        client.updateItem(new UpdateItemRequest().withTableName(table).withKey(Map.of(
                "customer", new AttributeValue("ada"), "number", new AttributeValue().withN("3")))
                .addAttributeUpdatesEntry("total", new AttributeValueUpdate(new AttributeValue().withN("100"), AttributeAction.ADD)));
        return mapper.load(key("ada", 3)).getTotal();
    }

    static DynamoDBTransactionWriteExpression when(String state) {
        return new DynamoDBTransactionWriteExpression().withConditionExpression("#state = :state")
                .withExpressionAttributeNames(Map.of("#state", "state"))
                .withExpressionAttributeValues(Map.of(":state", new AttributeValue(state)));
    }

    static void pay() {
        Order paid = mapper.load(key("ada", 1));
        paid.setState("paid");
        mapper.transactionWrite(new TransactionWriteRequest().addConditionCheck(new Named("grace", 4), when("open")).addUpdate(paid)
                .addDelete(mapper.load(key("ada", 2))).addPut(order("ada", 21)));
        List<Object> both = mapper.transactionLoad(new TransactionLoadRequest().addLoad(key("ada", 1)).addLoad(key("ada", 21)));
        must(((Order) both.get(0)).getState().equals("paid") && both.get(1) != null, both);
    }

    static String cancelled() {
        return refusal(() -> mapper.transactionWrite(
                new TransactionWriteRequest().addPut(order("ada", 22)).addDelete(new Named("grace", 5), when("lost"))));
    }

    public static void main(String[] arguments) throws Exception {
        table = arguments[0];
        mapper = new DynamoDBMapper(client, DynamoDBMapperConfig.builder()
                .withTableNameOverride(DynamoDBMapperConfig.TableNameOverride.withTableNameReplacement(table)).build());
        create();
        putAll();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("queried", queried());
        answer.put("scanned", sorted(names(new ArrayList<>(mapper.scan(Order.class, new DynamoDBScanExpression().withLimit(7))))));
        must(mapper.parallelScan(Order.class, new DynamoDBScanExpression(), 3).size() == 30, "a scan in three segments");
        answer.put("indexed", indexed());
        answer.put("tagged", tagged());
        List<Order> three = Arrays.asList(key("ada", 3), key("grace", 3), key("ada", 99));
        answer.put("together", sorted(mapper.batchLoad(three).get(table).stream()
                .map(order -> ((Order) order).getCustomer() + "/" + ((Order) order).getNumber()).collect(Collectors.toList())));
        answer.put("refused", refused());
        answer.put("conflict", conflict());
        answer.put("added", added());
        pay();
        answer.put("cancelled", cancelled());
        System.out.println(new ObjectMapper().writeValueAsString(answer));
    }
}
