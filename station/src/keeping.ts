// Which requests the service worker answers by itself.

/** The address in the cache for a request, or null where the network answers: all that is not of this release. */
export function keptUrl(request: { method: string; url: string; mode: string }, scope: string, files: string[]): string | null {
  if (request.method !== "GET") return null;
  const url = new URL(request.url);
  // The one page, whatever stands behind it in the address: `/station/?from=label` is the same station.
  if (request.mode === "navigate" && url.pathname === new URL(scope).pathname) return scope;
  return url.origin === new URL(scope).origin && url.search === "" && files.includes(url.pathname) ? url.href.split("#")[0]! : null;
}
