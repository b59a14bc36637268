// A page of another origin uses Supabase, with supabase-js, and our API in a browser.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";

import { type Browser, type Page } from "playwright-core";

import { launch, missing } from "./chromium.js";

const base = process.env.BASE_URL ?? "";
const key = process.env.PUBLISHABLE_KEY ?? "";
const library = dirname(createRequire(import.meta.url).resolve("@supabase/supabase-js/package.json"));
const script = readFileSync(join(library, "dist/umd/supabase.js"));

// In the page: the global of the script.
declare const supabase: typeof import("@supabase/supabase-js");

describe("a page of another origin", { skip: missing }, () => {
  let browser: Browser;
  let server: Server;
  let page: Page;

  before(async () => {
    server = createServer((request, response) => {
      const isScript = request.url === "/supabase.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
      response.end(isScript ? script : '<!doctype html><link rel="icon" href="data:,"><script src="/supabase.js"></script>');
    });
    await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    assert.notEqual(new URL(page.url()).origin, new URL(base).origin);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** A new user's email and password, with what the page needs to sign in. */
  const user = () => ({ base, key, email: `${randomUUID()}@example.test`, password: randomUUID() });

  test("a user signs up, signs in and reads the own role", async () => {
    const found = await page.evaluate(async ({ base, key, email, password }) => {
      const client = supabase.createClient(base, key);
      const up = await client.auth.signUp({ email, password });
      await client.auth.signOut();
      const signedIn = await client.auth.signInWithPassword({ email, password });
      const me = await client.auth.getUser();
      const analyses = await client.from("analyses").select("*");
      return {
        errors: [up.error, signedIn.error, me.error, analyses.error],
        email: me.data.user?.email === email,
        analyses: analyses.data,
      };
    }, user());
    assert.deepEqual(found, { errors: [null, null, null, null], email: true, analyses: [] });
  });

  test("everyone reads the tables and how many rows there are", async () => {
    const found = await page.evaluate(async ({ base, key }) => {
      const client = supabase.createClient(base, key, { auth: { storageKey: "reader" } });
      const metrics = await client.from("stock_metrics").select().eq("symbol", "AAPL");
      const stocks = await client.from("stocks").select("*", { count: "exact" }).eq("symbol", "AAPL");
      const rows = await client.rpc("search_stocks", { p_query: "apple" });
      return {
        errors: [metrics.error, stocks.error, rows.error],
        metrics: metrics.data?.map((row) => typeof row.rsi_14),
        stocks: stocks.data?.map((row) => row.symbol),
        count: stocks.count,
        first: rows.data[0].symbol,
      };
    }, { base, key });
    const errors = [null, null, null];
    assert.deepEqual(found, { errors, metrics: ["number"], stocks: ["AAPL"], count: 1, first: "AAPL" });
  });

  test("errors of Supabase are read", async () => {
    const found = await page.evaluate(async ({ base, key, email, password }) => {
      const client = supabase.createClient(base, key, { auth: { storageKey: "errors" } });
      const wrong = supabase.createClient(base, "sb_publishable_wrong", { auth: { storageKey: "wrong" } });
      const signedIn = await client.auth.signInWithPassword({ email, password });
      const table = await client.from("outbox").select();
      const noKey = await wrong.from("stocks").select("*");
      return {
        signIn: [signedIn.error?.status, signedIn.error?.code],
        table: [table.status, table.error?.code],
        key: [noKey.status, noKey.error?.message],
      };
    }, user());
    assert.deepEqual(found, {
      signIn: [400, "invalid_credentials"],
      table: [401, "42501"],
      key: [401, "Invalid API key"],
    });
  });

  test("an analysis is requested and polled, with the headers of the response", async () => {
    const found = await page.evaluate(async ({ base, key, email, password }) => {
      const client = supabase.createClient(base, key, { auth: { storageKey: "analyst" } });
      const { data } = await client.auth.signUp({ email, password });
      const authorization = `Bearer ${data.session?.access_token}`;
      const requested = await fetch(`${base}/v1/analyses`, {
        method: "POST",
        headers: {
          authorization,
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
          "x-request-id": crypto.randomUUID(),
        },
        body: JSON.stringify({ symbol: "AAPL", parameters: { horizon_days: 30 } }),
      });
      const names = ["location", "retry-after", "x-request-id"];
      const missing = names.filter((name) => !requested.headers.get(name));
      const url = requested.headers.get("location") ?? "";
      let read: Response;
      let analysis: { id: string; status: string };
      do {
        await new Promise((resumes) => setTimeout(resumes, 100));
        read = await fetch(url, { headers: { authorization } });
        analysis = await read.json();
      } while (["requested", "dispatched", "accepted"].includes(analysis.status));
      const etag = read.headers.get("etag") ?? "";
      const unchanged = await fetch(url, { headers: { authorization, "if-none-match": etag }, cache: "no-store" });
      const stored = await client.from("analyses").select("status").eq("id", analysis.id).single();
      return {
        statuses: [requested.status, read.status, unchanged.status],
        missing,
        analysis: analysis.status,
        stored: stored.data?.status,
      };
    }, user());
    assert.deepEqual(found, { statuses: [202, 200, 304], missing: [], analysis: "succeeded", stored: "succeeded" });
  });

  test("problems of the API are read", async () => {
    const found = await page.evaluate(async ({ base }) => {
      const response = await fetch(`${base}/v1/stocks/NOPE`);
      return [response.status, (await response.json()).code, typeof response.headers.get("x-request-id")];
    }, { base });
    assert.deepEqual(found, [404, "stock_not_found", "string"]);
  });
});
