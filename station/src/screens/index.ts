// Which screen is drawn for a state.
import type { Question } from "../actions.ts";
import type { App } from "../app.ts";
import { chooseScreen } from "./choose.ts";
import { lotScreen } from "./lot.ts";
import { outboxScreen } from "./outbox.ts";
import { quantityScreen } from "./quantity.ts";
import { anythingScreen, scanScreen } from "./scan.ts";
import { settingsScreen } from "./settings.ts";
import { pinScreen, setUpScreen, signInScreen } from "./signing.ts";
import { allScreen, startScreen } from "./start.ts";
import { loadingScreen, stopScreen, undoScreen } from "./stop.ts";
import { typingScreen } from "./typing.ts";
import { wordsScreen } from "./words.ts";

/** Answered by a scan; all others by a tile, or by a number. */
const SCANNED: Question[] = ["lot", "source", "crates", "package", "sure"];

/** The screen of the app's state. */
export function screenOf(app: App): HTMLElement {
  const { place } = app.state;
  switch (place.at) {
    case "loading": return loadingScreen(app);
    case "setUp": return setUpScreen(app, place);
    case "signIn": return signInScreen(app);
    case "pin": return pinScreen(app, place.badge);
    case "start": return startScreen(app);
    case "all": return allScreen(app);
    case "anything": return anythingScreen(app);
    case "typing": return typingScreen(app);
    case "lot": return lotScreen(app, place.code);
    case "undo": return undoScreen(app);
    case "stop": return stopScreen(app, place);
    case "outbox": return outboxScreen(app);
    case "settings": return settingsScreen(app);
    case "work": return workScreen(app, place.scanning);
  }
}

function workScreen(app: App, scanning: boolean): HTMLElement {
  const question = app.question();
  // Complete, and on its way to the disk: the first question again, with nothing to press twice.
  if (question === null) return loadingScreen(app);
  if (question === "quantity") return quantityScreen(app);
  if (question === "words") return wordsScreen(app);
  return scanning || SCANNED.includes(question) ? scanScreen(app, question) : chooseScreen(app, question);
}
