// An action's questions come one by one, what is kept stays, and the record says what was answered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answers, type Question, ACTIONS, actionOf } from "../src/actions.ts";
import { type Work, answered, answersOf, beginWork, codesOf, nextRecord, oneBack, openQuestion } from "../src/work.ts";
import { lotOf } from "./fakes.ts";

/** The input of an action whose questions are answered with these; fails when one is asked that is not among them. */
function recorded(name: string, answers: [Question, string | number][], lot = lotOf()): Record<string, unknown> {
  let work = beginWork(actionOf(name));
  for (const [question, value] of answers) {
    assert.equal(openQuestion(work, lot), question, name);
    work = answered(work, question, value);
  }
  assert.equal(openQuestion(work, lot), null, name);
  return work.action.input(answersOf(work));
}

const LOT = "7K3M29QC";

test("what goes to the verb follows from the answers", () => {
  const cases: [string, [Question, string | number][], Record<string, unknown>][] = [
    ["collect", [["point", "P1"], ["source", ""], ["quantity", 30]], { point_code: "P1", declared: 30 }],
    ["collect", [["point", "P1"], ["source", LOT], ["quantity", 30]], { point_code: "P1", declared: 30, lot_code: LOT }],
    ["sort", [["lot", LOT], ["bin", "JU75"], ["color", "vert"], ["into", ""], ["quantity", 24]],
      { lot_code: LOT, finished: false, sorted_out: [{ model_code: "JU75", color: "vert", quantity: 24 }] }],
    ["sort", [["lot", LOT], ["bin", "JU75"], ["color", "vert"], ["into", "9ZZZZZZ9"], ["quantity", 24]],
      { lot_code: LOT, finished: false, sorted_out: [{ model_code: "JU75", color: "vert", quantity: 24, into_lot_code: "9ZZZZZZ9" }] }],
    ["sort", [["lot", LOT], ["bin", "aside"], ["cause", "MA06"], ["quantity", 2]],
      { lot_code: LOT, finished: false, held_aside: [{ defect_code: "MA06", quantity: 2 }] }],
    ["sort", [["lot", LOT], ["bin", "cullet"], ["cause", "CR01"], ["quantity", 2]],
      { lot_code: LOT, finished: false, rejects: [{ defect_code: "CR01", quantity: 2 }] }],
    ["presoak", [["bath", "2"], ["lot", LOT]], { lot_code: LOT, bath: "2" }],
    ["load", [["run", "W1"], ["lot", LOT]], { run_code: "W1", lot_code: LOT }],
    ["output", [["run", "W1"], ["came_off", "passed"], ["quantity", 120]], { run_code: "W1", passed: 120 }],
    ["output", [["run", "W1"], ["came_off", "broken"], ["zone", "Exit"], ["cleared", "yes"], ["quantity", 1]],
      { run_code: "W1", broken: 1, broken_zone: "Exit", glass_cleared: true }],
    ["output", [["run", "W1"], ["came_off", "rework"], ["cause", "MA01"], ["into", ""], ["quantity", 3]],
      { run_code: "W1", rework: 3, rework_defect_code: "MA01" }],
    ["deliver", [["order", "O-1"], ["lot", LOT], ["quantity", 60], ["sure", "O-1"]],
      { order_reference: "O-1", lot_code: LOT, quantity: 60 }],
    ["clean", [["crates", "PAL-1\nPAL 2"]], { container_codes: ["PAL-1", "PAL 2"] }],
  ];
  for (const [name, answers, input] of cases) assert.deepEqual(recorded(name, answers), input, name);
});

test("only a count that differs needs to say why", () => {
  const counted = lotOf({ quantity: 40 });
  assert.equal(recorded("take_stock", [["lot", LOT], ["quantity", 40]], counted)["reason"], "");
  assert.equal(recorded("take_stock", [["lot", LOT], ["quantity", 38], ["why", "broken"]], counted)["reason"], "broken");
});

test("the run stays from one lot to the next, and each lot is asked for anew", () => {
  let work = answered(answered(beginWork(actionOf("load")), "run", "W1"), "lot", LOT);
  assert.deepEqual(codesOf(work), [LOT]);
  work = nextRecord(work);
  assert.deepEqual(answersOf(work), { run: "W1" });
  assert.equal(openQuestion(work, null), "lot");
});

test("one step back takes the last answer, what is kept last of all", () => {
  let work: Work | null = answered(answered(answered(beginWork(actionOf("deliver")), "order", "O-1"), "lot", LOT), "quantity", 5);
  const left: Answers[] = [];
  while ((work = oneBack(work))) left.push(answersOf(work));
  assert.deepEqual(left, [{ order: "O-1", lot: LOT }, { order: "O-1" }, {}]);
});

test("what cannot be undone is confirmed or judged first, and the rest can be undone", () => {
  assert.deepEqual(ACTIONS.filter((action) => !action.undo).map((action) => action.name), ["end_presoak", "deliver", "hold", "clean"]);
  assert.deepEqual(actionOf("deliver").asks({}, null).at(-1), "sure");
});
