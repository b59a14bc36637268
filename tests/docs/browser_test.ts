// The start page and the pages below /docs in a browser: no errors, no scrolling sideways on a phone, both colour
// schemes, and a call that succeeds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { type Browser, type BrowserContextOptions, type Locator, type Page } from "playwright-core";

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
  async function look(
    path: string,
    viewport: typeof PHONE,
    at: (page: Page) => Promise<void>,
    options: BrowserContextOptions = {},
  ): Promise<void> {
    const context = await browser.newContext({ viewport, ...options });
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

  test("the start page leads to the reference and the guide", async () => {
    await look("/", PHONE, async (page) => {
      await fits(page);
      await page.locator("main").getByRole("link", { name: "Reference" }).click();
      await page.locator(".opblock").first().waitFor();
    });
  });

  test("a block of code is copied as it stands there", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    await look("/docs/agents", DESK, async (page) => {
      await page.getByRole("button", { name: "Copy" }).first().click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), `${base}/mcp`);
    }, { permissions });
  });

  /** Opens an operation and scrolls to its top. */
  async function opened(page: Page, id: string): Promise<Locator> {
    const operation = page.locator(`[id$="-${id}"]`);
    await operation.locator(".opblock-summary-control").click();
    await operation.locator(".opblock-body").waitFor();
    await operation.evaluate((block) => block.scrollIntoView());
    return operation;
  }

  /** The red of a computed colour such as `rgb(28, 32, 34)`: high for a light one. */
  function red(colour: string): number {
    return Number(colour.match(/\d+/)?.[0]);
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`the pages are ${colorScheme} when the browser is`, async () => {
      for (const path of ["/", "/docs/webhooks", "/docs"]) {
        await look(path, DESK, async (page) => {
          if (path === "/docs") {
            await page.locator(".opblock").first().waitFor();
          }
          for (const text of await page.locator("h1, h2, .guide code, .opblock-summary-path").all()) {
            const colour = red(await text.evaluate((it) => getComputedStyle(it).color));
            const paper = red(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
            assert.equal(paper > 128, colorScheme === "light", `the page ${path} is ${paper}`);
            assert(Math.abs(colour - paper) > 90, `${path}: ${colour} on ${paper}`);
          }
        }, { colorScheme });
      }
    });
  }

  test("the button of every form is on the screen", async () => {
    await look("/docs", DESK, async (page) => {
      for (const id of ["list-metrics", "get-metric-history", "create-analysis", "serve-mcp"]) {
        const box = await (await opened(page, id)).locator("button.execute").boundingBox();
        assert(box && box.y > 0 && box.y + box.height <= DESK.height, `${id}: ${JSON.stringify(box)}`);
      }
    });
  });

  test("the form of the screener shows what is filled in, and filters that are added", async () => {
    await look("/docs", DESK, async (page) => {
      const screener = await opened(page, "list-metrics");
      const names = screener.locator("tr[data-param-name]");
      const shown = () => names.evaluateAll((all) => all.map((row) => row.getAttribute("data-param-name")));
      assert.deepEqual(await shown(), ["limit", "sort", "fields", "format"]);
      const bottom = await screener.locator("button.execute").evaluate((button) => {
        return button.getBoundingClientRect().bottom - button.closest(".opblock")!.getBoundingClientRect().top;
      });
      assert(bottom <= DESK.height, `the form is ${bottom} pixels high`);
      await screener.getByLabel("Add a parameter").selectOption("rsi_14.lt");
      assert.deepEqual(await shown(), ["limit", "sort", "fields", "rsi_14.lt", "format"]);
      await screener.locator('tr[data-param-name="rsi_14.lt"] input').fill("60");
      await screener.locator("button.execute").click();
      const url = screener.locator(".request-url pre");
      await url.waitFor();
      assert.match(await url.innerText(), /[?&]rsi_14\.lt=60(&|$)/);
    });
  });

  test("the form for credentials says how to get a token, and begins with it", async () => {
    await look("/docs", DESK, async (page) => {
      await page.locator(".auth-wrapper .authorize").click();
      const fields = page.locator(".auth-container input");
      const contract = await (await page.request.get(`${base}/openapi.json`)).json();
      assert.equal(await fields.count(), Object.keys(contract.components.securitySchemes).length);
      const first = page.locator(".auth-container").first();
      assert.match(await first.innerText(), /auth\/v1\/token\?grant_type=password/);
      assert(await first.locator("input").evaluate((input) => input === document.activeElement));
      const dialog = await page.locator(".modal-ux").boundingBox();
      const title = await first.locator("h4").first().boundingBox();
      assert(dialog && title && title.y > dialog.y, "its title is above the dialog");
    });
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
