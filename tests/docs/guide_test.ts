// The JavaScript of the guide runs as it stands there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const { BASE_URL = "", PUBLISHABLE_KEY = "", GET_DOCS = "" } = process.env;
const values = { SUPABASE_URL: BASE_URL, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY, API_URL: BASE_URL };

/** Runs the blocks of a page as one program, with `last` as its last line, and gives what it prints. */
function run(name: string, user: object, last: string): string {
  const page = readFileSync(join(GET_DOCS, "pages", `${name}.md`), "utf8");
  const blocks = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, block]) => block ?? "");
  assert(blocks.length > 0, `there is no JavaScript on the page ${name}`);
  const constants = Object.entries({ ...values, ...user }).map(([name, value]) => `const ${name} = "${value}";`);
  const program = `built/${name}.mjs`;
  writeFileSync(program, [...constants, ...blocks, last].join("\n"));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8", timeout: 60_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

function newUser(): object {
  return { EMAIL: `${randomUUID()}@example.test`, PASSWORD: randomUUID() };
}

const user = newUser();

test("what supabase-js reads straight from the tables is printed", () => {
  const printed = run("supabase-js", user, "");
  assert.match(printed, /\[ 'AAPL', '\d{4}-\d\d-\d\d' \]/, "a stock with its last day");
  assert.match(printed, /symbol: '.+',\s+rsi_14: \d/, "metrics");
  assert.match(printed, /^AAPL Apple/m, "a stock of a page");
  assert.match(printed, /\[ 'AAPL', \d/, "a stock that was searched");
  assert.equal(printed.match(/day: '/g)?.length, 5, "days");
  assert.match(printed, /^AAPL (requested|dispatched|accepted|succeeded)$/m, "an analysis");
});

test("a user gets a token", () => {
  assert.match(run("authentication", user, "console.log(token);"), /^eyJ/);
});
