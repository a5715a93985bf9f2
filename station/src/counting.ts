// How many bottles a quantity may be, and how many make a crate.
import type { App } from "./app.ts";
import { answersOf } from "./work.ts";

const USUAL_CRATE = 12;
/** These never take more than the lot holds; the others count it. */
const TAKES_FROM_LOT = ["sort", "pack", "break"];
/** Where taking all of it is what usually happens. */
const OFTEN_ALL = ["pack", "deliver"];
/** Only a count may find that nothing is there. */
const COUNTS = ["take_stock", "count"];

/** Bottles in a full crate of what is counted. */
export function crateSize(app: App): number {
  const answers = app.state.work ? answersOf(app.state.work) : {};
  const run = app.memory.kit?.runs.find(({ code }) => code === answers.run);
  const model = answers.bin ?? app.lot()?.model ?? run?.model;
  return app.memory.kit?.models.find(({ code }) => code === model)?.crate ?? USUAL_CRATE;
}

/** What there is to take from; null where the count itself says it. */
export function mostBottles(app: App): number | null {
  const { work } = app.state;
  const lot = app.lot();
  if (!work) return null;
  if (work.action.name === "deliver") return lot?.promised ?? null;
  if (work.action.name === "output") return app.memory.kit?.runs.find(({ code }) => code === answersOf(work).run)?.on_line ?? null;
  return lot && TAKES_FROM_LOT.includes(work.action.name) ? lot.quantity - lot.promised : null;
}

/** What was told before of what is counted; null where nothing was. */
function toldBefore(app: App): number | null {
  const { work } = app.state;
  const lot = app.lot();
  if (work?.action.name === "count") return lot?.quantity ?? null;
  const source = app.memory.kit?.lots.find(({ code }) => code === (work ? answersOf(work).source : ""));
  return work?.action.name === "collect" ? (source?.announced ?? null) : null;
}

/** Twelve times what was told before, or a twelfth of it: crates and bottles were probably mixed up. */
export function looksLikeCrates(app: App, quantity: number): number | null {
  const told = toldBefore(app);
  return told && quantity && (quantity >= told * USUAL_CRATE || quantity * USUAL_CRATE <= told) ? told : null;
}

/** Whether one key may take all there is. */
export function mayTakeAll(app: App): boolean {
  return OFTEN_ALL.includes(app.state.work?.action.name ?? "") && (mostBottles(app) ?? 0) > 0;
}

/** Whether a count of nothing makes sense. */
export function mayBeNone(app: App): boolean {
  return COUNTS.includes(app.state.work?.action.name ?? "");
}
