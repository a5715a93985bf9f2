// Tells a new scan from a code that is still in view: a camera reads the same label many times a second.

export class Repeats {
  readonly #lastSeen = new Map<string, number>();

  /**
   * Whether a code counts at a step: not while it was seen there within so many seconds. Each sight begins them anew, so
   * that a pallet left before the camera counts once. Per code and step, for two labels in view take turns.
   * `now`: milliseconds.
   */
  isNew(step: string, code: string, seconds: number, now: number): boolean {
    const key = `${step}\n${code}`;
    const last = this.#lastSeen.get(key);
    this.#lastSeen.set(key, now);
    return last === undefined || now - last >= seconds * 1000;
  }

  /** Makes a code count again at a step, at once: what was recorded of it was taken back. */
  forget(step: string, code: string): void {
    this.#lastSeen.delete(`${step}\n${code}`);
  }
}
