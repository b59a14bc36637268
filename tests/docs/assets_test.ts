// The packed files of Swagger UI are those of the locked package.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

const assets = join(process.env.GET_DOCS ?? "", "assets");
const original = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
  test(`${name} is that of the locked package`, () => {
    const ours = gunzipSync(readFileSync(join(assets, `${name}.gz`)));
    const theirs = readFileSync(join(original, name));
    assert(ours.equals(theirs), `to replace it: gzip -9 -n -c ${join(original, name)} > ${join(assets, name)}.gz`);
  });
}

test("its licences are those of the locked package", () => {
  const files = { LICENSE: "swagger-ui.LICENSE", NOTICE: "swagger-ui.NOTICE" };
  for (const [theirs, ours] of Object.entries(files)) {
    assert.equal(readFileSync(join(assets, ours), "utf8"), readFileSync(join(original, theirs), "utf8"));
  }
});
