// Newer releases: the service worker fetches one beside the old, and it takes over when the page is told to.
// What waits in IndexedDB is never touched by it.
import { button } from "./dom.ts";
import { text } from "./texts.ts";

const LOOK_EVERY_MS = 15 * 60_000;

/**
 * Registers the service worker, and shows the banner as soon as the server has another release than this page. Returns
 * how to look at once.
 */
export async function offerNewerReleases(banner: HTMLElement): Promise<() => void> {
  // Absent without HTTPS: then a newer release is only noticed by its number, and taken by loading the page anew.
  const registration = await navigator.serviceWorker?.register("worker.js", { updateViaCache: "none" });
  if (registration) {
    offerWaiting(registration, banner);
    reloadWhenReplaced();
  }
  const look = () => void (registration ? updateOf(registration) : offerUnlessCurrent(banner));
  look();
  setInterval(look, LOOK_EVERY_MS);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  return look;
}

function offerWaiting(registration: ServiceWorkerRegistration, banner: HTMLElement): void {
  const offer = () => {
    // The very first one waits for nobody: there is no older release to take over from.
    if (registration.waiting && registration.active) {
      const waiting = registration.waiting;
      show(banner, () => waiting.postMessage("take over"));
    }
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
}

function reloadWhenReplaced(): void {
  let controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
    controlled = true;
  });
}

async function updateOf(registration: ServiceWorkerRegistration): Promise<void> {
  try {
    await registration.update();
  } catch {
    // No network, or a server that is just restarting: the next look finds it.
  }
}

async function offerUnlessCurrent(banner: HTMLElement): Promise<void> {
  try {
    const { version } = (await (await fetch("version")).json()) as { version: string };
    if (version !== document.body.dataset["version"]) show(banner, () => location.reload());
  } catch {
    // As above.
  }
}

function show(banner: HTMLElement, take: () => void): void {
  banner.replaceChildren(button([text("newer_release")], take, { class: "button" }));
  banner.hidden = false;
}
