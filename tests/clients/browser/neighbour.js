// A page that somebody develops on localhost: it calls an operation of each service and reads the answers, as with AWS itself.
async function call(host, {target, body}) {
    const headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1", "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0",
        "X-Amz-Date": "20260101T000000Z", "amz-sdk-invocation-id": "1", "amz-sdk-request": "attempt=1; max=3"};
    const answer = await fetch(host, {method: "POST", headers, body});
    return {target, status: answer.status, id: answer.headers.get("x-amzn-requestid"), type: answer.headers.get("content-type"), body: await answer.text()};
}

async function post(host, form) {
    const answer = await fetch(host, {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: form});
    return {target: form, status: answer.status, id: answer.headers.get("x-amzn-requestid"), body: await answer.text()};
}

async function work({hosts, targets, forms}) {
    const answers = [], ours = [];
    for (const host of hosts) {
        for (const one of targets) answers.push(await call(host, one));
        for (const one of forms) answers.push(await post(host, one));
        answers.push(await call(host, {target: "Kinesis_20131202.DescribeStreamSummary", body: '{"StreamName": "none"}'}));
        for (const path of ["/_evpoc/requests", "/_evpoc/health", "/_localstack/health"])
            ours.push(await fetch(host + path).then(answer => answer.status, error => error.name));
        ours.push(await fetch(host + "/_evpoc/reset", {method: "POST"}).then(answer => answer.status, error => error.name));
    }
    return {answers, ours};
}

fetch("/config").then(answer => answer.json()).then(work).catch(error => ({error: String(error)}))
    .then(report => fetch("/report", {method: "POST", body: JSON.stringify(report)}));
