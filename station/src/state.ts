// What the station shows at a moment: one value, from which each screen is drawn anew.
import type { Memory } from "./memory.ts";
import type { Kit, Me, Row } from "./types.ts";
import type { Work } from "./work.ts";

export type Values = Record<string, string | number>;

/** Where in the program people are. "work" shows the open question of the work, by tiles or by scanning. */
export type Place =
  | { at: "loading" }
  /** `site`: chosen by somebody who works at several. */
  | { at: "setUp"; me: Me | null; site?: string }
  | { at: "signIn" }
  | { at: "pin"; badge: string }
  | { at: "start" }
  | { at: "all" }
  | { at: "anything" }
  | { at: "work"; scanning: boolean }
  | { at: "typing" }
  | { at: "lot"; code: string }
  | { at: "undo" }
  /** `told`: the server's own words, about the row that it refused. */
  | { at: "stop"; what: string; values: Values; told?: { row: string; what: string; remedy: string } }
  | { at: "outbox" }
  | { at: "settings" };

/** What became of the latest scan. */
export interface Result {
  outcome: "done" | "refused";
  title: string;
  /** What to do now, or what else was recorded. */
  detail?: string;
  /** The pictogram of the detail. */
  sign?: string;
  /** The code it is about. */
  code?: string;
  /** Bottles of it. */
  quantity?: number;
  /** The row that the server refused. */
  refused?: string;
}

/** What stands on the keypads, digit by digit. */
export interface Entry {
  part: "crates" | "loose";
  crates: string;
  loose: string;
  pin: string;
}

export const BLANK: Entry = { part: "crates", crates: "", loose: "", pin: "" };

export interface State {
  place: Place;
  work: Work | null;
  result: Result | null;
  entry: Entry;
  /** An answer of the server is awaited: keys do nothing twice. */
  busy: boolean;
}

/** Before anything is known. */
export const EMPTY: State = { place: { at: "loading" }, work: null, result: null, entry: BLANK, busy: false };

/** What scans are judged by: the work, and what this device knows. */
export interface Known {
  kit: Kit;
  rows: readonly Row[];
  /** null while nobody knows who stands there. */
  permissions: string[] | null;
}

/** What the memory knows for judging; null before the first kit. */
export function knownBy(memory: Memory): Known | null {
  const { kit, rows, sitting } = memory;
  return kit && { kit, rows, permissions: sitting?.person?.permissions ?? null };
}
