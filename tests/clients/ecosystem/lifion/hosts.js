// As an entry in the hosts file would: AWS's names lead here. lifion-kinesis signs its subscriptions by aws4, which puts
// kinesis.REGION.amazonaws.com in place of the endpoint's name, and leaves the port.
'use strict';

const dns = require('dns');

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.amazonaws.com') ? 'localhost' : name, ...rest);
