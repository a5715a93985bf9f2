// The first screen: what this device is, and the language.
import { button, element } from "./dom.ts";
import { language, languages, loadTexts, text } from "./texts.ts";

/** Draws the first screen. */
export function showStart(main: HTMLElement): void {
  document.title = text("title");
  const choices = languages().map(([code, name]) =>
    button([name], () => void changeLanguage(main, code), { lang: code, "aria-pressed": String(code === language()) }),
  );
  main.replaceChildren(
    element("h1", {}, text("title")),
    element("div", { class: "actions", role: "group", "aria-label": text("language") }, ...choices),
  );
}

async function changeLanguage(main: HTMLElement, code: string): Promise<void> {
  await loadTexts(code);
  showStart(main);
}
