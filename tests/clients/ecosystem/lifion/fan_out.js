// Prints "record <data>" for each record of a stream, by enhanced fan-out, and ends with its standard input.
// Usage: node fan_out.js <stream>
'use strict';

const Kinesis = require('lifion-kinesis');

const endpoint = process.env.AWS_ENDPOINT_URL; // the SDK for JavaScript v2 knows no such variable
const note = (...words) => console.error(new Date().toISOString(), ...words);
const kinesis = new Kinesis({
  streamName: process.argv[2],
  createStreamIfNeeded: false,
  endpoint,
  region: process.env.AWS_REGION,
  dynamoDb: { endpoint, region: process.env.AWS_REGION, tableName: `${process.argv[2]}-state` },
  useEnhancedFanOut: true,
  maxEnhancedConsumers: 1,
  initialPositionInStream: 'TRIM_HORIZON',
  leaseAcquisitionInterval: 1000,
  leaseAcquisitionRecoveryInterval: 1000,
  shouldParseJson: false,
  logger: { debug: note, warn: (...words) => note('warning', ...words), error: (...words) => note('error', ...words) }
});

kinesis.on('data', ({ records }) => {
  for (const { data } of records) console.log('record', data.toString());
});
kinesis.on('error', (error) => {
  note(error);
  process.exit(1);
});
process.stdin.on('end', () => process.exit(0)).resume();
kinesis.startConsumer();
