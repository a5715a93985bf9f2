// Ids made on the device: they sort by the time they were made, also those of one millisecond.

const COUNTER_BITS = 12;
let lastMs = 0;
let counter = 0;

/** A UUIDv7 (RFC 9562), later than every one before it on this page, even where the clock was set back. */
export function newEventId(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    // The upper half stays free to count in.
    counter = random(2) & (2 ** (COUNTER_BITS - 1) - 1);
  } else if (++counter === 2 ** COUNTER_BITS) {
    lastMs += 1;
    counter = 0;
  }
  const time = hex(lastMs, 12);
  const variant = hex((random(1) & 0x3f) | 0x80, 2);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}-${variant}${hex(random(1), 2)}-${hex(random(6), 12)}`;
}

function random(bytes: number): number {
  return crypto.getRandomValues(new Uint8Array(bytes)).reduce((sum, byte) => sum * 256 + byte, 0);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
