// Each service once, by the SDK for Go v2: test_each_service.py says what is to be seen.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func refusal(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	return ""
}

func main() {
	ctx, name := context.Background(), aws.String(os.Args[1])
	cfg := must(config.LoadDefaultConfig(ctx))
	path := func(options *s3.Options) { options.UsePathStyle = true }

	_, noTable := dynamodb.NewFromConfig(cfg).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: name})
	_, noDelivery := firehose.NewFromConfig(cfg).DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: name})
	dashboard := &cloudwatch.PutDashboardInput{DashboardName: name, DashboardBody: aws.String(`{"widgets":[]}`)}
	seen := map[string]any{
		"cloudwatch":      len(must(cloudwatch.NewFromConfig(cfg).PutDashboard(ctx, dashboard)).DashboardValidationMessages),
		"logs":            len(must(cloudwatchlogs.NewFromConfig(cfg).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: name})).LogGroups),
		"dynamodb":        refusal(noTable),
		"dynamodbstreams": len(must(dynamodbstreams.NewFromConfig(cfg).ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: name})).Streams),
		"firehose":        refusal(noDelivery),
		"glue":            must(glue.NewFromConfig(cfg).CreateRegistry(ctx, &glue.CreateRegistryInput{RegistryName: name})).RegistryName,
		"iam":             must(iam.NewFromConfig(cfg).CreateUser(ctx, &iam.CreateUserInput{UserName: name})).User.Arn,
		"kms":             must(kms.NewFromConfig(cfg).CreateKey(ctx, &kms.CreateKeyInput{Description: name})).KeyMetadata.Description,
		"s3":              must(s3.NewFromConfig(cfg, path).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: name})).Location,
		"sts":             must(sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})).Account,
	}
	must(0, json.NewEncoder(os.Stdout).Encode(seen))
}
