// Scan: the camera beside what became of the latest scan, or beside the list of a many-in-a-row.
import type { Question } from "../actions.ts";
import type { App } from "../app.ts";
import { choicesFor } from "../choices.ts";
import { element, pictogram } from "../dom.ts";
import { findLot } from "../kit.ts";
import { shownCode } from "../judge.ts";
import { answer, back, confirmList, removeFromList, startList } from "../recording.ts";
import { language, text } from "../texts.ts";
import { figure, key, ltr, touch } from "../ui.ts";
import { answersOf } from "../work.ts";
import { resultPanel, screen, undoKey } from "./parts.ts";

/** Waits for a code that answers the question. */
export function scanScreen(app: App, question: Question): HTMLElement {
  const { action, list } = app.state.work!;
  const body = list && (list.length > 0 || !app.state.result) ? listPanel(app, list) : resultPanel(app, pictogram(action.sign));
  const about = { name: `scan-${question}`, sign: "scan", say: text(`ask_${question}`), scans: true };
  return screen(app, about, [...zoneOf(question), body], footOf(app, question, list));
}

/** The plant's colors of crates: clean bottles go on the blue side, dirty ones on the brown. */
function zoneOf(question: Question): HTMLElement[] {
  if (question === "package") return [element("p", { class: "zone zone-clean" }, pictogram("clean"), text("zone_clean"))];
  return question === "crates" ? [element("p", { class: "zone zone-dirty" }, pictogram("dirty"), text("zone_dirty"))] : [];
}

/** Waits for any code, which says by itself what is to be done. */
export function anythingScreen(app: App): HTMLElement {
  const about = { name: "anything", sign: "scan", say: text("ask_anything"), scans: true };
  return screen(app, about, [resultPanel(app, pictogram("lot"))], [typeKey(app)]);
}

function typeKey(app: App): HTMLElement {
  return key("type", text("type_code"), "keyboard", () => app.go({ at: "typing" }));
}

function footOf(app: App, question: Question, list: string[] | null): HTMLElement[] {
  if (list) {
    const count = figure(list.length);
    const confirm = () => key("confirm", text("confirm_count", { count }), "check", () => void confirmList(app), "primary");
    return [typeKey(app), ...(list.length > 0 ? [confirm()] : undoKey(app))];
  }
  const { action } = app.state.work!;
  const many = action.many ? [key("many", text("many"), "stock", () => startList(app))] : [];
  const no = question === "sure" ? [key("no", text("card_no"), "cross", () => back(app))] : [];
  return [typeKey(app), ...withoutLabel(app, question), ...many, ...no, ...undoKey(app)];
}

/** What may be answered without a label: a new lot, no container. */
function withoutLabel(app: App, question: Question): HTMLElement[] {
  const { work } = app.state;
  const choices = choicesFor(question, work!.action.name, answersOf(work!), app.memory.kit!, app.lot(), language());
  return choices.flatMap(({ value, word, sign }) => value === "" && "key" in word && typeof sign === "string"
    ? [touch(text(word.key), sign, () => void answer(app, ""), "primary", { "data-value": "" })] : []);
}

function listPanel(app: App, list: string[]): HTMLElement {
  const lots = list.map((code) => findLot(app.memory.kit!, code));
  const bottles = lots.reduce((sum, lot) => sum + (lot?.quantity ?? 0), 0);
  const total = bottles > 0 ? [" · ", ltr(figure(bottles)), ` ${text("bottles")}`] : [];
  const rows = list.map((code) => element("li", {}, element("span", { class: "code" }, ltr(shownCode(code))),
    touch(text("remove"), "cross", () => removeFromList(app, code), "secondary", { "data-remove": code })));
  return element("section", { class: "result result-list", "data-count": String(list.length) },
    ...(app.state.result?.outcome === "refused" ? [resultPanel(app)] : []),
    element("h2", { "aria-live": "polite" }, text("list_total", { count: figure(list.length) }), ...total),
    element("ol", { class: "many" }, ...rows.reverse()));
}
