// The pages below /docs in a browser: no errors, no scrolling sideways on a phone, and a call that succeeds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { type Browser, type Page } from "playwright-core";

import { launch, missing } from "./chromium.js";

const base = process.env.BASE_URL ?? "";
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };

describe("the documentation in a browser", { skip: missing }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  /** Opens a page, and fails at the end when anything went wrong in it. */
  async function look(path: string, viewport: typeof PHONE, at: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("requestfailed", (request) => wrong.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && origin !== base) wrong.push(`asked another host: ${request.url()}`);
    });
    page.on("response", (response) => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`));
    await page.goto(base + path);
    await at(page);
    await context.close();
    assert.deepEqual(wrong, [], path);
  }

  async function fits(page: Page): Promise<void> {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert(width <= (page.viewportSize()?.width ?? 0), `${page.url()} is ${width} pixels wide`);
  }

  /** What is typed, pressed and read in an open operation lies within the screen. */
  async function readable(page: Page, id: string): Promise<void> {
    const parts = page.locator(`[id$="-${id}"] .opblock-body`).locator("input, select, textarea, .btn, p");
    const rights = await parts.evaluateAll((all) => all.map((part) => part.getBoundingClientRect().right));
    assert(rights.length > 5, `only ${rights.length} parts in ${id}`);
    assert(Math.max(...rights) <= PHONE.width, `${id} reaches to ${Math.max(...rights)}`);
  }

  test("every page of the guide fits a phone", async () => {
    const paths: string[] = [];
    await look("/docs/errors", DESK, async (page) => {
      const links = page.locator('a[href^="/docs/"]');
      paths.push(...(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""))));
    });
    assert(paths.length > 20, `only ${paths.length} links`);
    for (const path of new Set(paths)) {
      await look(path, PHONE, async (page) => {
        assert.equal(await page.locator("h1").count(), 1, path);
        await fits(page);
      });
    }
  });

  test("the reference lists every operation and fits a phone, closed and open", async () => {
    await look("/docs", PHONE, async (page) => {
      await page.locator(".opblock").first().waitFor();
      const contract = await (await page.request.get(`${base}/openapi.json`)).json();
      const paths = Object.values<object>(contract.paths).flatMap((path) => Object.keys(path));
      const webhooks = Object.keys(contract.webhooks);
      assert.equal(await page.locator(".opblock").count(), paths.length + webhooks.length);
      await fits(page);
      for (const id of ["get-metrics", "create-analysis"]) {
        await page.locator(`[id$="-${id}"] .opblock-summary-control`).click();
        await page.locator(`[id$="-${id}"] .opblock-body`).waitFor();
        await fits(page);
        await readable(page, id);
      }
    });
  });

  /** Tries an operation with the values it comes with, and gives what is shown of the answer. */
  async function tried(page: Page, id: string): Promise<string> {
    const operation = page.locator(`[id$="-${id}"]`);
    await operation.locator(".opblock-summary-control").click();
    await operation.locator("button.execute").click();
    const answer = operation.locator(".live-responses-table .response").first();
    await answer.waitFor();
    const text = await answer.innerText();
    assert.equal(text.split(/\s/)[0], "200", `${id}: ${text}`);
    return text;
  }

  test("a call that is tried in the reference succeeds as it is", async () => {
    await look("/docs", DESK, async (page) => {
      for (const id of ["list-stocks", "get-stock", "get-metric-history", "list-metrics", "list-metric-definitions"]) {
        await tried(page, id);
      }
      assert.match(await tried(page, "get-metrics"), /"rsi_14": \d/);
    });
  });

  test("a chart that is tried in the reference is shown", async () => {
    await look("/docs", DESK, async (page) => {
      await tried(page, "get-chart-png");
      const picture = page.locator('[id$="-get-chart-png"] .live-responses-table img');
      await picture.waitFor();
      assert(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)));
    });
  });
});
