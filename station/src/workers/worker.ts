// The service worker: keeps one release of the station's own files, so that it opens without a network.
// Data is none of its business: what it does not keep goes to the network untouched.
import { keptUrl } from "../keeping.ts";

declare const self: ServiceWorkerGlobalScope & {
  /** Written before this file by the server: which release it is, and the paths of what belongs to it. */
  release: { version: string; files: string[] };
};

const CACHES = "station-";
const CACHE = CACHES + self.release.version;

async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(self.release.files.map((file) => cache.add(new Request(file, { cache: "no-cache" }))));
  // A server that was replaced meanwhile has given files of two releases: better none, and the next look begins anew.
  const { version } = (await (await fetch("version", { cache: "no-store" })).json()) as { version: string };
  if (version !== self.release.version) throw new Error(`the server went on to ${version}`);
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(CACHES) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});
self.addEventListener("fetch", (event) => {
  const url = keptUrl(event.request, self.registration.scope, self.release.files);
  if (url !== null) event.respondWith(answer(event.request, url));
});
