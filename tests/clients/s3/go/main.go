// The SDK for Go v2 with its two managers of transfers, as ../README.md tells.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

type answer struct {
	Big      string   `json:"big"`
	Range    string   `json:"range"`
	Small    string   `json:"small"`
	Colour   string   `json:"colour"`
	Keys     []string `json:"keys"`
	Prefixes []string `json:"prefixes"`
	Signed   string   `json:"signed"`
	Missing  string   `json:"missing"`
	Taken    string   `json:"taken"`
	Deleted  int      `json:"deleted"`
}

var (
	ctx    = context.Background()
	bucket = aws.String(os.Args[1])
)

func must[T any](result T, err error) T {
	if err != nil {
		panic(err)
	}
	return result
}

func code(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	return fmt.Sprint(err)
}

func read(client *s3.Client, key string, asked *string) string {
	got := must(client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key, Range: asked}))
	return string(must(io.ReadAll(got.Body)))
}

func main() {
	client := s3.NewFromConfig(must(config.LoadDefaultConfig(ctx)), func(o *s3.Options) { o.UsePathStyle = true })
	data := bytes.Repeat([]byte("what is sent in parts "), 12_000_000/22+1)[:12_000_000]
	must(client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}))

	// io.MultiReader hides the length and the seeking.
	must(manager.NewUploader(client).Upload(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("big"), Body: io.MultiReader(bytes.NewReader(data))}))
	transfers := transfermanager.New(client, func(o *transfermanager.Options) { o.PartSizeBytes = 5 << 20 })
	must(transfers.UploadObject(ctx, &transfermanager.UploadObjectInput{Bucket: bucket, Key: aws.String("again"), Body: bytes.NewReader(data)}))
	must(manager.NewUploader(client).Upload(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("small/ö+ 1"), Body: bytes.NewReader([]byte("small"))}))
	must(client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("small/2"), Body: bytes.NewReader([]byte("two")),
		Metadata: map[string]string{"colour": "red"}, ChecksumAlgorithm: types.ChecksumAlgorithmSha256}))

	big := manager.NewWriteAtBuffer(nil)
	must(manager.NewDownloader(client).Download(ctx, big, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("big")}))
	again := must(transfers.GetObject(ctx, &transfermanager.GetObjectInput{Bucket: bucket, Key: aws.String("again")}))
	if !bytes.Equal(must(io.ReadAll(again.Body)), data) {
		panic("the other manager's differ")
	}
	sum := sha256.Sum256(big.Bytes())
	listed := must(client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, Delimiter: aws.String("/")}))
	signed := must(s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("small/2")}))
	told := answer{Big: hex.EncodeToString(sum[:]), Range: read(client, "big", aws.String("bytes=6000000-6000009")), Small: read(client, "small/ö+ 1", nil)}
	told.Colour = must(client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("small/2")})).Metadata["colour"]
	told.Signed = string(must(io.ReadAll(must(http.Get(signed.URL)).Body)))
	for _, one := range listed.Contents {
		told.Keys = append(told.Keys, *one.Key)
	}
	for _, one := range listed.CommonPrefixes {
		told.Prefixes = append(told.Prefixes, *one.Prefix)
	}
	_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("missing")})
	told.Missing = code(err)
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("big"), Body: bytes.NewReader(nil), IfNoneMatch: aws.String("*")})
	told.Taken = code(err)
	told.Deleted = len(must(client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("small/2")}, {Key: aws.String("missing")}}}})).Deleted)
	fmt.Println(string(must(json.Marshal(told))))
}
