// A label in view counts once, however often the camera reads it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Repeats } from "../src/repeats.ts";

test("two labels that take turns in view count once each", () => {
  const repeats = new Repeats();
  const counted = [];
  for (let frame = 0; frame < 100; frame += 1) {
    const code = frame % 2 ? "7K3M29QC" : "AB01CDEX";
    if (repeats.isNew("count", code, 3, frame * 100)) counted.push(code);
  }
  assert.deepEqual(counted, ["AB01CDEX", "7K3M29QC"]);
});

test("a label counts again at another step, and after it was out of view for long enough", () => {
  const repeats = new Repeats();
  assert.equal(repeats.isNew("count", "A", 3, 0), true);
  assert.equal(repeats.isNew("sort", "A", 3, 100), true);
  assert.equal(repeats.isNew("count", "A", 3, 2999), false);
  assert.equal(repeats.isNew("count", "A", 3, 5998), false);
  assert.equal(repeats.isNew("count", "A", 3, 8998), true);
});

test("what was taken back may be scanned again at once", () => {
  const repeats = new Repeats();
  repeats.isNew("count", "A", 3, 0);
  repeats.forget("count", "A");
  assert.equal(repeats.isNew("count", "A", 3, 1), true);
});
