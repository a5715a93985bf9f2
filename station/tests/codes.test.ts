// What a scan names, for server and station alike: tests/webapp/test_codes.py reads the same vectors.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readCode } from "../src/codes.ts";

interface Shared {
  own: string[];
  vectors: { why: string; text: string; kind: string; code: string }[];
}

const shared = JSON.parse(readFileSync(new URL("../codes.json", import.meta.url), "utf-8")) as Shared;

for (const { why, text, kind, code } of shared.vectors) {
  test(why, () => assert.deepEqual(readCode(text, shared.own), { kind, code }));
}

test("a text that names nothing of an object's own does not become a kind", () => {
  for (const letter of ["constructor", "__proto__", "toString"]) {
    assert.equal(readCode(`https://bottles.example.org/${letter}/x`, shared.own).kind, "unknown");
  }
});
