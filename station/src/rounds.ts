// When rounds of sending begin: at once when something happens, else again and again until nothing waits.
import type { Round } from "./sender.ts";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;
/** With nothing to send, a look at whether the kit is still fresh. */
const QUIET_MS = 60_000;

/** Begins a round now; resolves at its end. `fresh`: the kit is fetched too. */
export type Poke = (fresh?: boolean) => Promise<void>;

/** Sends for as long as the page lives. Rounds must not throw; the answer begins the next one before its time. */
export function keepSending(round: (fresh: boolean) => Promise<Round>, onRound: (round: Round) => void): Poke {
  let poked = false;
  let fresh = false;
  let wake = () => {};
  let waiting: (() => void)[] = [];

  async function run(): Promise<never> {
    for (let failed = 0; ; ) {
      const [wanted, served] = [fresh, waiting];
      [poked, fresh, waiting] = [false, false, []];
      const done = await round(wanted);
      onRound(done);
      for (const resolve of served) resolve();
      failed = done.link === "good" && !done.left ? 0 : failed + 1;
      const pause = failed === 0 ? QUIET_MS : retryAfter(failed);
      if (!poked) await new Promise<void>((resolve) => (wake = resolve, setTimeout(resolve, pause)));
    }
  }

  void run();
  return (wanted = false) => {
    poked = true;
    fresh ||= wanted;
    wake();
    return new Promise((resolve) => waiting.push(resolve));
  };
}

/** Milliseconds to the next try after so many that failed; never quite the same, so that tablets do not all ask at once. */
export function retryAfter(failed: number, chance = Math.random()): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failed - 1) * (1 + chance / 4));
}
