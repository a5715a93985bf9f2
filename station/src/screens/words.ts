// Words for what no tile tells: a field, and the device's own keyboard.
import type { App } from "../app.ts";
import { element } from "../dom.ts";
import { answer } from "../recording.ts";
import { text } from "../texts.ts";
import { key } from "../ui.ts";
import { screen } from "./parts.ts";

const MOST = 200;

/** A few words are asked for; there is no going on without any. */
export function wordsScreen(app: App): HTMLElement {
  const field = element("input", { id: "words", type: "text", autocomplete: "off", enterkeyhint: "done", maxlength: String(MOST), dir: "auto" });
  const done = () => {
    const words = field.value.trim();
    if (words) void answer(app, words, "words");
  };
  field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), done()));
  queueMicrotask(() => field.focus());
  return screen(app, { name: "words", sign: "other", say: text("ask_words") },
    [element("div", { class: "field-scan typing" }, element("label", { for: "words", class: "visually-hidden" }, text("ask_words")), field)],
    [key("ok", text("ok"), "check", done, "primary")]);
}
