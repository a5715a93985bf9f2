// Command cards: printed codes that replace menus for wet hands.
import { ACTIONS } from "./actions.ts";
import type { App } from "./app.ts";
import { answer, back, begin, confirmList, startList, undo } from "./recording.ts";

const STEP = "STEP-";

/** Does what a card says, as far as it means something on this screen. */
export async function obey(app: App, name: string): Promise<void> {
  const { place, work } = app.state;
  if (name.startsWith(STEP)) return step(app, name.slice(STEP.length));
  switch (name) {
    case "UNDO": return app.memory.lastRow ? app.go({ at: "undo" }) : app.refuse("nothing_to_undo");
    case "HOLD": return begin(app, "hold");
    case "MANY": return work?.action.many && !work.list && place.at === "work" ? startList(app) : app.refuse("card_not_here");
    case "NEXT": return work?.list ? confirmList(app) : app.home();
    case "YES": return yes(app);
    case "NO": return back(app);
    default: return app.refuse("card_unknown");
  }
}

async function yes(app: App): Promise<void> {
  if (app.state.place.at === "undo") return undo(app);
  if (app.question() === "sure") return answer(app, "yes");
  if (app.question() === "cleared") return answer(app, "yes");
  if (app.state.work?.list) return confirmList(app);
  app.refuse("card_not_here");
}

/** `STEP-TAKE-STOCK`: QR codes of cards have no underscore. */
function step(app: App, wanted: string): void {
  const name = wanted.toLowerCase().replaceAll("-", "_");
  if (ACTIONS.some((action) => action.name === name)) begin(app, name);
  else app.refuse("card_unknown");
}
