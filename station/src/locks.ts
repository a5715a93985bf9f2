// One sender at a time, over all tabs of this browser.
import type { Store } from "./store.ts";

export type Lock = (work: () => Promise<void>) => Promise<void>;

const NAME = "bottletrack-station-sender";
const LEASE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/** The browser's own locks; without HTTPS it has none, and a row of the store does. */
export function senderLock(store: Store): Lock {
  if (navigator.locks) return (work) => navigator.locks.request(NAME, work);
  return leaseLock(store, crypto.getRandomValues(new Uint32Array(2)).join("-"));
}

/** A lock that its owner loses after a minute: two senders at once do no harm, for the server counts each row once. */
export function leaseLock(store: Store, owner: string, pause = sleep): Lock {
  return async (work) => {
    while (!(await store.lease(owner, Date.now(), LEASE_MS))) await pause(LOOK_AGAIN_MS);
    try {
      await work();
    } finally {
      await store.lease(owner, Date.now(), 0);
    }
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
