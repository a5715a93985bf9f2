// Handheld scanners on pages that the server draws: what is scanned goes to the page's scan field, wherever the cursor is.
import { listenToScanner } from "./wedge.ts";

const field = document.querySelector<HTMLInputElement>("input[data-scan]");
const opens = document.querySelector<HTMLScriptElement>("script[data-opens]")?.dataset["opens"];

listenToScanner((text) => {
  if (field?.form) {
    field.value = text;
    field.form.requestSubmit();
  } else if (opens && !document.querySelector("main form[method=post]")) {
    location.assign(`${opens}?code=${encodeURIComponent(text)}`);
  }
  // On a form that asks for something else, a code only must not end up in a field.
});
