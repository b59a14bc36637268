// Five calls with the client of @hey-api/openapi-ts, generated with its defaults. What compiles here is part of the
// contract, too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client/client.gen.js";
import { getChartPng, getMetricHistory, getMetrics, listMetrics, listStocks } from "./client/index.js";

client.setConfig({ baseUrl: process.env["BASE_URL"] as string });

test("stocks are listed page by page", async () => {
  const { data: first } = await listStocks({ query: { limit: 1, fields: ["symbol", "name"] } });
  assert(first?.next);
  const { data: second } = await listStocks({ query: { limit: 1, fields: ["symbol", "name"], cursor: first.next } });
  assert.notEqual(second?.items[0]?.symbol, first.items[0]?.symbol);
});

test("a batch has an item or an error for each symbol", async () => {
  const { data } = await listMetrics({ query: { symbols: ["AAPL", "NOPE"], fields: ["close"] } });
  const [apple, nope] = data?.items ?? [];
  assert(apple && !("error" in apple) && apple.close === 430.47);
  assert(nope && "error" in nope);
  assert.equal(nope.error.code, "stock_not_found");
});

test("a history has the days and metrics asked for", async () => {
  const { data } = await getMetricHistory({
    path: { symbol: "AAPL" },
    query: { from: "2013-02-28", to: "2013-03-01", metrics: ["rsi_14", "sma_20"] },
  });
  assert.deepEqual(data?.items.map((item) => item.day), ["2013-02-28", "2013-03-01"]);
  assert(typeof data.items[0]?.rsi_14 === "number" && typeof data.items[0].sma_20 === "number");
});

test("a chart is a picture", async () => {
  const { response } = await getChartPng({ path: { symbol: "AAPL" }, query: { panels: ["rsi", "volume"] } });
  assert.equal(response?.headers.get("content-type"), "image/png");
});

test("an unknown stock is a problem", async () => {
  const { data, error } = await getMetrics({ path: { symbol: "NOPE" } });
  assert.equal(data, undefined);
  assert(error);
  assert.deepEqual([error.status, error.code], [404, "stock_not_found"]);
});
