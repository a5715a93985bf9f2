// What several screens are made of: the frame, keypads, the panel that tells a result.
import type { App } from "../app.ts";
import { element, pictogram } from "../dom.ts";
import { shownCode } from "../judge.ts";
import { back } from "../recording.ts";
import type { Result } from "../state.ts";
import { text } from "../texts.ts";
import { type Way, figure, frame, key, ltr, touch } from "../ui.ts";
import { answersOf } from "../work.ts";

export interface About {
  /** Names the screen for its style, and for tests. */
  name: string;
  sign: string;
  /** What is to be done: the heading, and what is read aloud. */
  say: string;
  /** Whether it waits for a scan, so that the camera may be on. */
  scans?: boolean;
}

/** A screen: the bar with what waits and the way back, what is to be done, its body and its keys. */
export function screen(app: App, about: About, body: (Node | string)[], foot: HTMLElement[] = []): HTMLElement {
  const { waiting, refused, link, storage, clockWrong } = app.memory.state;
  const over = (app.state.work ? workWords(app) : placeWords(app)).filter(Boolean);
  const { result } = app.state;
  const news = result ? [result.title, result.detail ?? ""].join(". ") : "";
  const signs = { waiting, refused, away: link === "away", broken: storage !== "good", clockWrong };
  return frame({ ...about, ...signs, news, over, back: wayBack(app) }, body, result?.refused ? afterRefusal(app, result.refused) : foot);
}

/** What the key at the top does here. */
function wayBack(app: App): Way | null {
  const { place, work } = app.state;
  if (["start", "loading", "stop", "signIn", "setUp"].includes(place.at)) return null;
  const begun = place.at !== "work" || (work !== null && Object.keys(work.given).length > 0);
  if (begun && place.at !== "all" && place.at !== "anything") return { word: text("back"), sign: "back", press: () => back(app) };
  return { word: text("start"), sign: "home", press: () => app.home() };
}

/** The work, and what is kept for it: the run, the order, the point, the lot on the table. */
function workWords(app: App): string[] {
  const { point, run, order, bath, lot } = answersOf(app.state.work!);
  const named = app.memory.kit?.points.find(({ code }) => code === point)?.name ?? point;
  const kept = [named, run, order, bath && text("bath", { number: bath }), lot && shownCode(lot)];
  return [text(`action_${app.state.work!.action.name}`), kept.filter((word) => word !== undefined).join(" · ")];
}

function placeWords(app: App): string[] {
  const { device, sitting } = app.memory;
  return [sitting ? (sitting.person?.name ?? text("badge_alone")) : "", device?.site_name ?? ""];
}

/** Twelve keys for gloves: digits, one back (`instead` of it another key while there is nothing to erase), and done. */
export function keypad(
  press: (digit: string) => void, erase: () => void, done: () => void, ready: boolean, instead?: HTMLElement,
): HTMLElement {
  const digit = (figure: string) => {
    const key = element("button", { type: "button", class: "key", "data-key": figure }, figure);
    key.addEventListener("click", () => press(figure));
    return key;
  };
  const direction = document.documentElement.dir;
  instead?.setAttribute("dir", direction);
  const left = instead ?? touch(text("erase"), "erase", erase, "secondary", { "data-key": "erase", dir: direction });
  const go = touch(text("ok"), "check", done, "primary", { "data-key": "ok", dir: direction, "aria-disabled": !ready && "true" });
  // In any language a keypad reads from left to right, as a telephone's does.
  return element("div", { class: "keypad", dir: "ltr" }, ...["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(digit), left, digit("0"), go);
}

/** What became of the latest scan, by shape, color and words; its room is reserved while there is none. */
export function resultPanel(app: App, idle: Node | string = ""): HTMLElement {
  const { result } = app.state;
  if (!result) return element("section", { class: "result result-none" }, idle);
  return element("section", { class: `result result-${result.outcome}`, "data-result": result.outcome },
    element("span", { class: "result-sign" }, pictogram(result.outcome === "done" ? "check" : "cross")),
    element("div", { class: "result-words" }, element("h2", {}, result.title), ...details(result)));
}

function details({ code, quantity, detail, sign }: Result): HTMLElement[] {
  return [
    ...(code ? [element("p", { class: "result-code code" }, ltr(shownCode(code)))] : []),
    ...(quantity ? [bottleCount(quantity)] : []),
    ...(detail ? [element("p", { class: "result-detail" }, ...(sign ? [pictogram(sign)] : []), detail)] : []),
  ];
}

/** So many bottles, large. */
export function bottleCount(quantity: number): HTMLElement {
  return element("p", { class: "result-quantity" }, element("strong", {}, ltr(figure(quantity))), ` ${text("bottles")}`);
}

/** A row that the server refused is read and put right, or a lead looks at it; it never goes by itself. */
function afterRefusal(app: App, refused: string): HTMLElement[] {
  const then = (settle: () => Promise<void>) => () => void settle().then(() => app.set({ result: null }));
  return [
    key("understood", text("understood"), "check", then(() => app.memory.acknowledge(refused))),
    key("ask-lead", text("ask_lead"), "people", then(() => app.memory.handOver(refused))),
  ];
}

/** Bottles in crates and loose ones, pictured up to what fits the eye. */
export function picturedTotal(crates: number, loose: number): HTMLElement {
  const most = 12;
  const draw = (sign: string, times: number) => [
    ...Array.from({ length: Math.min(times, most) }, () => pictogram(sign)),
    ...(times > most ? [ltr(`+ ${figure(times - most)}`)] : []),
  ];
  return element("div", { class: "pictured", "aria-hidden": "true" }, ...draw("crate", crates), ...draw("bottle", loose));
}

/** The key that takes the last record back, where there is one. */
export function undoKey(app: App): HTMLElement[] {
  const { lastRow } = app.memory;
  const { work } = app.state;
  if (!lastRow || !work?.action.undo || lastRow.summary.action !== work.action.name) return [];
  return [key("undo", text("undo"), "return", () => app.go({ at: "undo" }))];
}
