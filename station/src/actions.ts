// What an operator can record: which verb, what is asked for it, and in which order. A table; app.ts walks it.
import type { Lot } from "./types.ts";

/** One question on one screen. What it is answered with: a code, or a choice's value. */
export type Question =
  | "lot" // scan it
  | "crates" // scan containers; several are answered a line each
  | "source" // scan an announced lot's label, or a new lot ("")
  | "package" // scan the container it goes into, or none ("")
  | "into" // scan or choose the lot it goes into, or a new one ("")
  | "point"
  | "run"
  | "order"
  | "bath"
  | "bin" // a model, or ASIDE, or CULLET
  | "color"
  | "cause"
  | "words" // which other cause
  | "came_off" // what came off the line: PASSED, REWORK, CULLET, BROKEN
  | "zone"
  | "cleared" // the glass was cleared away
  | "quantity"
  | "why"
  | "sure"; // scan the order, or the card YES

/** `asked`: a quantity that looked wrong, and was asked about. */
export type Answers = Partial<Record<Exclude<Question, "quantity">, string>> & { quantity?: number; asked?: number };

export const ASIDE = "aside";
export const CULLET = "cullet";
/** The cause that no tile tells: its words are asked for. */
export const OTHER = "XX99";
export const PASSED = "passed";
export const REWORK = "rework";
export const BROKEN = "broken";

export interface Action {
  name: string;
  /** The verb's path in the API. */
  verb: string;
  /** The lot's own step, by which the kit says who may, and from which stage. */
  step: string | null;
  /** Who may, where no lot's step says it. */
  permission?: string;
  /** Whose tile comes first on a device of this station; null: done anywhere. */
  station: string | null;
  sign: string;
  /** Asked once, and kept until changed. */
  kept: Question[];
  /** Asked for each record, given what was answered so far. `lot` is the one scanned, as this device knows it. */
  asks(given: Answers, lot: Lot | null): Question[];
  /** Whether many may be scanned before they are confirmed once. */
  many: boolean;
  /** Whether the last one may be taken back. */
  undo: boolean;
  input(given: Answers): Record<string, unknown>;
}

const noLot = null;

export const ACTIONS: Action[] = [
  {
    name: "collect", verb: "collections", step: noLot, permission: "collect", station: "collection", sign: "collection",
    kept: ["point"], asks: () => ["source", "quantity"], many: false, undo: true,
    input: (given) => ({
      point_code: given.point, declared: given.quantity, ...(given.source ? { lot_code: given.source } : {}), ...sure(given),
    }),
  },
  {
    name: "count", verb: "reception-counts", step: "count", station: "collection", sign: "count-difference",
    kept: [], asks: () => ["lot", "quantity"], many: false, undo: true,
    input: (given) => ({ lot_code: given.lot, counted: given.quantity, ...sure(given) }),
  },
  {
    name: "sort", verb: "sortings", step: "sort", station: "sorting", sign: "sorting",
    kept: ["lot"], asks: binQuestions, many: false, undo: true,
    input: (given) => ({ lot_code: given.lot, finished: false, ...sorted(given) }),
  },
  {
    name: "presoak", verb: "presoaks", step: "presoak", station: "washing", sign: "soaking",
    kept: ["bath"], asks: () => ["lot"], many: true, undo: true,
    input: (given) => ({ lot_code: given.lot, bath: given.bath }),
  },
  {
    name: "end_presoak", verb: "presoak-ends", step: "end_presoak", station: "washing", sign: "soaking",
    kept: [], asks: () => ["lot"], many: true, undo: false,
    input: (given) => ({ lot_code: given.lot }),
  },
  {
    name: "load", verb: "loadings", step: "load", station: "washing", sign: "infeed",
    kept: ["run"], asks: () => ["lot"], many: true, undo: true,
    input: (given) => ({ run_code: given.run, lot_code: given.lot }),
  },
  {
    name: "output", verb: "outputs", step: noLot, permission: "wash", station: "washing", sign: "exit",
    kept: ["run"], asks: outputQuestions, many: false, undo: true,
    input: (given) => ({ run_code: given.run, ...cameOff(given) }),
  },
  {
    name: "pack", verb: "relabelings", step: "relabel", station: "relabeling", sign: "packing",
    kept: [], asks: () => ["lot", "quantity", "package"], many: false, undo: true,
    input: (given) => ({ lot_code: given.lot, quantity: given.quantity, package: given.package }),
  },
  {
    name: "deliver", verb: "deliveries", step: "deliver", station: "dispatch", sign: "dispatch",
    kept: ["order"], asks: () => ["lot", "quantity", "sure"], many: false, undo: false,
    input: (given) => ({ order_reference: given.order, lot_code: given.lot, quantity: given.quantity }),
  },
  {
    name: "hold", verb: "holds", step: "hold", station: null, sign: "hold",
    kept: [], asks: () => ["lot", "cause"], many: false, undo: false,
    input: (given) => ({ lot_code: given.lot, reason: given.cause }),
  },
  {
    name: "break", verb: "breakages", step: "break", station: null, sign: "broken",
    kept: [], asks: () => ["lot", "quantity"], many: false, undo: true,
    input: (given) => ({ lot_code: given.lot, quantity: given.quantity }),
  },
  {
    name: "take_stock", verb: "stock-counts", step: "take_stock", station: null, sign: "stocktake",
    kept: [],
    asks: ({ quantity }, lot) => ["lot", "quantity", ...(quantity === undefined || quantity === lot?.quantity ? [] : ["why" as const])],
    many: false, undo: true,
    input: (given) => ({ lot_code: given.lot, counted: given.quantity, reason: given.why ?? "", ask_lead: true }),
  },
  {
    name: "clean", verb: "container-cleanings", step: noLot, permission: "clean_containers", station: null, sign: "clean",
    kept: [], asks: () => ["crates"], many: true, undo: false,
    input: (given) => ({ container_codes: given.crates!.split("\n") }),
  },
];

/** The action of a name. Raises Error for one that there is not. */
export function actionOf(name: string): Action {
  const found = ACTIONS.find((action) => action.name === name);
  if (!found) throw new Error(`no action ${name}`);
  return found;
}

function sure({ quantity, asked }: Answers): Record<string, unknown> {
  return quantity === asked ? { sure: true } : {};
}

function binQuestions(given: Answers): Question[] {
  if (given.bin === undefined) return ["bin"];
  if (given.bin === CULLET) return ["bin", ...causeQuestions(given), "quantity"];
  return given.bin === ASIDE ? ["bin", "cause", "quantity"] : ["bin", "color", "into", "quantity"];
}

function causeQuestions({ cause }: Answers): Question[] {
  return cause === OTHER ? ["cause", "words"] : ["cause"];
}

function words(given: Answers): Record<string, unknown> {
  return given.words ? { note: given.words } : {};
}

function sorted(given: Answers): Record<string, unknown> {
  const rejected = { defect_code: given.cause, quantity: given.quantity };
  if (given.bin === ASIDE) return { held_aside: [rejected] };
  if (given.bin === CULLET) return { rejects: [rejected], ...words(given) };
  const into = given.into ? { into_lot_code: given.into } : {};
  return { sorted_out: [{ model_code: given.bin, color: given.color, quantity: given.quantity, ...into }] };
}

function outputQuestions(given: Answers): Question[] {
  switch (given.came_off) {
    case undefined: return ["came_off"];
    case REWORK: return ["came_off", "cause", "into", "quantity"];
    case CULLET: return ["came_off", ...causeQuestions(given), "quantity"];
    case BROKEN: return ["came_off", "zone", "cleared", "quantity"];
    default: return ["came_off", "quantity"];
  }
}

function cameOff(given: Answers): Record<string, unknown> {
  const into = given.into ? { rework_into_lot_code: given.into } : {};
  switch (given.came_off) {
    case REWORK: return { rework: given.quantity, rework_defect_code: given.cause, ...into };
    case CULLET: return { rejects: [{ defect_code: given.cause, quantity: given.quantity }], ...words(given) };
    case BROKEN: return { broken: given.quantity, broken_zone: given.zone, glass_cleared: given.cleared === "yes" };
    default: return { passed: given.quantity };
  }
}
