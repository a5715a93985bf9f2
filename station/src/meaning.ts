// What a scan means here and now: an answer to the open question, a change of what is kept, or something said clearly.
import { ACTIONS, type Question } from "./actions.ts";
import { choicesFor } from "./choices.ts";
import type { CodeKind, Scanned } from "./codes.ts";
import { judge, nextSteps } from "./judge.ts";
import { findLot } from "./kit.ts";
import type { Known, Values } from "./state.ts";
import type { Kit, Lot } from "./types.ts";
import { type Work, answersOf, openQuestion } from "./work.ts";

export type Meaning =
  | { then: "answer"; question: Question; value: string }
  /** Somebody's badge. */
  | { then: "badge"; badge: string }
  | { then: "command"; command: string }
  /** Nothing is open: the scan itself says what is to be done. */
  | { then: "begin"; action: string; question: Question; value: string }
  | { then: "lot"; code: string }
  /** `next`: the step that the lot needs instead. */
  | { then: "refuse"; what: string; values: Values; code: string; next?: string }
  /** Nobody here may force it. */
  | { then: "stop"; what: string; values: Values }
  /** The code is right, but this device has not heard of it: the server may have. `question`: what it would answer. */
  | { then: "ask_server"; code: string; values: Values; what: string; question?: Question };

/** Which codes answer a question. */
const ACCEPTED: Partial<Record<Question, CodeKind>> = {
  lot: "lot", source: "lot", into: "lot", point: "point", run: "run", order: "order", sure: "order",
  crates: "container", package: "container",
};
/** What a scan begins when nothing is open. */
const BEGINS: Partial<Record<CodeKind, { action: (kit: Kit, code: string) => string; question: Question }>> = {
  run: { action: (kit, code) => (kit.runs.find((run) => run.code === code)?.started ? "output" : "load"), question: "run" },
  order: { action: () => "deliver", question: "order" },
  point: { action: () => "collect", question: "point" },
  container: { action: () => "clean", question: "crates" },
};

/** Reads a scan in its context: `work` null where nothing is open. */
export function meaningOf(scanned: Scanned, work: Work | null, known: Known, now: Date): Meaning {
  const { kit } = known;
  if (scanned.kind === "badge") return { then: "badge", badge: scanned.code };
  if (scanned.kind === "command") return { then: "command", command: scanned.code };
  if (scanned.kind === "foreign" || scanned.kind === "misread") return refuse(`scan_${scanned.kind}`, scanned.code);
  const named = scanned.kind === "unknown" ? recognized(scanned.code, kit) : scanned;
  return work ? withinWork(named, work, known, now) : withoutWork(named, kit);
}

function withoutWork({ kind, code }: Scanned, kit: Kit): Meaning {
  if (kind === "lot") return findLot(kit, code) ? { then: "lot", code } : unknown(code, kit);
  const begins = BEGINS[kind];
  if (!begins) return refuse("scan_unknown", code);
  return { then: "begin", action: begins.action(kit, code), question: begins.question, value: code };
}

function withinWork(scanned: Scanned, work: Work, known: Known, now: Date): Meaning {
  const lot = findLot(known.kit, answersOf(work).lot ?? "") ?? null;
  const open = openQuestion(work, lot);
  // A label that stands for something kept changes it, as long as nothing was begun with the old one.
  const kept = Object.keys(work.given).length === 0 ? work.action.kept.filter((question) => question !== open) : [];
  for (const question of [...(open ? [open] : []), ...kept]) {
    const wanted = ACCEPTED[question];
    if (wanted === undefined) continue;
    if (scanned.kind === wanted) return fitting(question, scanned.code, work, known, now);
    // Containers come and go: one that was typed and that nobody knows yet is one all the same.
    if (scanned.kind === "unknown" && scanned.code && wanted === "container") return fitting(question, scanned.code, work, known, now);
  }
  return refuse(scanned.kind === "unknown" ? "scan_unknown" : `scan_is_${scanned.kind}`, scanned.code);
}

function fitting(question: Question, code: string, work: Work, { kit, permissions }: Known, now: Date): Meaning {
  const answers = answersOf(work);
  switch (question) {
    case "lot":
    case "source": {
      const judgment = judge(question === "source" ? "collect" : work.action.step!, code, kit, permissions, now);
      if (judgment.ok) return { then: "answer", question, value: judgment.lot.code };
      if (judgment.unknown) return { then: "ask_server", code, values: judgment.values, what: judgment.what, question };
      if (judgment.hard) return { then: "stop", what: judgment.what, values: judgment.values };
      const next = judgment.next[0];
      return { then: "refuse", what: judgment.what, values: judgment.values, code, ...(next === undefined ? {} : { next }) };
    }
    case "into": {
      const lot = findLot(kit, answers.lot ?? "") ?? null;
      const open = choicesFor("into", work.action.name, answers, kit, lot, "fr").some((choice) => choice.value === code);
      return open ? { then: "answer", question, value: code } : refuse("into_other", code);
    }
    case "package":
      return kit.containers.some((box) => box.code === code && !box.clean)
        ? { then: "stop", what: "stop_dirty", values: { container: code } } : { then: "answer", question, value: code };
    case "sure":
      return code === answers.order ? { then: "answer", question, value: code } : refuse("sure_other", code);
    default:
      return isThere(question, code, kit) ? { then: "answer", question, value: code } : refuse(`gone_${question}`, code);
  }
}

function isThere(question: Question, code: string, kit: Kit): boolean {
  switch (question) {
    case "point": return kit.points.some((point) => point.code === code);
    case "run": return kit.runs.some((run) => run.code === code);
    case "order": return kit.orders.some((order) => order.reference === code);
    default: return true;
  }
}

/** A bare code: of something that the kit knows, in whatever way it was written there. */
function recognized(code: string, kit: Kit): Scanned {
  const is = (other: string) => other.toUpperCase() === code;
  const lot = findLot(kit, code);
  if (lot) return { kind: "lot", code: lot.code };
  const found: [CodeKind, string | undefined][] = [
    ["run", kit.runs.find((run) => is(run.code))?.code],
    ["order", kit.orders.find((order) => is(order.reference))?.reference],
    ["point", kit.points.find((point) => is(point.code))?.code],
    ["container", kit.containers.find((box) => is(box.code))?.code],
  ];
  const [kind, own] = found.find(([, value]) => value !== undefined) ?? ["unknown", code];
  return { kind: kind as CodeKind, code: own! };
}

function unknown(code: string, kit: Kit): Meaning {
  const judgment = judge("hold", code, kit, null, new Date());
  if (judgment.ok) return { then: "lot", code };
  return { then: judgment.unknown ? "ask_server" : "refuse", what: judgment.what, values: judgment.values, code };
}

/** What may be done with a lot from here, what it needs next first; steps of the server's own pages are not among them. */
export function actionsFor(lot: Lot, { kit, permissions }: Known): string[] {
  const next = nextSteps(lot, kit, permissions);
  return next.flatMap((step) => ACTIONS.filter((action) => action.step === step).map((action) => action.name))
    .concat(next.includes("collect") ? ["collect"] : []);
}

function refuse(what: string, code: string): Meaning {
  return { then: "refuse", what, values: { code }, code };
}
