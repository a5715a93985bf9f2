// This device: its language, a test of its sound, what it was set up for.
import type { App } from "../app.ts";
import { button, element } from "../dom.ts";
import { allowSound, signal } from "../feedback.ts";
import { language, languages, loadTexts, text } from "../texts.ts";
import { touch } from "../ui.ts";
import { screen } from "./parts.ts";

/** Language and sound; everybody may change them. */
export function settingsScreen(app: App): HTMLElement {
  const { device } = app.memory;
  const choices = languages().map(([code, name]) => {
    const chosen = code === language();
    const kind = chosen ? "button-primary" : "button-secondary";
    return button([name], () => void loadTexts(code).then(() => app.set({})),
      { class: `button touch ${kind}`, lang: code, "aria-pressed": String(chosen), "data-language": code });
  });
  const test = (outcome: "done" | "refused") => () => (allowSound(), signal(outcome));
  return screen(app, { name: "settings", sign: "settings", say: text("settings") }, [
    element("h2", {}, text("language")), element("div", { class: "keys", role: "group", "aria-label": text("language") }, ...choices),
    element("h2", {}, text("sound")), element("div", { class: "keys" },
      touch(text("sound_done"), "check", test("done"), "secondary"), touch(text("sound_refused"), "cross", test("refused"), "secondary")),
    ...(device ? [element("p", { class: "hint" }, element("bdi", {}, device.name), " · ", element("bdi", {}, device.site_name), " · ",
      text(`station_${device.station}`))] : []),
  ]);
}
