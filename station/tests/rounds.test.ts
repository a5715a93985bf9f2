// When something is sent, by whom, and under which id.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newEventId } from "../src/ids.ts";
import { leaseLock } from "../src/locks.ts";
import { keepSending, retryAfter } from "../src/rounds.ts";
import type { Round } from "../src/sender.ts";
import { FakeStore } from "./fakes.ts";

const SEND_NEXT = { link: "good", left: false } satisfies Round;
/** All that is due without a clock has run. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test("ids sort as they were made, also where the clock is set back", () => {
  const now = Date.now() + 1_000_000;
  const ids = [...Array.from({ length: 5_000 }, () => newEventId(now)), newEventId(now - 60_000), newEventId(now + 10_000)];
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(ids.at(-1)!.replaceAll("-", "").slice(0, 12), 16), now + 10_000);
});

test("a retry comes after 1 to 15 seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 50].map((failed) => retryAfter(failed, 0)), [1000, 2000, 4000, 8000, 15_000, 15_000]);
  assert.ok(retryAfter(1, 1) > retryAfter(1, 0));
  assert.equal(retryAfter(5, 1), 15_000);
});

test("it sends at once when poked, again while something waits, and quietly looks once a minute", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const rounds: boolean[] = [];
  let next: Round = SEND_NEXT;
  const poke = keepSending(async (fresh) => (rounds.push(fresh), next), () => {});
  await settled();
  assert.deepEqual(rounds, [false]);
  context.mock.timers.tick(59_000);
  await settled();
  assert.equal(rounds.length, 1);
  context.mock.timers.tick(1_000);
  await settled();
  assert.equal(rounds.length, 2);
  next = { link: "away", left: true };
  void poke(true);
  await settled();
  assert.deepEqual(rounds, [false, false, true]);
  context.mock.timers.tick(1_250);
  await settled();
  assert.equal(rounds.length, 4);
  context.mock.timers.tick(1_250);
  await settled();
  assert.equal(rounds.length, 4, "the second retry takes longer");
  context.mock.timers.tick(1_250);
  await settled();
  assert.equal(rounds.length, 5);
});

test("a poke resolves at the end of a round that began after it", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const ends: (() => void)[] = [];
  const poke = keepSending(() => new Promise((resolve) => ends.push(() => resolve(SEND_NEXT))), () => {});
  let over = false;
  void poke().then(() => (over = true));
  ends[0]!();
  await settled();
  assert.deepEqual([over, ends.length], [false, 2]);
  ends[1]!();
  await settled();
  assert.equal(over, true);
});

test("what happens while it sends begins another round", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let sent = 0;
  const poke = keepSending(async () => {
    await settled();
    if (++sent === 1) void poke();
    return SEND_NEXT;
  }, () => {});
  for (let turn = 0; turn < 5; turn++) await settled();
  assert.equal(sent, 2);
});

test("without the browser's locks, one page at a time has the lease, and a dead one's runs out", async () => {
  const store = new FakeStore();
  let owners = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++owners);
    await settled();
    owners -= 1;
  };
  await Promise.all(["a", "b", "c"].map((owner) => leaseLock(store, owner, settled)(work)));
  assert.equal(most, 1);
  await store.lease("killed", Date.now() - 61_000, 60_000);
  await leaseLock(store, "a", () => assert.fail("it waited for a dead one"))(work);
  await assert.rejects(leaseLock(store, "a", settled)(() => Promise.reject(new Error("no"))));
  await leaseLock(store, "b", () => assert.fail("a failed one kept it"))(work);
});
