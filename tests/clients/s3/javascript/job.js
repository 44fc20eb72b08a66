// The SDK for JavaScript v3 and its lib-storage, as ../README.md tells: what is sent is a stream.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { CreateBucketCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client }
  from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

const Bucket = process.argv[2]
const client = new S3Client({ forcePathStyle: true, maxAttempts: 1 })
const data = Buffer.alloc(12_000_000, 'what is sent in parts ')
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')
const read = async (Key, more) => {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return Buffer.from(await answer.Body.transformToByteArray())
}
const refusal = async command => {
  try {
    await client.send(command)
    return ''
  } catch (error) {
    return error.name
  }
}

await client.send(new CreateBucketCommand({ Bucket }))
await new Upload({ client, params: { Bucket, Key: 'big', Body: Readable.from([data]) }, partSize: 5 << 20 }).done()
await new Upload({ client, params: { Bucket, Key: 'small/ö+ 1', Body: Readable.from(['small']) } }).done()
await client.send(new PutObjectCommand({ Bucket, Key: 'small/2', Body: 'two', Metadata: { colour: 'red' }, ChecksumAlgorithm: 'SHA256' }))
const big = await read('big')
const range = await read('big', { Range: 'bytes=6000000-6000009' })
const listed = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }))
const signed = await (await fetch(await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'small/2' })))).text()
const answer = {
  big: sha256(big),
  range: range.toString(),
  small: (await read('small/ö+ 1')).toString(),
  colour: (await client.send(new HeadObjectCommand({ Bucket, Key: 'small/2' }))).Metadata.colour,
  keys: listed.Contents.map(one => one.Key),
  prefixes: listed.CommonPrefixes.map(one => one.Prefix),
  signed,
  missing: await refusal(new GetObjectCommand({ Bucket, Key: 'missing' })),
  taken: await refusal(new PutObjectCommand({ Bucket, Key: 'big', Body: 'x', IfNoneMatch: '*' }))
}
const deleted = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'small/2' }, { Key: 'missing' }] } }))
answer.deleted = deleted.Deleted.length
console.log(JSON.stringify(answer))
