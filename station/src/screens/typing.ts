// Types a code that no reader takes any more: always there.
import type { App } from "../app.ts";
import { element } from "../dom.ts";
import { text } from "../texts.ts";
import { key } from "../ui.ts";
import { screen } from "./parts.ts";

/** A field for the code beside the torn label. */
export function typingScreen(app: App): HTMLElement {
  const field = element("input", {
    id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", enterkeyhint: "done",
    maxlength: "60", dir: "ltr",
  });
  const done = () => {
    const words = field.value.trim();
    if (words) leave(app, words);
  };
  field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), done()));
  queueMicrotask(() => field.focus());
  return screen(app, { name: "typing", sign: "keyboard", say: text("type_say") },
    [element("div", { class: "field-scan typing" }, element("label", { for: "code", class: "visually-hidden" }, text("type_code")), field)],
    [key("ok", text("ok"), "check", done, "primary")]);
}

/** The typed code counts where it would have been scanned. */
function leave(app: App, words: string): void {
  app.go(app.state.work ? { at: "work", scanning: true } : { at: "anything" });
  app.scanned(words);
}
