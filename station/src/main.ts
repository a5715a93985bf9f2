// The station's beginning: its texts, its first screen, and the watch for newer releases.
import { offerNewerReleases } from "./releases.ts";
import { showStart } from "./start.ts";
import { keptLanguage, loadTexts } from "./texts.ts";

const main = document.querySelector("main")!;
const banner = document.querySelector<HTMLElement>("#newer")!;

await loadTexts(keptLanguage());
showStart(main);
await offerNewerReleases(banner);
