// Choose: pictured tiles, none of them chosen beforehand; what is rare stands behind "More".
import type { Question } from "../actions.ts";
import type { App } from "../app.ts";
import { type Choice, choicesFor } from "../choices.ts";
import { element, pictogram } from "../dom.ts";
import { answer } from "../recording.ts";
import { language, text } from "../texts.ts";
import { bottle, figure, key, ltr, tile, way } from "../ui.ts";
import { answersOf } from "../work.ts";
import { resultPanel, screen, undoKey } from "./parts.ts";

/** What may also be answered by scanning its label. */
const BY_SCAN: Question[] = ["point", "run", "order", "into"];

/** The tiles of a question. */
export function chooseScreen(app: App, question: Question): HTMLElement {
  const work = app.state.work!;
  const choices = choicesFor(question, work.action.name, answersOf(work), app.memory.kit!, app.lot(), language());
  const grid = element("div", { class: question === "bin" ? "tiles bottles" : "tiles" });
  fill(app, grid, choices, false);
  const result = app.state.result ? [resultPanel(app)] : [];
  const scan = BY_SCAN.includes(question) ? [key("scan", text("scan_label"), "scan", () => app.go({ at: "work", scanning: true }))] : [];
  const none = choices.length === 0 ? [noneYet(question)] : [];
  const about = { name: `choose-${question}`, sign: work.action.sign, say: text(`ask_${question}`) };
  return screen(app, about, [...result, grid, ...none], [...scan, ...undoKey(app)]);
}

function fill(app: App, grid: HTMLElement, choices: Choice[], all: boolean): void {
  const rare = choices.filter((choice) => choice.rare);
  const shown = all ? choices : choices.filter((choice) => !choice.rare);
  const more = rare.length > 0 && !all
    ? [tile(pictogram("other"), text("more"), () => fill(app, grid, choices, true), { count: figure(rare.length) }, { "data-more": true })]
    : [];
  grid.replaceChildren(...shown.map((choice) => choiceTile(app, choice)), ...more);
}

function choiceTile(app: App, choice: Choice): HTMLElement {
  const more = {
    ...("data" in choice.word && choice.word.note ? { note: choice.word.note } : {}),
    ...(choice.count === undefined ? {} : { count: figure(choice.count) }),
  };
  return tile(picture(choice), word(choice), () => void answer(app, choice.value), more, { "data-value": choice.value });
}

function word(choice: Choice): Node | string {
  if ("key" in choice.word) return text(choice.word.key);
  return choice.french ? element("span", { lang: "fr", dir: "ltr" }, choice.word.data) : element("bdi", {}, choice.word.data);
}

function picture(choice: Choice): Element {
  if (typeof choice.sign === "string") return pictogram(choice.sign);
  const silhouette = bottle(choice.sign.bottle, choice.sign.glass);
  const { height } = choice.sign;
  return height === undefined ? silhouette
    : element("span", { class: "with-height" }, silhouette, element("small", { class: "height" }, ltr(`${Math.round(height / 10)} cm`)));
}

function noneYet(question: Question): HTMLElement {
  return element("div", { class: "none-yet" }, element("p", {}, text(`none_${question}`)),
    way(text("open_plant"), "transfer", "../operator/"));
}
