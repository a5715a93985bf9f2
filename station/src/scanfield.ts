// Handheld scanners on pages that the server draws: what is scanned goes into a field that takes scans where the cursor
// is in one, else to the page's scan field, wherever the cursor is. A page that stops a lot makes itself heard.
import { allowSound, signal } from "./feedback.ts";
import { listenToScanner } from "./wedge.ts";

const field = document.querySelector<HTMLInputElement>("input[data-scan]");
const opens = document.querySelector<HTMLScriptElement>("script[data-opens]")?.dataset["opens"];
/** What somebody may have filled in, and would lose with the page. */
const FILLED_IN = "main form[method=post] :is(input:not([type=hidden]), select, textarea)";

listenToScanner((text) => {
  const here = document.activeElement;
  if (here instanceof HTMLInputElement && here.matches("[data-takes-scan]")) {
    // "more": several, with a comma between them.
    here.value = here.dataset["takesScan"] === "more" && here.value.trim() ? `${here.value.replace(/[\s,]+$/, "")}, ${text}` : text;
    here.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  if (field?.form) {
    field.value = text;
    field.form.requestSubmit();
  } else if (opens && !document.querySelector(FILLED_IN)) {
    location.assign(`${opens}?code=${encodeURIComponent(text)}`);
  }
  // On a form that asks for something else, a code only must not end up in a field.
});

// The red hand is heard as well, where the browser lets a page that was just sent make a sound.
const WAKES_MS = 200;
if (document.querySelector("[data-stop]")) {
  allowSound();
  setTimeout(() => signal("stopped"), WAKES_MS);
}
