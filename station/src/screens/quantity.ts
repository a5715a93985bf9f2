// How many bottles: full crates first, loose ones then, the total pictured before it counts.
import type { App } from "../app.ts";
import { crateSize, mayBeNone, mayTakeAll, mostBottles } from "../counting.ts";
import { element, pictogram } from "../dom.ts";
import { answer } from "../recording.ts";
import { text } from "../texts.ts";
import { figure, key, unseen } from "../ui.ts";
import { keypad, picturedTotal, screen } from "./parts.ts";

const MOST_DIGITS = 4;

/** Two keypads, one after the other; the question is answered with bottles. */
export function quantityScreen(app: App): HTMLElement {
  const { part, crates, loose } = app.state.entry;
  const size = crateSize(app);
  const total = Number(crates) * size + Number(loose);
  const ready = part === "crates" || total > 0 || mayBeNone(app);
  const all = mostBottles(app);
  const sign = part === "crates" ? "crate" : "bottle";
  const say = part === "crates" ? text("ask_crates_full", { size: figure(size) }) : text("ask_loose");
  const takeAll = all !== null && part === "crates" && total === 0 && mayTakeAll(app)
    ? key("take-all", text("all_of_it", { count: figure(all) }), "lot", () => void answer(app, all)) : undefined;
  return screen(app, { name: `quantity-${part}`, sign, say }, [element("div", { class: "counting" },
    sumOf(app, size, total, all),
    keypad((digit) => press(app, digit), () => erase(app), () => void done(app, ready, total), ready, takeAll))]);
}

function sumOf(app: App, size: number, total: number, all: number | null): HTMLElement {
  const { part, crates, loose } = app.state.entry;
  const result = element("strong", { class: "sum-total", "data-total": String(total) }, figure(total), unseen(` ${text("bottles")}`));
  const fault = app.state.result?.outcome === "refused" ? app.state.result.title : "";
  return element("div", { class: "sum" },
    element("p", { class: "sum-parts", dir: "ltr" },
      counted("crate", Number(crates), part === "crates"), element("span", {}, `× ${figure(size)} +`),
      counted("bottle", Number(loose), part === "loose"), element("span", {}, "="), result),
    fault ? element("p", { class: "error" }, pictogram("cross"), fault)
      : total === 0 && all !== null ? element("p", { class: "hint" }, text("there_are", { count: figure(all) }))
      : picturedTotal(Number(crates), Number(loose)));
}

function counted(sign: string, count: number, active: boolean): HTMLElement {
  return element("span", { class: active ? "counted-part active" : "counted-part" }, pictogram(sign), element("strong", {}, figure(count)));
}

function press(app: App, digit: string): void {
  const { entry } = app.state;
  if (entry[entry.part].length < MOST_DIGITS) app.enter({ [entry.part]: (entry[entry.part] + digit).replace(/^0+(?=\d)/, "") });
}

function erase(app: App): void {
  const { entry } = app.state;
  app.enter(entry.part === "loose" && entry.loose === "" ? { part: "crates" } : { [entry.part]: entry[entry.part].slice(0, -1) });
}

async function done(app: App, ready: boolean, total: number): Promise<void> {
  if (app.state.entry.part === "crates") app.enter({ part: "loose" });
  else if (ready) await answer(app, total);
}
