// One shard's life by the SDK for Go v2, as ../sdk.py tells.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
)

const (
	shardID      = "shardId-000000000000"
	partitionKey = "schlüssel"
	late         = "while subscribed"
	middle       = "170141183460469231731687303715884105728" // 2^127
)

type record [3]string // sequence number, partition key, data in base64

type answer struct {
	Put          []string `json:"put"`
	Got          []record `json:"got"`
	Subscribed   []record `json:"subscribed"`
	Children     []string `json:"children"`
	Error        string   `json:"error"`
	ErrorMessage string   `json:"error_message"`
}

type session struct {
	*kinesis.Client
	ctx     context.Context
	stream  *string
	answer  answer
	isSplit bool
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func data() [][]byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return [][]byte{[]byte("first"), {}, all, []byte("Grüße")}
}

func triples(records []types.Record) []record {
	var list []record
	for _, r := range records {
		list = append(list, record{*r.SequenceNumber, *r.PartitionKey, base64.StdEncoding.EncodeToString(r.Data)})
	}
	return list
}

func (s *session) create() (arn *string) {
	must(s.CreateStream(s.ctx, &kinesis.CreateStreamInput{StreamName: s.stream, ShardCount: aws.Int32(1)}))
	waiter := kinesis.NewStreamExistsWaiter(s.Client, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	described := must(waiter.WaitForOutput(s.ctx, &kinesis.DescribeStreamInput{StreamName: s.stream}, 30*time.Second))
	return described.StreamDescription.StreamARN
}

func (s *session) putOne(data []byte) {
	put := must(s.PutRecord(s.ctx, &kinesis.PutRecordInput{StreamName: s.stream, Data: data,
		PartitionKey: aws.String(partitionKey)}))
	s.answer.Put = append(s.answer.Put, *put.SequenceNumber)
}

func (s *session) put(data [][]byte) {
	var entries []types.PutRecordsRequestEntry
	last := len(data) - 1
	for _, d := range data[:last] {
		entries = append(entries, types.PutRecordsRequestEntry{Data: d, PartitionKey: aws.String(partitionKey)})
	}
	many := must(s.PutRecords(s.ctx, &kinesis.PutRecordsInput{StreamName: s.stream, Records: entries}))
	for _, result := range many.Records {
		s.answer.Put = append(s.answer.Put, *result.SequenceNumber)
	}
	s.putOne(data[last])
}

func (s *session) get() {
	iterator := must(s.GetShardIterator(s.ctx, &kinesis.GetShardIteratorInput{StreamName: s.stream,
		ShardId: aws.String(shardID), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))
	page := must(s.GetRecords(s.ctx, &kinesis.GetRecordsInput{ShardIterator: iterator.ShardIterator}))
	s.answer.Got = triples(page.Records)
}

func (s *session) consumer(streamARN *string) *string {
	registered := must(s.RegisterStreamConsumer(s.ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: streamARN,
		ConsumerName: aws.String("go")}))
	for {
		described := must(s.DescribeStreamConsumer(s.ctx, &kinesis.DescribeStreamConsumerInput{
			ConsumerARN: registered.Consumer.ConsumerARN}))
		if described.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive {
			return registered.Consumer.ConsumerARN
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// Reads to the shard's end, which comes because the first event lets the shard be split.
func (s *session) subscribe(consumerARN *string) {
	for !s.reachesTheEnd(consumerARN) {
		s.answer.Subscribed, s.answer.Children = nil, nil
	}
}

// False where Go closed the connection under the stream: its transport reads the request's body once more after the last byte, and takes
// the EOF of what the SDK has closed by then, because the answer is here already, for a failed write. About one in 200 on a busy machine.
func (s *session) reachesTheEnd(consumerARN *string) bool {
	events := s.events(consumerARN)
	defer events.Close()
	for event := range events.Events() {
		read := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
		s.answer.Subscribed = append(s.answer.Subscribed, triples(read.Records)...)
		for _, child := range read.ChildShards {
			s.answer.Children = append(s.answer.Children, *child.ShardId)
		}
		if !s.isSplit {
			s.putLateAndSplit()
			s.isSplit = true
		}
	}
	err := events.Err()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		log.Fatal(err)
	}
	return err == nil
}

func (s *session) events(consumerARN *string) *kinesis.SubscribeToShardEventStream {
	for {
		output, err := s.SubscribeToShard(s.ctx, &kinesis.SubscribeToShardInput{ConsumerARN: consumerARN,
			ShardId: aws.String(shardID), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}})
		var inUse *types.ResourceInUseException // for 5 seconds after the subscription before
		if !errors.As(err, &inUse) {
			return must(output, err).GetStream()
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *session) putLateAndSplit() {
	s.putOne([]byte(late))
	must(s.SplitShard(s.ctx, &kinesis.SplitShardInput{StreamName: s.stream, ShardToSplit: aws.String(shardID),
		NewStartingHashKey: aws.String(middle)}))
}

func (s *session) describeMissing() {
	_, err := s.DescribeStream(s.ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(*s.stream + "-not-there")})
	var missing *types.ResourceNotFoundException
	var api smithy.APIError
	if !errors.As(err, &missing) || !errors.As(err, &api) {
		log.Fatalf("not the error expected: %v", err)
	}
	s.answer.Error, s.answer.ErrorMessage = api.ErrorCode(), api.ErrorMessage()
}

func main() {
	log.SetFlags(0)
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	s := session{Client: kinesis.NewFromConfig(must(config.LoadDefaultConfig(ctx))), ctx: ctx, stream: &os.Args[1]}
	arn := s.create()
	s.put(data())
	s.get()
	s.subscribe(s.consumer(arn))
	s.describeMissing()
	fmt.Println(string(must(json.Marshal(s.answer))))
}
