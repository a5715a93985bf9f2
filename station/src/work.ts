// What is being recorded: an action, what is kept for it, what was answered, and the list of a many-in-a-row.
import type { Action, Answers, Question } from "./actions.ts";
import type { Lot } from "./types.ts";

export interface Work {
  action: Action;
  /** Answers that stay from one record to the next. */
  kept: Answers;
  given: Answers;
  /** The codes scanned so far, to be confirmed once; null while each scan is recorded at once. */
  list: string[] | null;
}

/** The beginning of an action. */
export function beginWork(action: Action, kept: Answers = {}): Work {
  return { action, kept, given: {}, list: null };
}

/** All that was answered, kept or not. */
export function answersOf(work: Work): Answers {
  return { ...work.kept, ...work.given };
}

/** The question that is open, or null when the record is complete. `lot` is the one answered, as this device knows it. */
export function openQuestion(work: Work, lot: Lot | null): Question | null {
  const answers = answersOf(work);
  return questionsOf(work, lot).find((question) => answers[question] === undefined) ?? null;
}

/** The work with one more answer. */
export function answered(work: Work, question: Question, value: string | number): Work {
  const part = work.action.kept.includes(question) ? "kept" : "given";
  return { ...work, [part]: { ...work[part], [question]: value } };
}

/** The work without its last answer, or null where there was none to take back. */
export function oneBack(work: Work): Work | null {
  for (const part of ["given", "kept"] as const) {
    const entries = Object.entries(work[part]);
    if (entries.length > 0) return { ...work, [part]: Object.fromEntries(entries.slice(0, -1)) };
  }
  return null;
}

/** Ready for the next record of the same action. */
export function nextRecord(work: Work): Work {
  return { ...work, given: {}, list: work.list ? [] : null };
}

/** The codes that a record is about, for lists. */
export function codesOf(work: Work): string[] {
  const answers = answersOf(work);
  return [answers.lot, answers.source, answers.run, answers.crates].find((code) => code)?.split("\n") ?? [];
}

function questionsOf(work: Work, lot: Lot | null): Question[] {
  return [...work.action.kept, ...work.action.asks(answersOf(work), lot)];
}
