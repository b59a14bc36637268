// The browser of the tests: Chromium on the PATH. Without it they are skipped, except in CI.
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The first browser on the PATH. */
function installed(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const program = installed();
/** Why a test in a browser is skipped, or false. */
export const missing = program === undefined && "Chromium is not installed: nothing was looked at in a browser.";
if (missing) {
  assert(!process.env.CI, "There is no Chromium: apt-get install chromium.");
}

export function launch(): Promise<Browser> {
  assert(program);
  // As root, as in a container, Chromium starts without its sandbox only. It opens our own pages.
  return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
