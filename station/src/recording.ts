// The walk through an action: its questions one by one, then a row that is on disk before anybody sees a ✓.
import { type Question, actionOf } from "./actions.ts";
import type { App } from "./app.ts";
import { choicesFor } from "./choices.ts";
import { looksLikeCrates, mostBottles } from "./counting.ts";
import { signal } from "./feedback.ts";
import { findLot } from "./kit.ts";
import { NotKept } from "./memory.ts";
import { BLANK } from "./state.ts";
import { language, text } from "./texts.ts";
import type { Row } from "./types.ts";
import { figure } from "./ui.ts";
import { type Work, answered, answersOf, beginWork, codesOf, nextRecord, oneBack } from "./work.ts";

/** Begins an action, with nothing kept. */
export function begin(app: App, name: string): void {
  app.set({ work: beginWork(actionOf(name)), place: { at: "work", scanning: false }, result: null, entry: BLANK });
  skipObvious(app);
}

/** Takes an answer; the last one records. */
export async function answer(app: App, value: string | number, question = app.question()): Promise<void> {
  const { work } = app.state;
  if (!work || !question) return;
  if (work.list && (question === "lot" || question === "crates")) return addToList(app, work, String(value));
  const most = question === "quantity" ? mostBottles(app) : null;
  if (most !== null && Number(value) > most) return app.refuse("too_many", { count: figure(most) });
  const told = question === "quantity" && work.given.asked !== value ? looksLikeCrates(app, Number(value)) : null;
  if (told !== null) {
    app.set({ work: { ...work, given: { ...work.given, asked: Number(value) } }, entry: BLANK });
    return app.refuse("really_so_many", { count: figure(Number(value)), told: figure(told) });
  }
  app.set({ work: answered(work, question, value), place: { at: "work", scanning: false }, result: null, entry: BLANK });
  skipObvious(app);
  if (app.question() === null) await record(app, [app.state.work!]);
}

/** One answer back, or out of the work. */
export function back(app: App): void {
  const { work, place } = app.state;
  if (place.at !== "work") return work ? app.go({ at: "work", scanning: false }) : app.home();
  const before = work && oneBack(work);
  if (before) app.set({ work: before, place: { at: "work", scanning: false }, result: null, entry: BLANK });
  else app.home();
}

/** From now on scans are collected, to be confirmed once. */
export function startList(app: App): void {
  app.set({ work: { ...app.state.work!, list: [] }, result: null });
}

/** Takes a code off the list again. */
export function removeFromList(app: App, code: string): void {
  const work = app.state.work!;
  app.set({ work: { ...work, list: work.list!.filter((other) => other !== code) }, result: null });
}

/** Records the whole list: a row for each lot, or one for all containers. */
export async function confirmList(app: App): Promise<void> {
  const { work } = app.state;
  if (!work?.list?.length) return;
  const question: Question = work.action.asks({}, null)[0]!;
  const works = question === "crates"
    ? [answered(work, question, work.list.join("\n"))]
    : work.list.map((code) => answered(work, question, code));
  await record(app, works);
}

/** Takes the last record back, by a record of its own. */
export async function undo(app: App): Promise<void> {
  const row = app.memory.lastRow;
  if (!row) return app.refuse("nothing_to_undo");
  try {
    await app.memory.undo(row, text("undo"));
  } catch (error) {
    return notKept(app, error);
  }
  app.takenBack();
  app.set({ place: app.state.work ? { at: "work", scanning: false } : { at: "start" } });
  app.tell({ outcome: "done", title: text("undone"), ...about([row]) });
}

/** A question with one answer is none: a model of one color, no lot to add to. */
function skipObvious(app: App): void {
  const { work } = app.state;
  const { kit } = app.memory;
  const question = app.question();
  if (!work || !kit || (question !== "color" && question !== "into")) return;
  const choices = choicesFor(question, work.action.name, answersOf(work), kit, app.lot(), language());
  if (choices.length > 1) return;
  app.set({ work: answered(work, question, choices[0]?.value ?? "") });
  skipObvious(app);
}

function addToList(app: App, work: Work, code: string): void {
  if (work.list!.includes(code)) return app.refuse("twice", {}, code);
  signal("done");
  app.set({ work: { ...work, list: [...work.list!, code] }, result: null });
}

async function record(app: App, works: Work[]): Promise<void> {
  const rows: Row[] = [];
  app.set({ busy: true });
  try {
    for (const work of works) {
      const answers = answersOf(work);
      const summary = { action: work.action.name, codes: codesOf(work), quantity: answers.quantity ?? bottlesOf(app, work) };
      rows.push(await app.memory.record(work.action.verb, work.action.input(answers), summary));
    }
  } catch (error) {
    return notKept(app, error);
  }
  const { action } = works[0]!;
  app.set({ work: nextRecord(app.state.work!), place: { at: "work", scanning: false }, busy: false });
  app.recorded();
  app.tell({ outcome: "done", title: text(`action_${action.name}`), ...about(rows) });
}

/** A step that takes whole lots says how many bottles that were. */
function bottlesOf(app: App, work: Work): number | null {
  const lot = findLot(app.memory.kit!, answersOf(work).lot ?? "");
  return lot && work.action.asks({}, null).length === 1 ? lot.quantity - lot.promised : null;
}

function about(rows: Row[]): { code?: string; quantity?: number; detail?: string } {
  const codes = rows.flatMap((row) => row.summary.codes);
  const quantity = rows.reduce((sum, row) => sum + (row.summary.quantity ?? 0), 0);
  return {
    ...(codes.length === 1 ? { code: codes[0]! } : codes.length > 1 ? { detail: text("list_total", { count: figure(codes.length) }) } : {}),
    ...(quantity > 0 ? { quantity } : {}),
  };
}

/** The outbox took nothing: said loudly, for a ✓ would be a lie. */
function notKept(app: App, error: unknown): void {
  console.error(error);
  app.set({ busy: false });
  app.stop(error instanceof NotKept ? error.why : "not_kept_gone", {});
}
