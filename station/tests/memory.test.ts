// What the screens rely on: a record is on disk or is refused loudly, and who stands there is known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory, NotKept, type News } from "../src/memory.ts";
import { Sender } from "../src/sender.ts";
import type { Row, Verdict } from "../src/types.ts";
import { DEVICE, FakeServer, FakeStore, good, kitOf, rowOf, SITTING } from "./fakes.ts";

const SUMMARY = { action: "break", codes: ["7K3M29QC"], quantity: 3 };
const BREAK = { lot_code: "7K3M29QC", quantity: 3 };

/** A station that somebody sits at, with the kit on disk. It sends when `flush` is called, as its sender would. */
async function setUp({ store = new FakeStore(), server = new FakeServer() } = {}) {
  if (!store.kept.has("sitting")) store.kept.set("sitting", { sitting: SITTING, active: Date.now() });
  if (!store.kept.has("kit")) store.kept.set("kit", { kit: kitOf(), etag: "k1" });
  store.kept.set("device", DEVICE);
  const told: News[] = [];
  const memory = new Memory({ store, ask: server.ask, lock: (work) => work(), release: "r1", since: 0, tell: (news) => told.push(news) });
  await memory.open();
  const flush = async () => {
    const onVerdicts = (verdicts: Verdict[]) => memory.hear({ verdicts });
    await new Sender({ store, ask: server.ask, lock: (work) => work(), release: "r1", since: 0, onVerdicts, onServer: () => {} }).round();
    await memory.hear({ verdicts: [] });
  };
  return { memory, store, server, told, flush };
}

const whyNot = async (promise: Promise<unknown>) => promise.then(() => "kept", (error) => error instanceof NotKept && error.why);

test("a record is on disk when it resolves, counts as waiting, and is known at once", async () => {
  const { memory, store, told } = await setUp();
  const row = await memory.record("breakages", BREAK, SUMMARY);
  assert.deepEqual([...store.outbox.values()], [row]);
  assert.deepEqual([row.sitting, row.live, row.state, memory.state.waiting], ["5e55", true, "waiting", 1]);
  assert.equal(memory.kit!.lots[0]!.quantity, 237);
  assert.deepEqual(memory.lastRow, row);
  assert.equal(told.length, 1);
});

test("what is not on disk is not taken for recorded, and the next try may succeed", async () => {
  const { memory, store } = await setUp();
  store.broken = new DOMException("no room", "QuotaExceededError");
  assert.equal(await whyNot(memory.record("breakages", BREAK, SUMMARY)), "not_kept_full");
  assert.equal(memory.state.storage, "full");
  store.broken = new Error("the browser threw it away");
  assert.equal(await whyNot(memory.record("breakages", BREAK, SUMMARY)), "not_kept_gone");
  assert.deepEqual([memory.rows.length, memory.lastRow, memory.kit!.lots[0]!.quantity], [0, null, 240]);
  store.broken = null;
  assert.equal(await whyNot(memory.record("breakages", BREAK, SUMMARY)), "kept");
  assert.equal(memory.state.storage, "good");
});

test("nobody records without having shown who they are", async () => {
  const { memory } = await setUp();
  await memory.signOut();
  assert.equal(await whyNot(memory.record("breakages", BREAK, SUMMARY)), "not_kept_nobody");
});

test("what was recorded survives the page", async () => {
  const { memory, store, server } = await setUp();
  const row = await memory.record("breakages", BREAK, SUMMARY);
  const again = (await setUp({ store, server })).memory;
  assert.deepEqual([again.rows, again.lastRow, again.kit!.lots[0]!.quantity], [[row], row, 237]);
  assert.equal(again.sitting!.person!.name, "Nadia");
});

test("the last scan is taken back by a record of its own, sent or not", async () => {
  const { memory, server, flush } = await setUp();
  const first = await memory.record("breakages", BREAK, SUMMARY);
  await flush();
  assert.deepEqual(memory.lastRow, first, "also once it is stored");
  await memory.undo(first, "a slip");
  assert.equal(memory.lastRow, null);
  await flush();
  assert.deepEqual(server.batches[1]!.rows[0]!.input, { event_id: first.event_id, reason: "a slip" });
  const second = await memory.record("breakages", BREAK, SUMMARY);
  await memory.undo(second, "a slip");
  assert.equal(memory.kit!.lots[0]!.quantity, 240);
});

test("what was refused is read and forgotten, or handed over to a lead", async () => {
  const { memory, server, flush } = await setUp();
  const heard: Verdict[] = [];
  memory.onVerdict((verdict) => heard.push(verdict));
  const rows: Row[] = [];
  for (let index = 0; index < 3; index++) rows.push(await memory.record("breakages", BREAK, SUMMARY));
  for (const row of rows) server.says.set(row.event_id, { verdict: "refused", what: "Too many.", remedy: "Count." });
  await flush();
  assert.deepEqual([memory.state.waiting, memory.state.refused, memory.kit!.lots[0]!.quantity], [0, 3, 240]);
  assert.equal(heard.length, 3);
  assert.equal(memory.lastRow, null);
  await memory.acknowledge(rows[0]!.event_id);
  await memory.undo(rows[1]!, "never mind");
  await memory.handOver(rows[2]!.event_id);
  assert.deepEqual([memory.state.waiting, memory.state.refused], [1, 0]);
  await flush();
  assert.deepEqual(server.batches.at(-1)!.rows.map((row) => [row.event_id, row.live]), [[rows[2]!.event_id, false]]);
  assert.equal(memory.rows.length, 0);
});

test("whoever leaves without reading a refusal leaves it to a lead; so does a closed page", async () => {
  for (const leave of [async (memory: Memory) => memory.signOut(), async () => {}]) {
    const { memory, store, server } = await setUp();
    store.outbox.set("0001", { ...rowOf("0001"), state: "refused", refusal: { what: "No.", remedy: "" } });
    await memory.hear({ verdicts: [] });
    assert.equal(memory.state.refused, 1);
    await leave(memory);
    await setUp({ store, server });
    assert.deepEqual([...store.outbox.values()].map(({ state, live }) => [state, live]), [["waiting", false]]);
  }
});

test("a sitting ends when nobody did anything for the site's time, whatever tab they used", async () => {
  const minute = 60_000;
  const { store, memory, server } = await setUp();
  store.kept.set("sitting", { sitting: SITTING, active: Date.now() - 4 * minute });
  assert.equal((await setUp({ store, server })).memory.sitting!.id, "5e55");
  store.kept.set("sitting", { sitting: SITTING, active: Date.now() - 6 * minute });
  assert.equal((await setUp({ store, server })).memory.sitting, null);
  assert.equal(store.kept.has("sitting"), false);
  assert.deepEqual(server.asked.at(-1)![1].method, "DELETE");
  await memory.hear({ verdicts: [] });
  assert.equal(memory.sitting, null, "the other tab knows");
});

test("badge and PIN open it by the server, a badge alone without it", async () => {
  const { store, memory, server } = await setUp();
  await memory.signOut();
  server.instead = [{ kind: "refused", status: 422, what: "Not this PIN.", remedy: "Try again." }];
  assert.deepEqual(await memory.signIn("B4DGE", "1111"), { ok: false, away: false, what: "Not this PIN.", remedy: "Try again." });
  assert.equal(memory.sitting, null);
  server.instead = [{ kind: "away" }];
  assert.deepEqual(await memory.signIn("B4DGE", "2580"), { ok: false, away: true, what: "", remedy: "" });
  assert.deepEqual(await memory.signInByBadge("B4DGE"), { ok: true });
  const { proof, person, id } = memory.sitting!;
  assert.deepEqual([proof, person, store.begun.get(id)!.badge], ["badge_alone", null, "B4DGE"]);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(memory.judge("load", "7K3M29QC").ok, true, "nobody knows what they may, so the server says it");
  assert.deepEqual(await memory.signIn("0THER", "2580"), { ok: true });
  assert.equal(memory.sitting!.person!.name, "Nadia");
});

test("whoever stands at a device that was revoked is out, and what they recorded waits", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { memory, server, store } = await setUp();
  await memory.record("breakages", BREAK, SUMMARY);
  server.instead = [good({ device: null, sitting: null, csrf: "" })];
  memory.start();
  await memory.refresh();
  assert.deepEqual([memory.device, memory.sitting, store.kept.has("sitting")], [null, null, false]);
  assert.equal(server.stored.length + memory.rows.length, 1);
});

test("whoever signed out on another page is out here too", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { memory, server, store } = await setUp();
  server.instead = [good({ device: DEVICE, sitting: null, over: true, csrf: "" })];
  memory.start();
  await memory.refresh();
  assert.deepEqual([memory.sitting, store.kept.has("sitting"), memory.device], [null, false, DEVICE]);
  assert.ok(server.asked.some(([path]) => path === "me?sitting=5e55"));
});

test("another release of the server is told once", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { memory, server, store } = await setUp();
  let told = 0;
  memory.onOtherRelease(() => told++);
  memory.start();
  for (const release of ["r1", "r2", "r2"]) {
    server.release = release;
    store.outbox.set("0001", rowOf("0001"));
    await memory.refresh();
  }
  assert.equal(told, 1);
});

test("a clock that is wrong is told of before the server refuses what it says", async (context: { mock: any }) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse("2026-05-04T08:03:00Z") });
  const { memory, store } = await setUp();
  memory.start();
  await memory.refresh();
  for (const [minutes, wrong] of [[0, false], [2, true]] as const) {
    context.mock.timers.setTime(Date.now() + minutes * 60_000);
    store.outbox.set("0001", rowOf("0001"));
    await memory.refresh();
    assert.equal(memory.state.clockWrong, wrong);
  }
});

test("a store that does not answer opens a station that says so", async () => {
  const store = new FakeStore();
  store.rows = () => Promise.reject(new Error("gone"));
  const { memory } = await setUp({ store });
  assert.equal(memory.state.storage, "gone");
});
