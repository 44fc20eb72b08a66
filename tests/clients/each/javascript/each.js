// Each service once, by the SDK for JavaScript v3: test_each_service.py says what is to be seen.
import { CloudWatchClient, PutDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { DescribeDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import { CreateRegistryCommand, GlueClient } from "@aws-sdk/client-glue";
import { CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const name = process.argv[2];
const refusal = (call) => call.then(() => "", (error) => error.name);
const path = { forcePathStyle: true };

console.log(JSON.stringify({
  cloudwatch: ((await new CloudWatchClient().send(new PutDashboardCommand({ DashboardName: name, DashboardBody: '{"widgets":[]}' }))).DashboardValidationMessages ?? []).length,
  logs: (await new CloudWatchLogsClient().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))).logGroups.length,
  dynamodb: await refusal(new DynamoDBClient().send(new DescribeTableCommand({ TableName: name }))),
  dynamodbstreams: (await new DynamoDBStreamsClient().send(new ListStreamsCommand({ TableName: name }))).Streams.length,
  firehose: await refusal(new FirehoseClient().send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: name }))),
  glue: (await new GlueClient().send(new CreateRegistryCommand({ RegistryName: name }))).RegistryName,
  iam: (await new IAMClient().send(new CreateUserCommand({ UserName: name }))).User.Arn,
  kms: (await new KMSClient().send(new CreateKeyCommand({ Description: name }))).KeyMetadata.Description,
  s3: (await new S3Client(path).send(new CreateBucketCommand({ Bucket: name }))).Location,
  sts: (await new STSClient().send(new GetCallerIdentityCommand({}))).Account,
}));
