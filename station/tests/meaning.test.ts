// A scan means what its context makes of it: an answer, a change of what is kept, or something that is said clearly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf } from "../src/actions.ts";
import { readCode } from "../src/codes.ts";
import { type Meaning, meaningOf } from "../src/meaning.ts";
import type { Kit } from "../src/types.ts";
import { type Work, answered, beginWork } from "../src/work.ts";
import { kitOf, lotOf } from "./fakes.ts";

const OURS = "HTTPS://BOTTLES.EXAMPLE";
const NOW = new Date(2026, 4, 4);
const [SORTED, RECEIVED, HELD, OLD, NEVER] = ["7K3M29QC", "B62AA9FC", "TH3TTA3A", "W8NGKXGH", "70KXNH9W"] as const;
const KIT: Kit = {
  ...kitOf([
    lotOf({ code: SORTED }), lotOf({ code: RECEIVED, stage: "received", model: null, partner_code: "P-12" }), lotOf({ code: HELD, held: true }),
    lotOf({ code: OLD, stage: "released", washed_on: "2026-01-01" }),
  ]),
  hosts: ["https://bottles.example"],
};

function means(text: string, work: Work | null = null): Meaning {
  return meaningOf(readCode(text, KIT.hosts), work, { kit: KIT, rows: [], permissions: null }, NOW);
}

const LOADING = answered(beginWork(actionOf("load")), "run", "W1");
const told = (meaning: Meaning) => ("what" in meaning ? [meaning.then, meaning.what] : [meaning.then]);

test("with nothing open, the scan itself says what is to be done", () => {
  assert.deepEqual(means(`${OURS}/Q/${SORTED}`), { then: "lot", code: SORTED });
  assert.deepEqual(means(`${OURS}/R/W1`), { then: "begin", action: "load", question: "run", value: "W1" });
  assert.deepEqual(means(`${OURS}/O/O-1`), { then: "begin", action: "deliver", question: "order", value: "O-1" });
  assert.deepEqual(means(`${OURS}/C/PAL-1`), { then: "begin", action: "clean", question: "crates", value: "PAL-1" });
  assert.deepEqual(means(`${OURS}/B/3F9K2M8QX7T4W6`), { then: "badge", badge: "3F9K2M8QX7T4W6" });
  assert.deepEqual(means(`${OURS}/X/STEP-LOAD`), { then: "command", command: "STEP-LOAD" });
});

test("a lot answers where a lot is asked for, by its code and by a partner's own name for it", () => {
  assert.deepEqual(means(SORTED, LOADING), { then: "answer", question: "lot", value: SORTED });
  assert.deepEqual(means("p-12", beginWork(actionOf("sort"))), { then: "answer", question: "lot", value: RECEIVED });
});

test("a lot whose step it is not says what it needs first, and nothing is answered", () => {
  const meaning = means(RECEIVED, LOADING);
  assert.equal(meaning.then, "refuse");
  assert.equal(meaning.then === "refuse" && meaning.next, "sort");
});

test("what is held or too old stops, whoever scans it", () => {
  assert.deepEqual(told(means(HELD, LOADING)), ["stop", "stop_held"]);
  assert.deepEqual(told(means(OLD, beginWork(actionOf("pack")))), ["stop", "stop_too_old"]);
});

test("a dirty crate takes no clean bottles, and an unknown one does", () => {
  const packing = answered(answered(beginWork(actionOf("pack")), "lot", OLD), "quantity", 12);
  assert.deepEqual(told(means(`${OURS}/C/PAL-1`, packing)), ["stop", "stop_dirty"]);
  assert.deepEqual(means(`${OURS}/C/PAL-9`, packing), { then: "answer", question: "package", value: "PAL-9" });
});

test("a label of something kept changes it, until something was begun with the old one", () => {
  assert.deepEqual(means(`${OURS}/R/W1`, LOADING), { then: "answer", question: "run", value: "W1" });
  assert.deepEqual(told(means(`${OURS}/R/W9`, LOADING)), ["refuse", "gone_run"]);
  const begun = answered(answered(beginWork(actionOf("deliver")), "order", "O-1"), "lot", OLD);
  assert.deepEqual(told(means(`${OURS}/O/O-1`, begun)), ["refuse", "scan_is_order"]);
});

test("a delivery is confirmed with its own order", () => {
  const ready = answered(answered(answered(beginWork(actionOf("deliver")), "order", "O-1"), "lot", OLD), "quantity", 12);
  assert.deepEqual(means(`${OURS}/O/O-1`, ready), { then: "answer", question: "sure", value: "O-1" });
  assert.deepEqual(told(means(`${OURS}/O/O-2`, ready)), ["refuse", "sure_other"]);
});

test("what is a stranger's, misread or not of this question is said, and never answers", () => {
  assert.deepEqual(told(means("https://elsewhere.example/Q/7K3M29QC", LOADING)), ["refuse", "scan_foreign"]);
  assert.deepEqual(told(means("7K3M29QX", LOADING)), ["refuse", "scan_misread"]);
  assert.deepEqual(told(means(`${OURS}/P/P01`, LOADING)), ["refuse", "scan_is_point"]);
  assert.deepEqual(told(means("hello", LOADING)), ["refuse", "scan_unknown"]);
});

test("a code that this device has not heard of is asked of the server", () => {
  assert.deepEqual(told(means(NEVER, LOADING)), ["ask_server", "wrong_unknown"]);
  assert.deepEqual(told(means(NEVER)), ["ask_server", "wrong_unknown"]);
});
