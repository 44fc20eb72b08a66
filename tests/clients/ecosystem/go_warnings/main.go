// A round through the services by the SDK for Go v2, whose logger takes every word for a failure.
// Usage: warnings <stream> <table>    prints what it reads back, half before a split, half after.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	metrics "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	items "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

const half = 100

// complaints is the SDK's logger: it gathers what it is told, but for one thing that Go does to itself: where an answer is here before
// the transport has looked for the end of the request's body, it may find that body closed, and closes the connection.
type complaints struct{ lines []string }

func (c *complaints) Logf(kind logging.Classification, format string, words ...interface{}) {
	line := string(kind) + " " + fmt.Sprintf(format, words...)
	if !strings.HasSuffix(line, net.ErrClosed.Error()) {
		c.lines = append(c.lines, line)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

type session struct {
	ctx           context.Context
	kinesis       *kinesis.Client
	dynamodb      *dynamodb.Client
	stream, table *string
}

func (s session) active() {
	waiter := kinesis.NewStreamExistsWaiter(s.kinesis, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	must(waiter.WaitForOutput(s.ctx, &kinesis.DescribeStreamInput{StreamName: s.stream}, 30*time.Second))
}

func (s session) put(first, end int) {
	var entries []types.PutRecordsRequestEntry
	for number := first; number < end; number++ {
		text := fmt.Sprintf("number %d", number)
		entries = append(entries, types.PutRecordsRequestEntry{Data: []byte(text), PartitionKey: &text})
	}
	answer := must(s.kinesis.PutRecords(s.ctx, &kinesis.PutRecordsInput{StreamName: s.stream, Records: entries}))
	if *answer.FailedRecordCount != 0 {
		log.Fatal(answer)
	}
}

func (s session) split() {
	must(s.kinesis.SplitShard(s.ctx, &kinesis.SplitShardInput{StreamName: s.stream,
		ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("170141183460469231731687303715884105728")}))
	s.active()
}

func (s session) read(shard *string) (records []types.Record) {
	iterator := must(s.kinesis.GetShardIterator(s.ctx, &kinesis.GetShardIteratorInput{StreamName: s.stream, ShardId: shard,
		ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
	for iterator != nil {
		page := must(s.kinesis.GetRecords(s.ctx, &kinesis.GetRecordsInput{ShardIterator: iterator}))
		records = append(records, page.Records...)
		if len(page.Records) == 0 && *page.MillisBehindLatest == 0 {
			break
		}
		iterator = page.NextShardIterator
	}
	return records
}

func text(value string) items.AttributeValue { return &items.AttributeValueMemberS{Value: value} }

func (s session) makeTable() {
	must(s.dynamodb.CreateTable(s.ctx, &dynamodb.CreateTableInput{TableName: s.table, BillingMode: items.BillingModePayPerRequest,
		KeySchema:            []items.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: items.KeyTypeHash}},
		AttributeDefinitions: []items.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: items.ScalarAttributeTypeS}}}))
	waiter := dynamodb.NewTableExistsWaiter(s.dynamodb, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	must(waiter.WaitForOutput(s.ctx, &dynamodb.DescribeTableInput{TableName: s.table}, 30*time.Second))
}

// A consumer's checkpoints: put once, replaced under a condition, refused, read.
func (s session) checkpoint(shard, sequence string) {
	key := map[string]items.AttributeValue{"id": text(shard)}
	must(s.dynamodb.PutItem(s.ctx, &dynamodb.PutItemInput{TableName: s.table, Item: map[string]items.AttributeValue{"id": text(shard)}}))
	update := &dynamodb.UpdateItemInput{TableName: s.table, Key: key, UpdateExpression: aws.String("SET sequence_number = :new"),
		ConditionExpression:       aws.String("attribute_not_exists(sequence_number)"),
		ExpressionAttributeValues: map[string]items.AttributeValue{":new": text(sequence)}}
	must(s.dynamodb.UpdateItem(s.ctx, update))
	if _, err := s.dynamodb.UpdateItem(s.ctx, update); err == nil {
		log.Fatal("not refused: a condition that doesn't hold")
	}
	item := must(s.dynamodb.GetItem(s.ctx, &dynamodb.GetItemInput{TableName: s.table, Key: key})).Item
	if item["sequence_number"].(*items.AttributeValueMemberS).Value != sequence {
		log.Fatal("not the checkpoint: ", item)
	}
}

func (s session) readAndCheckpoint() {
	for _, shard := range must(s.kinesis.ListShards(s.ctx, &kinesis.ListShardsInput{StreamName: s.stream})).Shards {
		records := s.read(shard.ShardId)
		for _, record := range records {
			fmt.Println(string(record.Data))
		}
		s.checkpoint(*shard.ShardId, *records[len(records)-1].SequenceNumber)
	}
	if scanned := must(s.dynamodb.Scan(s.ctx, &dynamodb.ScanInput{TableName: s.table})); scanned.Count != 3 {
		log.Fatal("not three checkpoints: ", scanned.Items)
	}
}

func otherServices(ctx context.Context, settings aws.Config, name string) {
	must(sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}))
	metric := metrics.MetricDatum{MetricName: aws.String("Warnings"), Value: aws.Float64(0)}
	must(cloudwatch.NewFromConfig(settings).PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: &name,
		MetricData: []metrics.MetricDatum{metric}}))
}

func main() {
	log.SetFlags(0)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	said := &complaints{}
	settings := must(config.LoadDefaultConfig(ctx, config.WithLogger(said)))
	s := session{ctx, kinesis.NewFromConfig(settings), dynamodb.NewFromConfig(settings), &os.Args[1], &os.Args[2]}
	must(s.kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: s.stream, ShardCount: aws.Int32(1)}))
	s.active()
	s.put(0, half)
	s.split()
	s.put(half, 2*half)
	s.makeTable()
	s.readAndCheckpoint()
	otherServices(ctx, settings, os.Args[1])
	if len(said.lines) > 0 {
		log.Fatalf("the SDK said %d things, first: %s", len(said.lines), said.lines[0])
	}
}
