// A caller's first hour: eleven calls with a client whose types are made from the contract. What compiles here is part of
// the contract, too: every field below is named and typed by it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { components, paths } from "./contract.js";

type Problem = Pick<components["schemas"]["Problem"], "status" | "code">;

const { BASE_URL, PUBLISHABLE_KEY } = process.env as { BASE_URL: string; PUBLISHABLE_KEY: string };
const client = createClient<paths>({ baseUrl: BASE_URL });

async function signUp(): Promise<string> {
  const answer = await fetch(`${BASE_URL}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: PUBLISHABLE_KEY, "Content-Type": "application/json" },
    body: JSON.stringify({ email: `${randomUUID()}@example.test`, password: randomUUID() }),
  });
  const session = (await answer.json()) as { access_token: string };
  return session.access_token;
}

function assertProblem(problem: Problem | undefined, status: number, code: Problem["code"]): void {
  assert(problem);
  assert.deepEqual([problem.status, problem.code], [status, code]);
}

test("stocks are listed page by page", async () => {
  const { data: first } = await client.GET("/v1/stocks", { params: { query: { limit: 1 } } });
  assert(first);
  assert.equal(first.items.length, 1);
  assert(first.next !== null);
  const query = { limit: 1, cursor: first.next };
  const { data: second } = await client.GET("/v1/stocks", { params: { query } });
  assert.notEqual(second?.items[0]?.symbol, first.items[0]?.symbol);
});

test("a screener filters, sorts and sends the fields asked for", async () => {
  const { data } = await client.GET("/v1/metrics", {
    params: {
      query: { "rsi_14.lt": 100, "volatility_21d.lte": 10, sort: ["-return_21d"], fields: ["symbol", "rsi_14"] },
    },
  });
  assert(data && data.items.length >= 3);
  for (const item of data.items) {
    assert(!("error" in item));
    assert.deepEqual(Object.keys(item).sort(), ["rsi_14", "symbol"]);
    assert((item.rsi_14 ?? 0) < 100);
  }
});

test("a batch has an item or an error for each symbol", async () => {
  const { data } = await client.GET("/v1/metrics", { params: { query: { symbols: ["AAPL", "IBM", "NOPE"] } } });
  const [apple, ibm, nope] = data?.items ?? [];
  assert(apple && !("error" in apple) && apple.symbol === "AAPL");
  assert(ibm && !("error" in ibm) && typeof ibm.close === "number");
  assert(nope && "error" in nope);
  assertProblem(nope.error, 404, "stock_not_found");
});

test("a stock has its latest metrics", async () => {
  const { data } = await client.GET("/v1/stocks/{symbol}", { params: { path: { symbol: "AAPL" } } });
  assert.equal(data?.name, "Apple Inc.");
  assert.equal(data.metrics?.as_of, "2013-03-01");
});

test("a history has the days asked for", async () => {
  const { data: history } = await client.GET("/v1/stocks/{symbol}/history", {
    params: {
      path: { symbol: "AAPL" },
      query: { from: "2013-02-28", to: "2013-03-01", adjusted: true, metrics: ["rsi_14", "sma_20"] },
    },
  });
  assert(history);
  assert.deepEqual(history.items.map((item) => item.day), ["2013-02-28", "2013-03-01"]);
  assert.equal(history.items[1]?.close, history.items[1]?.adj_close);
  assert.equal(history.next, null);
});

test("a history as CSV is a text", async () => {
  const { data } = await client.GET("/v1/stocks/{symbol}/history", {
    params: { path: { symbol: "AAPL" }, query: { format: "csv", limit: 1, metrics: ["none"] } },
    parseAs: "text",
  });
  assert(data?.startsWith("symbol,day,open,"));
});

test("an unknown stock is a problem", async () => {
  const { data, error, response } = await client.GET("/v1/stocks/{symbol}/metrics", {
    params: { path: { symbol: "NOPE" } },
  });
  assert.equal(data, undefined);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assertProblem(error, 404, "stock_not_found");
});

test("an invalid parameter is named by its problem", async () => {
  const { error } = await client.GET("/v1/stocks", { params: { query: { limit: 0 } } });
  assertProblem(error, 400, "validation_failed");
  assert.equal(error?.errors?.[0]?.field, "limit");
});

test("what has not changed is a 304", async () => {
  const params = { path: { symbol: "AAPL" } };
  const { response: first } = await client.GET("/v1/stocks/{symbol}/metrics", { params });
  const etag = first.headers.get("etag");
  assert(etag);
  const { data, response } = await client.GET("/v1/stocks/{symbol}/metrics", {
    params: { ...params, header: { "If-None-Match": etag } },
    parseAs: "text",
  });
  assert.deepEqual([response.status, data || undefined], [304, undefined]);
});

test("an analysis is requested and followed to its end", { timeout: 60_000 }, async () => {
  const headers = { Authorization: `Bearer ${await signUp()}` };
  // A field that has a default may be left out.
  const { data: requested, response } = await client.POST("/v1/analyses", { headers, body: { symbol: "AAPL" } });
  assert.equal(response.status, 202);
  assert(requested);
  const ended: string[] = ["succeeded", "failed", "cancelled", "expired"];
  for (;;) {
    const { data: analysis, response } = await client.GET("/v1/analyses/{id}", {
      headers,
      params: { path: { id: requested.id } },
    });
    assert(analysis);
    if (ended.includes(analysis.status)) {
      assert.equal(analysis.status, "succeeded");
      assert.equal(analysis.events[0]?.type, "requested");
      return;
    }
    const seconds = Number(response.headers.get("retry-after"));
    assert(seconds >= 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
});

test("an analysis of somebody else is not found", async () => {
  const { error } = await client.GET("/v1/analyses/{id}", {
    headers: { Authorization: `Bearer ${await signUp()}` },
    params: { path: { id: "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47" } },
  });
  assertProblem(error, 404, "analysis_not_found");
});
