// Screens that stop people: what nobody here may force, what is taken back, and the moment before anything is there.
import type { App } from "../app.ts";
import { element, pictogram } from "../dom.ts";
import { shownCode } from "../judge.ts";
import { back, begin, undo } from "../recording.ts";
import type { Place } from "../state.ts";
import { text } from "../texts.ts";
import { key, ltr } from "../ui.ts";
import { bottleCount, screen } from "./parts.ts";

/** A red hand over the whole screen. There is no key to go on with the lot: only to put it aside. */
export function stopScreen(app: App, { what, values, told }: Extract<Place, { at: "stop" }>): HTMLElement {
  const about = values["lot"] ?? values["container"];
  return screen(app, { name: "stop", sign: "hold", say: told?.what ?? text(what, values) }, [
    element("div", { class: "stop" }, element("span", { class: "stop-hand" }, pictogram("hold")),
      ...(about === undefined ? [] : [element("p", { class: "code stop-code" }, ltr(String(about)))]),
      element("p", { class: "stop-remedy" }, told?.remedy ?? text(REMEDIES[what] ?? "call_quality"))),
  ], [
    key("put-aside", text("put_aside"), "check", () => void asideOf(app, told?.row)),
    ...(what === "stop_dirty" ? [key("clean", text("action_clean"), "clean", () => begin(app, "clean"), "primary")] : []),
  ]);
}

const REMEDIES: Record<string, string> = {
  stop_dirty: "take_clean_container", not_kept_full: "call_lead", not_kept_gone: "call_lead", not_kept_nobody: "scan_badge_first",
};

/** Back to the work, with nothing of this scan. */
async function asideOf(app: App, refused?: string): Promise<void> {
  if (refused) await app.memory.acknowledge(refused);
  const { work } = app.state;
  if (!work) return app.home();
  app.set({ work: { ...work, given: {} }, result: null, place: { at: "work", scanning: false } });
}

/** What would be taken back, before it is. */
export function undoScreen(app: App): HTMLElement {
  const row = app.memory.lastRow;
  if (!row) return screen(app, { name: "undo", sign: "return", say: text("nothing_to_undo") }, []);
  const { action, codes, quantity } = row.summary;
  return screen(app, { name: "undo", sign: "return", say: text("ask_undo") }, [
    element("section", { class: "result result-none undone" }, element("div", { class: "result-words" },
      element("h2", {}, text(`action_${action}`)),
      ...codes.slice(0, 3).map((code) => element("p", { class: "result-code code" }, ltr(shownCode(code)))),
      ...(quantity ? [bottleCount(quantity)] : []))),
  ], [
    key("no", text("card_no"), "cross", () => back(app)),
    key("yes", text("card_yes"), "return", () => void undo(app), "danger"),
  ]);
}

/** Nothing to do yet, or for a moment. */
export function loadingScreen(app: App): HTMLElement {
  return screen(app, { name: "loading", sign: "scan", say: text("one_moment") }, []);
}
