// Tiles show what there is, the usual first, and nothing that could only be wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answers, Question } from "../src/actions.ts";
import { FEW, choicesFor } from "../src/choices.ts";
import type { Cause, Kit, Lot, Model } from "../src/types.ts";
import { kitOf, lotOf } from "./fakes.ts";

const model = (code: string, pool: boolean): Model =>
  ({ code, name: { fr: `${code} fr`, en: `${code} en` }, picture: code, crate: 12, colors: ["vert", "blanc"], look_alikes: [], pool, height_mm: 300 });
const cause = (code: string, stations: string[], aside = false): Cause =>
  ({ code, name: { fr: code, en: code }, picture: "crack", stations, aside });
const SORTED = lotOf({ code: "TH3TTA3A", stage: "sorted", model: "M1", color: "vert", quantity: 24 });
const KIT: Kit = {
  ...kitOf([SORTED, { ...SORTED, code: "W8NGKXGH", color: "blanc" }, { ...SORTED, code: "70KXNH9W", held: true }]),
  models: [model("M0", false), ...["M1", "M2", "M3", "M4", "M5", "M6", "M7"].map((code) => model(code, true))],
  causes: [cause("CR01", ["washing"]), cause("MA01", ["washing"]), cause("MA06", ["sorting"], true), cause("CR02", ["sorting"])],
  points: [{ code: "P1", name: "Point – cave, Arbois" }, { code: "P2", name: "Point – magasin, Dole" }],
  runs: [
    { code: "W1", program: "wash", model: null, color: "", started: false, on_line: 0 },
    { code: "W2", program: "wash", model: "M1", color: "vert", started: true, on_line: 240 },
  ],
};

function offered(question: Question, action: string, given: Answers = {}, lot: Lot | null = null) {
  return choicesFor(question, action, given, KIT, lot, "fr");
}

const values = (choices: ReturnType<typeof offered>) => choices.map((choice) => choice.value);

test("a run that stands is loaded, one that runs gives bottles", () => {
  assert.deepEqual(values(offered("run", "load")), ["W1"]);
  assert.deepEqual(values(offered("run", "output")), ["W2"]);
});

test("the pool's bottles come first, six at a glance, and whoever is not sure says so", () => {
  const bins = offered("bin", "sort");
  const shown = values(bins.filter((choice) => !choice.rare));
  assert.equal(shown.length, FEW + 2);
  assert.deepEqual(shown.slice(-2), ["aside", "cullet"]);
  assert.ok(bins.find((choice) => choice.value === "M0")!.rare);
});

test("bottles are added to an open lot of the same model and color, or begin one", () => {
  assert.deepEqual(values(offered("into", "sort", { bin: "M1", color: "vert" }, lotOf({ stage: "received" }))), ["", "TH3TTA3A"]);
  assert.deepEqual(values(offered("into", "output", { run: "W2", came_off: "rework" })), [""]);
});

test("each station has its own causes, the usual ones first", () => {
  assert.deepEqual(values(offered("cause", "sort", { bin: "aside" })), ["MA06"]);
  assert.deepEqual(values(offered("cause", "sort", { bin: "cullet" })), ["CR02"]);
  assert.deepEqual(values(offered("cause", "output", { came_off: "rework" })), ["MA01", "CR01"]);
});

test("a hold may have any cause, and keeps its words", () => {
  assert.deepEqual(values(offered("cause", "hold")), ["MA06 MA06", "MA01 MA01", "CR01 CR01", "CR02 CR02", "other"]);
});

test("what all names begin with is left out", () => {
  assert.deepEqual(offered("point", "collect").map((choice) => "data" in choice.word && choice.word.data), ["cave, Arbois", "magasin, Dole"]);
});
