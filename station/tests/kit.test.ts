// What a device recorded is laid over what it was told, so that it knows what it did itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findLot, layOver } from "../src/kit.ts";
import type { Kit, Row } from "../src/types.ts";
import { kitOf, lotOf, rowOf } from "./fakes.ts";

const CODE = "7K3M29QC";
const OTHER = "9ZZZZZZ9";

function after(...calls: [verb: string, input: Record<string, unknown>][]): Kit {
  const kit = kitOf([lotOf(), lotOf({ code: OTHER, stage: "expected", quantity: 0 })]);
  const frozen = JSON.stringify(kit);
  const laid = layOver(kit, calls.map(([verb, input], index) => rowOf(`0${index}`, verb, input)));
  assert.equal(JSON.stringify(kit), frozen, "the kit itself was changed");
  return laid;
}

const left = (kit: Kit, code = CODE) => findLot(kit, code)!.quantity;

test("bottles leave the lot they are taken from, in the order of the scans", () => {
  const kit = after(
    ["breakages", { lot_code: CODE, quantity: 3 }],
    ["loadings", { lot_code: CODE, run_code: "W1", quantity: 37 }],
    ["loadings", { lot_code: CODE, run_code: "W1" }],
    ["outputs", { run_code: "W1", passed: 100, broken: 1, rejects: [{ defect_code: "chip", quantity: 4 }] }],
  );
  assert.equal(left(kit), 0);
  assert.deepEqual(kit.runs[0], { code: "W1", program: "wash", model: "JURA_75", color: "", started: false, on_line: 132 });
});

test("a count says what is there, but not before a lead has said yes", () => {
  assert.equal(left(after(["stock-counts", { lot_code: CODE, counted: 12 }])), 12);
  assert.equal(left(after(["stock-counts", { lot_code: CODE, counted: 12, ask_lead: true }])), 240);
});

test("announced bottles arrive, and are counted, sorted and soaked", () => {
  const collected = after(["collections", { lot_code: OTHER, point_code: "P", declared: 50 }]);
  assert.deepEqual([findLot(collected, OTHER)!.stage, left(collected, OTHER)], ["received", 50]);
  const sorted = after(
    ["collections", { lot_code: OTHER, point_code: "P", declared: 50 }],
    ["sortings", {
      lot_code: OTHER,
      sorted_out: [{ model_code: "JURA_75", quantity: 30, into_lot_code: CODE }],
      rejects: [{ defect_code: "chip", quantity: 5 }],
      held_aside: [{ defect_code: "odd", quantity: 2 }],
      finished: false,
    }],
    ["presoaks", { lot_code: CODE, bath: "1" }],
  );
  assert.deepEqual([left(sorted, OTHER), left(sorted), findLot(sorted, CODE)!.stage], [13, 270, "presoaking"]);
});

test("a delivery uses up what was promised and ordered", () => {
  const kit = kitOf([lotOf({ stage: "relabeled", grade: "A", promised: 100 })]);
  const laid = layOver(kit, [rowOf("0", "deliveries", { lot_code: CODE, order_reference: "O-1", quantity: 60 })]);
  assert.deepEqual([left(laid), laid.lots[0]!.promised, laid.orders[0]!.lines[0]!.left], [180, 40, 540]);
});

test("holds hold and cleanings clean", () => {
  const kit = after(["holds", { lot_code: CODE, reason: "glass" }], ["container-cleanings", { container_codes: ["PAL-1"] }]);
  assert.deepEqual([kit.lots[0]!.held, kit.containers[0]!.clean], [true, true]);
});

test("what was taken back or refused did not happen", () => {
  const back = after(["breakages", { lot_code: CODE, quantity: 3 }], ["corrections", { event_id: "00", reason: "slip" }]);
  assert.equal(left(back), 240);
  const refused: Row = { ...rowOf("0", "breakages", { lot_code: CODE, quantity: 3 }), state: "refused" };
  assert.equal(left(layOver(kitOf(), [refused])), 240);
});

test("a verb that a device knows nothing of, or of a lot that it does not know, changes nothing", () => {
  assert.deepEqual(after(["hours", { hours: 2 }], ["holds", { lot_code: "00000000" }]), after());
});
