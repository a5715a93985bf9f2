// Whether a lot may take a step, as far as this device knows: what the server will refuse is said at once, offline too.
// The same order of questions as `require_step` and `require_fit_to_leave` of the plant; the server has the last word.
import { findLot } from "./kit.ts";
import type { Kit, Lot, Step } from "./types.ts";

export type Judgment =
  | { ok: true; lot: Lot }
  | {
      ok: false;
      /** Nobody here may force it: held, recalled or too old. */
      hard: boolean;
      /** The code is right, but this device has never heard of it: its kit may be old. */
      unknown: boolean;
      /** Key of the text that says why, and its values. */
      what: string;
      values: Record<string, string | number>;
      /** What the lot may do instead, what it needs next first. */
      next: string[];
    };

/** Bottles leave the plant, or are made ready to. */
const LEAVING = ["relabel", "deliver"];
const DAY_MS = 86_400_000;

/** Judges a scan: `permissions` null where nobody knows who stands there; `now` by the device's clock, which is the site's. */
export function judge(step: string, code: string, kit: Kit, permissions: string[] | null, now: Date): Judgment {
  const lot = findLot(kit, code);
  if (!lot) return unknownLot(code, kit);
  const rule = kit.steps[step];
  if (rule === undefined) throw new Error(`no step ${step}`);
  const why = stopped(lot, rule, step, kit, now) ?? wrong(lot, rule, step, kit, permissions);
  if (!why) return { ok: true, lot };
  const values = { lot: shownCode(lot.code), days: kit.site.max_age_days };
  const next = nextSteps(lot, kit, permissions);
  return { ok: false, hard: why.startsWith("stop_"), unknown: false, what: why, values, next };
}

/** What a lot may do now, what it needs next first. */
export function nextSteps(lot: Lot, kit: Kit, permissions: string[] | null): string[] {
  if (isDead(lot)) return [];
  return Object.keys(kit.steps).filter((name) => {
    const rule = kit.steps[name]!;
    const fitsHold = rule.held === true || (lot.held === (rule.held === null) && !lot.recalled);
    return rule.stages.includes(lot.stage) && fitsHold && allowed(rule, permissions);
  });
}

/** A lot's code as people read it, in two groups of four; a partner's own name for it as it is. */
export function shownCode(code: string): string {
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

function stopped(lot: Lot, rule: Step, step: string, kit: Kit, now: Date): string | null {
  if (isDead(lot)) return null;
  if (lot.held && rule.held === false) return "stop_held";
  if (lot.recalled && !rule.held) return "stop_recalled";
  if (LEAVING.includes(step) && rule.stages.includes(lot.stage) && isTooOld(lot, kit, now)) return "stop_too_old";
  return null;
}

function wrong(lot: Lot, rule: Step, step: string, kit: Kit, permissions: string[] | null): string | null {
  if (isDead(lot)) return "wrong_dead";
  if (!lot.held && rule.held === null) return "wrong_not_held";
  if (!rule.stages.includes(lot.stage)) return "wrong_stage";
  if (step === "deliver" && kit.site.relabeling_required && lot.stage === "released") return "wrong_not_packed";
  return allowed(rule, permissions) ? null : "wrong_permission";
}

function unknownLot(code: string, kit: Kit): Judgment {
  const now = kit.dead[code.toUpperCase()];
  const no = { ok: false, hard: false } as const;
  if (now === undefined) return { ...no, unknown: true, what: "wrong_unknown", values: { lot: shownCode(code) }, next: [] };
  return { ...no, unknown: false, what: "wrong_replaced", values: { lot: shownCode(code), now: shownCode(now) }, next: [] };
}

/** An empty lot's code is used no more: its bottles have gone on. */
function isDead(lot: Lot): boolean {
  return lot.quantity <= 0 && lot.stage !== "expected";
}

/** Calendar days since the wash, not hours; quality may have waived it until a later day. */
function isTooOld(lot: Lot, kit: Kit, now: Date): boolean {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  if (lot.waived_until !== null && today <= Date.parse(lot.waived_until)) return false;
  return lot.washed_on !== null && (today - Date.parse(lot.washed_on)) / DAY_MS > kit.site.max_age_days;
}

function allowed(rule: Step, permissions: string[] | null): boolean {
  return permissions === null || permissions.includes(rule.permission);
}
