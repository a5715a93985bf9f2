// What a device says of a scan by itself, as the server would.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, nextSteps, type Judgment } from "../src/judge.ts";
import type { Lot } from "../src/types.ts";
import { kitOf, lotOf } from "./fakes.ts";

const NOW = new Date(2026, 4, 4, 9, 30);
const CODE = "7K3M29QC";

function judged(step: string, lot: Partial<Lot>, permissions: string[] | null = null): Judgment {
  return judge(step, CODE, kitOf([lotOf(lot)]), permissions, NOW);
}

function why(judgment: Judgment): string {
  return judgment.ok ? "ok" : `${judgment.hard ? "hard " : ""}${judgment.what}`;
}

test("a lot that is where the step begins may take it", () => {
  assert.equal(why(judged("load", {})), "ok");
  assert.equal(why(judged("load", { stage: "rework" })), "ok");
});

test("held and recalled lots stop, and nobody can force them", () => {
  assert.equal(why(judged("load", { held: true })), "hard stop_held");
  assert.equal(why(judged("load", { recalled: true })), "hard stop_recalled");
  assert.equal(why(judged("break", { held: true })), "ok");
  assert.equal(why(judged("lift_hold", { held: true })), "ok");
  assert.equal(why(judged("lift_hold", {})), "wrong_not_held");
});

test("too old is counted in calendar days, until the day to which quality waived it", () => {
  const packed = { stage: "relabeled", grade: "A" };
  assert.equal(why(judged("deliver", { ...packed, washed_on: "2026-04-04" })), "ok");
  assert.equal(why(judged("deliver", { ...packed, washed_on: "2026-04-03" })), "hard stop_too_old");
  assert.equal(why(judged("deliver", { ...packed, washed_on: "2026-01-01", waived_until: "2026-05-04" })), "ok");
  assert.equal(why(judged("deliver", { ...packed, washed_on: "2026-01-01", waived_until: "2026-05-03" })), "hard stop_too_old");
  assert.equal(why(judged("relabel", { stage: "released", washed_on: "2026-04-03" })), "hard stop_too_old");
});

test("where bottles leave under a new code only, they have to be packed first", () => {
  assert.equal(why(judged("deliver", { stage: "released", washed_on: "2026-05-01" })), "wrong_not_packed");
});

test("a skipped step is refused, and what the lot needs is told", () => {
  const judgment = judged("deliver", {}, ["wash", "deliver"]);
  assert.equal(why(judgment), "wrong_stage");
  assert.deepEqual(!judgment.ok && judgment.next, ["load", "presoak"]);
  assert.deepEqual(nextSteps(lotOf({ quantity: 0 }), kitOf(), null), []);
  assert.deepEqual(nextSteps(lotOf({ held: true }), kitOf(), null), ["lift_hold", "break"]);
});

test("who may not is told so, unless nobody knows who it is", () => {
  assert.equal(why(judged("load", {}, ["sort"])), "wrong_permission");
  assert.equal(why(judged("load", {}, null)), "ok");
});

test("a dead code says so, a replaced one what took its place, and an unknown one that it may be new", () => {
  assert.equal(why(judged("load", { quantity: 0 })), "wrong_dead");
  const replaced = judge("load", "d34dc0de", kitOf(), null, NOW);
  assert.deepEqual(!replaced.ok && [replaced.what, replaced.values["now"], replaced.unknown], ["wrong_replaced", "7K3M-29QC", false]);
  const unknown = judge("load", "00000000", kitOf(), null, NOW);
  assert.deepEqual(!unknown.ok && [unknown.what, unknown.unknown, unknown.hard], ["wrong_unknown", true, false]);
});

test("a partner's own name means the lot", () => {
  assert.equal(why(judge("load", "vert-17", kitOf([lotOf({ partner_code: "VERT-17" })]), null, NOW)), "ok");
});
