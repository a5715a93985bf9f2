// What the tiles of a question offer, from the kit.
import { ASIDE, BROKEN, CULLET, OTHER, PASSED, REWORK, type Answers, type Question } from "./actions.ts";
import type { Cause, Kit, Lot, Model } from "./types.ts";

export interface Choice {
  value: string;
  /** What stands on it: a key of the texts, or words that are data (a name, a code). */
  word: { key: string } | { data: string; note?: string };
  /** A pictogram, or a bottle of a model and its glass. */
  sign: string | { bottle: string; glass: string; height?: number };
  /** Data in French on a page in another language. */
  french?: boolean;
  /** The bottles there are, where it helps to choose. */
  count?: number;
  /** Stands behind "More". */
  rare?: boolean;
}

/** How many tiles a screen shows before "More"; six are told apart at a glance. */
export const FEW = 6;
const BATHS = ["1", "2", "3", "4"];
const ZONES = [["Infeed", "infeed"], ["Baths", "soaking"], ["Rinses", "washing"], ["Exit", "exit"]] as const;
const WHYS = ["broken", "counted_wrong", "not_recorded", "not_known"];
const WHY_SIGNS: Record<string, string> = {
  broken: "broken", counted_wrong: "count-difference", not_recorded: "scan", not_known: "unsure",
};
const GLASS: Record<string, string> = {
  "feuille morte": "dead-leaf", vert: "green", "vert antique": "green", blanc: "white", ambre: "amber", brun: "amber",
};

/** What happens nine times out of ten, always in the same place; the others stand behind "More". */
const USUAL: Record<string, string[]> = {
  "sort cullet": ["CR01", "CR02", "CR04", "CR06", "MA03", "MA12"],
  "output cullet": ["CR01", "CR02", "MA01", "MA02", "MA03", "MA09"],
  "output rework": ["MA01", "MA02", "MA10", "MA11", "MA18", "CR05"],
  hold: ["CR03", "MA06", "MA07", "MA01", "CR07", "CR06"],
};

/** The class of a silhouette in that color. */
export function glassOf(color: string): string {
  return GLASS[color] ?? "green";
}

/** A name in the language of the page, or in French where it has none in it. */
export function nameIn(language: string, name: Record<"fr" | "en", string>): string {
  return language === "en" ? name.en : name.fr;
}

/** The tiles of a question; none where it is answered by a scan or a number. */
export function choicesFor(question: Question, action: string, given: Answers, kit: Kit, lot: Lot | null, language: string): Choice[] {
  switch (question) {
    case "point": return points(kit);
    case "run": return runs(kit, action === "output", language);
    case "order": return kit.orders.map(({ reference, winery, lines }) => ({
      value: reference, word: { data: winery, note: reference }, sign: "order", count: lines.reduce((sum, line) => sum + line.left, 0),
    }));
    case "bath": return BATHS.map((bath) => ({ value: bath, word: { data: bath }, sign: "soaking" }));
    case "bin": return bins(kit, language);
    case "color": return colors(kit, given);
    case "cause": return causes(kit, action, given, language);
    case "came_off":
      return [PASSED, REWORK, CULLET, BROKEN].map((part) => ({ value: part, word: { key: `off_${part}` }, sign: OFF_SIGNS[part]! }));
    case "zone": return ZONES.map(([value, sign]) => ({ value, word: { key: `zone_${value.toLowerCase()}` }, sign }));
    case "cleared": return [{ value: "yes", word: { key: "glass_cleared" }, sign: "check" }];
    case "into":
      return [{ value: "", word: { key: "new_lot" }, sign: "label" }, ...openLots(kit, action, given, lot).map(lotChoice)];
    case "package": return [{ value: "", word: { key: "no_container" }, sign: "bottle" }];
    case "source": return [{ value: "", word: { key: "new_lot" }, sign: "label" }];
    case "why": return WHYS.map((why) => ({ value: why, word: { key: `why_${why}` }, sign: WHY_SIGNS[why]! }));
    default: return [];
  }
}

const OFF_SIGNS: Record<string, string> = { [PASSED]: "clean", [REWORK]: "rewash", [CULLET]: "cullet", [BROKEN]: "broken" };

/** What all names begin with ("Collection point – ") tells nobody which one it is. */
function points(kit: Kit): Choice[] {
  const [first = ""] = kit.points.map(({ name }) => name.split(" – ")[0] ?? "");
  const shared = kit.points.length > 1 && kit.points.every(({ name }) => name.startsWith(`${first} – `)) ? first.length + 3 : 0;
  return kit.points.map(({ code, name }) => ({ value: code, word: { data: name.slice(shared), note: code }, sign: "collection" }));
}

function runs(kit: Kit, started: boolean, language: string): Choice[] {
  return kit.runs.filter((run) => run.started === started).map((run) => {
    const model = kit.models.find(({ code }) => code === run.model);
    return {
      value: run.code,
      word: { data: run.code, ...(model ? { note: nameIn(language, model.name) } : {}) },
      sign: model ? { bottle: model.picture, glass: glassOf(run.color) } : "washing",
      count: run.on_line,
      french: language === "ar",
    };
  });
}

function bins(kit: Kit, language: string): Choice[] {
  const models = [...kit.models].sort((one, other) => Number(other.pool) - Number(one.pool));
  const tiles = models.map((model: Model, place): Choice => ({
    value: model.code,
    word: { data: nameIn(language, model.name), note: model.code },
    sign: {
      bottle: model.picture, glass: glassOf(model.colors[0] ?? ""), ...(model.height_mm === null ? {} : { height: model.height_mm }),
    },
    french: language === "ar",
    rare: place >= FEW,
  }));
  return [
    ...tiles,
    { value: ASIDE, word: { key: "not_sure" }, sign: "unsure" },
    { value: CULLET, word: { key: "off_cullet" }, sign: "cullet" },
  ];
}

function colors(kit: Kit, given: Answers): Choice[] {
  const model = kit.models.find(({ code }) => code === given.bin);
  return (model?.colors ?? []).map((color) => ({
    value: color, word: { key: `color_${color.replaceAll(" ", "_")}` }, sign: { bottle: model!.picture, glass: glassOf(color) },
  }));
}

function causes(kit: Kit, action: string, given: Answers, language: string): Choice[] {
  const usual = USUAL[`${action} ${given.bin ?? given.came_off ?? ""}`.trim()] ?? [];
  const rank = ({ code }: Cause) => (usual.includes(code) ? usual.indexOf(code) : usual.length);
  const fitting = kit.causes.filter((cause) => causeFits(cause, action, given)).sort((one, other) => rank(one) - rank(other));
  // A hold may have any reason; a bottle has one of the list.
  const other: Choice[] = action === "hold" ? [{ value: "other", word: { key: "other_cause" }, sign: "other" }] : [];
  return [...fitting.map((cause, place): Choice => ({
    value: action === "hold" ? `${cause.code} ${cause.name.fr}` : cause.code,
    word: { data: nameIn(language, cause.name), note: cause.code },
    sign: cause.picture,
    french: language === "ar",
    rare: place >= FEW && cause.code !== OTHER,
  })), ...other];
}

function causeFits(cause: Cause, action: string, given: Answers): boolean {
  if (action === "sort") return cause.stations.includes("sorting") && (given.bin === ASIDE) === cause.aside;
  if (cause.code === OTHER && (action === "hold" || given.came_off !== CULLET)) return false;
  return action === "hold" || cause.stations.includes("washing");
}

/** Lots that are being filled with the same bottles. */
function openLots(kit: Kit, action: string, given: Answers, lot: Lot | null): Lot[] {
  const run = kit.runs.find(({ code }) => code === given.run);
  const wanted = action === "sort"
    ? { stage: "sorted", model: given.bin ?? null, color: given.color ?? "", owner: lot?.owner ?? null }
    : { stage: "rework", model: run?.model ?? null, color: run?.color ?? "", owner: undefined };
  return kit.lots.filter((open) => open.stage === wanted.stage && !open.held && !open.recalled && open.quantity > 0
    && open.model === wanted.model && open.color === wanted.color && (wanted.owner === undefined || open.owner === wanted.owner));
}

function lotChoice(lot: Lot): Choice {
  return { value: lot.code, word: { data: `${lot.code.slice(0, 4)}-${lot.code.slice(4)}` }, sign: "lot", count: lot.quantity };
}
