// A caller's first hour: the calls that a typed client makes, each with the types of the contract.

import assert from "node:assert/strict";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { paths } from "./contract.js";

const client = createClient<paths>({ baseUrl: process.env.BASE_URL! });

test("stocks are listed page by page", async () => {
  const { data: first } = await client.GET("/v1/stocks", { params: { query: { limit: 1 } } });
  assert.equal(first?.items.length, 1);
  assert(first.next !== null);
  const { data: second } = await client.GET("/v1/stocks", { params: { query: { limit: 1, cursor: first.next } } });
  assert.notEqual(second?.items[0]?.symbol, first.items[0]?.symbol);
});
