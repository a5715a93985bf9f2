// The station's beginning: its texts, what this device knows, its screens, and the watch for newer releases.
import { App } from "./app.ts";
import { allowSound } from "./feedback.ts";
import { openMemory } from "./memory.ts";
import { offerNewerReleases } from "./releases.ts";
import { entered } from "./screens/signing.ts";
import { keptLanguage, loadTexts } from "./texts.ts";
import { keepScannerField } from "./scannerfield.ts";
import { listenToScanner } from "./wedge.ts";

const main = document.querySelector("main")!;
const banner = document.querySelector<HTMLElement>("#newer")!;

await loadTexts(keptLanguage());
const memory = await openMemory(document.body.dataset["version"]!);
const app = new App(main, memory);
memory.onChange(() => app.remember());
memory.onVerdict((verdict) => app.verdict(verdict));
keepScannerField(main);
listenToScanner((words) => app.scanned(words), (words) => app.isKnown(words));
document.addEventListener("pointerdown", () => (allowSound(), memory.touch()), { capture: true });
app.home();
// Whoever has just signed in by password stands here already.
if (memory.device && !memory.sitting) {
  const signed = await memory.resume();
  if (signed.ok) await entered(app, signed);
}
memory.onOtherRelease(await offerNewerReleases(banner));
