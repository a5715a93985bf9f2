// The station's pieces: the bar over each screen, tiles, panels, bottles. Each pictogram stands beside its word.
import { button, element, pictogram } from "./dom.ts";
import { canSpeak, speak } from "./feedback.ts";
import { language, text } from "./texts.ts";

export type Attributes = Record<string, string | boolean>;

export interface Way {
  word: string;
  sign: string;
  press: () => void;
}

/** What each screen has around it. */
export interface Frame {
  name: string;
  sign: string;
  say: string;
  /** What is read aloud after it: what became of the latest scan. */
  news: string;
  scans?: boolean;
  /** Over the heading, smaller, a line each: who is here and where, or what is done and with what. */
  over: string[];
  back: Way | null;
  /** How many records wait to be sent, and how many the server refused. */
  waiting: number;
  refused: number;
  /** The server is not reached. */
  away: boolean;
  /** Nothing can be kept. */
  broken: boolean;
  /** What is recorded will not be believed. */
  clockWrong: boolean;
}

/** A screen: the bar, what is to be done, its body and its keys; main lays them out. */
export function frame(about: Frame, body: (Node | string)[], foot: HTMLElement[]): HTMLElement {
  const left = about.back ? [key("back", about.back.word, about.back.sign, about.back.press, "quiet")] : [];
  const aloud = () => speak(`${about.say} ${about.news}`, language());
  const right = canSpeak() ? [key("speak", text("read_aloud"), "speak", aloud, "quiet")] : [];
  return element("div", { class: "screen", "data-screen": about.name, "data-view": about.scans ? "on" : "off" },
    element("header", { class: "bar" }, ...left, barWords(about), ...right),
    element("h1", { class: "say", tabindex: "-1" }, pictogram(about.sign), element("span", {}, about.say)),
    element("div", { class: "body" }, ...body),
    ...(foot.length > 0 ? [element("div", { class: "foot" }, ...foot)] : []));
}

function barWords(about: Frame): HTMLElement {
  const signs = [
    element("span", { class: about.waiting > 0 ? "waits" : "" }, text("waiting", { count: figure(about.waiting) })),
    ...(about.refused > 0 ? [element("span", { class: "refusals" }, text("refused_count", { count: figure(about.refused) }))] : []),
    ...(about.away ? [element("span", { class: "away" }, text("no_network"))] : []),
    ...(about.broken ? [element("span", { class: "refusals" }, text("not_keeping"))] : []),
    ...(about.clockWrong ? [element("span", { class: "refusals" }, text("clock_wrong"))] : []),
  ];
  return element("div", { class: "bar-words" }, ...about.over.map((line) => element("p", { class: "bar-over" }, line)),
    element("p", { class: "signs", "data-waiting": String(about.waiting) }, ...signs));
}

/** A button for gloves: a pictogram over its word. */
export function touch(word: string, sign: string, press: () => void, kind = "secondary", attributes: Attributes = {}): HTMLButtonElement {
  return button([pictogram(sign), element("span", {}, word)], press, { class: `button touch button-${kind}`, ...attributes });
}

/** The same, named for what it does. */
export function key(name: string, word: string, sign: string, press: () => void, kind?: string): HTMLButtonElement {
  return touch(word, sign, press, kind, { "data-press": name });
}

/** A link for gloves, to one of the server's own pages. */
export function way(word: string, sign: string, href: string, kind = "secondary"): HTMLAnchorElement {
  return element("a", { class: `button touch button-${kind}`, href }, pictogram(sign), element("span", {}, word));
}

/** A tile to choose by: a picture, its word, and perhaps a second line and a count. */
export function tile(
  picture: Element, word: Node | string, press: () => void, more: { note?: string; count?: string } = {}, attributes: Attributes = {},
): HTMLButtonElement {
  const made = element("button", { type: "button", class: "tile link-tile", ...attributes },
    element("span", { class: "tile-picture" }, picture),
    element("span", { class: "tile-word" }, word, ...(more.note ? [element("small", {}, ltr(more.note))] : [])),
    ...(more.count ? [element("span", { class: "tile-count" }, ltr(more.count))] : []));
  made.addEventListener("click", press);
  return made;
}

/** The silhouette of a bottle, in its glass. */
export function bottle(name: string, glass: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attributes = { class: `bottle glass-${glass}`, viewBox: "0 0 100 340", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset["static"]}bottles.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Codes and numbers, which read from left to right in any language. */
export function ltr(words: string): HTMLElement {
  return element("bdi", { dir: "ltr" }, words);
}

/** Words for screen readers only. */
export function unseen(words: string): HTMLElement {
  return element("span", { class: "visually-hidden" }, words);
}

/** So many, as the page's language writes it; with Western digits everywhere. */
export function figure(quantity: number): string {
  return new Intl.NumberFormat(language() === "en" ? "en-US" : "fr-FR").format(quantity);
}
