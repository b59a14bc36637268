// The TypeScript of the guide tells genuine messages from others.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isGenuine } from "./verify.js";

interface Message {
  title: string;
  secret: string;
  id: string;
  timestamp: number;
  body: string;
  signature: string;
}

const messages: Message[] = JSON.parse(readFileSync("signatures.json", "utf8"));

for (const { title, secret, id, timestamp, body, signature } of messages) {
  test(title, () => {
    const headers = { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signature };
    const genuine = (changed: object, text: string = body, now = timestamp, key = secret) =>
      isGenuine(key, { ...headers, ...changed }, text, now);

    assert(genuine({}));
    assert(genuine({}, body, timestamp + 300));
    assert(genuine({ "webhook-signature": `v1,AAAA ${signature}` }));
    assert(isGenuine(secret, headers, Buffer.from(body), timestamp));
    assert(!genuine({}, `${body} `));
    assert(!genuine({}, body, timestamp + 301));
    assert(!genuine({}, body, timestamp, "whsec_AAAA"));
    assert(!genuine({ "webhook-id": "msg_2" }));
    assert(!genuine({ "webhook-timestamp": "soon" }));
    assert(!genuine({ "webhook-timestamp": String(timestamp + 1) }));
    assert(!genuine({ "webhook-signature": "v1," }));
    assert(!genuine({ "webhook-signature": undefined }));
  });
}
