// An agent's first hour: the tools, called with the official client.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

const base = process.env.BASE_URL!;
let anyone: Client;

/** A client that has agreed with the server on a version. */
async function connect(headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: "bellwether-mcp-test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL("/mcp", base), { requestInit: { headers } });
  // The SDK's own types do not fit `exactOptionalPropertyTypes`.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: args })) as CallToolResult;
}

/** The JSON that a tool answers. */
async function json(name: string, args: Record<string, unknown>): Promise<any> {
  const result = await call(anyone, name, args);
  assert.equal(result.isError, false, JSON.stringify(result));
  return result.structuredContent;
}

/** The access token of a new user. */
async function signUp(): Promise<string> {
  const response = await fetch(`${base}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: process.env.PUBLISHABLE_KEY!, "content-type": "application/json" },
    body: JSON.stringify({ email: `${randomUUID()}@example.test`, password: "correct horse battery staple" }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

before(async () => {
  anyone = await connect();
});

after(() => anyone.close());

test("client and server agree on a version and say who they are", () => {
  assert.equal(anyone.getServerVersion()?.name, "bellwether");
  assert(anyone.getServerCapabilities()?.tools);
  assert.match(anyone.getInstructions() ?? "", /metrics/);
});

test("a ping is answered", async () => {
  await anyone.ping();
});

test("the tools are listed with what they take", async () => {
  const { tools } = await anyone.listTools();
  const names = tools.map((tool) => tool.name);
  assert.deepEqual(names, [
    "search_stocks",
    "get_metrics",
    "screen_stocks",
    "get_history",
    "get_chart",
    "list_metric_definitions",
    "request_analysis",
    "get_analysis",
  ]);
  assert(tools.every((tool) => tool.description && tool.inputSchema.type === "object"));
});

test("the latest metrics of a stock are those of the route", async () => {
  const route = await fetch(`${base}/v1/stocks/AAPL/metrics`);
  const { refreshed_at: _, stale: __, ...fields } = (await route.json()) as Record<string, unknown>;
  const expected = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const { refreshed_at: ___, stale: ____, ...metrics } = await json("get_metrics", { symbol: "AAPL" });
  assert.deepEqual(metrics, expected);
});

test("stocks are screened", async () => {
  const found = await json("screen_stocks", {
    filters: ["rsi_14.gte=0", "rsi_14.lte=100"],
    sort: ["-rsi_14"],
    fields: ["symbol", "rsi_14"],
    limit: 3,
  });
  const values = found.items.map((item: { rsi_14: number }) => item.rsi_14);
  assert(values.length > 1);
  assert.deepEqual(values, values.toSorted((one: number, other: number) => other - one));
});

test("history is read page by page", async () => {
  const wanted = { symbol: "AAPL", from: "2013-02-25", metrics: ["rsi_14"], sort: "day", limit: 2 };
  const first = await json("get_history", wanted);
  assert.deepEqual(first.items.map((row: { day: string }) => row.day), ["2013-02-25", "2013-02-26"]);
  const second = await json("get_history", { ...wanted, cursor: first.next });
  assert.equal(second.items[0].day, "2013-02-27");
});

test("a chart is a picture", async () => {
  const { content } = await call(anyone, "get_chart", { symbol: "AAPL", range: "6m", width: 480, theme: "dark" });
  const [image] = content;
  assert(image?.type === "image" && image.mimeType === "image/png");
  const png = Buffer.from(image.data, "base64");
  assert.deepEqual([png.readUInt32BE(16), png.subarray(1, 4).toString()], [480, "PNG"]);
});

test("the newest rows of a history come first, and fit into 25 KB", async () => {
  const result = await call(anyone, "get_history", { symbol: "AAPL" });
  const { items } = result.structuredContent as { items: { day: string }[] };
  assert.equal(items.length, 60);
  assert(items[0]!.day > items[59]!.day);
  assert(JSON.stringify(result).length < 25 * 1024);
});

test("a stock is found by its name, and suggested for it", async () => {
  const found = await json("search_stocks", { q: "apple" });
  assert.equal(found.items[0].symbol, "AAPL");
  const unknown = await call(anyone, "get_metrics", { symbol: "Apple" });
  assert.match(String(unknown.structuredContent?.detail), /Did you mean AAPL/);
});

test("the chart has a page that a client can show", async () => {
  const { tools } = await anyone.listTools();
  const chart = tools.find((tool) => tool.name === "get_chart");
  const uri = (chart?._meta?.ui as { resourceUri: string }).resourceUri;
  const [page] = (await anyone.readResource({ uri })).contents;
  assert.equal(page?.mimeType, "text/html;profile=mcp-app");
  assert.match(String(page && "text" in page ? page.text : ""), /^<!doctype html>/);
});

test("a problem is told to the model with its code", async () => {
  const result = await call(anyone, "get_metrics", { symbol: "NOPE" });
  assert.equal(result.isError, true);
  assert.equal(result.structuredContent?.code, "stock_not_found");
});

test("an analysis needs a user, and a user gets one", async () => {
  const refused = await call(anyone, "request_analysis", { symbol: "AAPL" });
  assert.equal(refused.structuredContent?.code, "unauthenticated");
  const user = await connect({ authorization: `Bearer ${await signUp()}` });
  const parameters = JSON.stringify({ horizon_days: 30 });
  const requested = await call(user, "request_analysis", { symbol: "AAPL", parameters });
  assert.equal(requested.structuredContent?.status, "requested", JSON.stringify(requested));
  const read = await call(user, "get_analysis", { id: requested.structuredContent?.id });
  assert.deepEqual(read.structuredContent?.parameters, { horizon_days: 30 }, JSON.stringify(read));
  await user.close();
});

test("a bad token is refused before anything else", async () => {
  await assert.rejects(connect({ authorization: "Bearer not.a.token" }), /401|unauthorized|invalid_token/i);
});
