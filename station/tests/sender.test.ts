// Whatever comes back, a row stays until the server lists it, and one bad row holds up no other.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../src/link.ts";
import { LIVE_MS, MOST_ROWS, Sender, type Round } from "../src/sender.ts";
import type { Verdict } from "../src/types.ts";
import { FakeServer, FakeStore, good, kitOf, rowOf, SITTING } from "./fakes.ts";

function setUp(rows: number) {
  const store = new FakeStore();
  const server = new FakeServer();
  const heard: Verdict[] = [];
  const releases: string[] = [];
  for (let index = 0; index < rows; index++) {
    const row = rowOf(String(index).padStart(4, "0"));
    store.outbox.set(row.event_id, row);
  }
  const sender = new Sender({
    store,
    ask: server.ask,
    lock: (work) => work(),
    release: "r1",
    since: 0,
    onVerdicts: async (verdicts) => void heard.push(...verdicts),
    onServer: (release, now) => releases.push(`${release} ${now.toISOString()}`),
  });
  return { store, server, sender, heard, releases };
}

const sizes = (server: FakeServer) => server.batches.map((batch) => batch.rows.length);

test("what waits is sent in the order it was made, so many at once, and leaves when it is listed", async () => {
  const { store, server, sender, heard, releases } = setUp(MOST_ROWS + 5);
  assert.deepEqual(await sender.round(), { link: "good", left: false } satisfies Round);
  assert.deepEqual(sizes(server), [MOST_ROWS, 5]);
  assert.deepEqual(server.batches.map((batch) => batch.more), [true, false]);
  assert.deepEqual(server.stored, [...server.stored].sort());
  assert.equal(store.outbox.size, 0);
  assert.equal(heard.length, MOST_ROWS + 5);
  assert.deepEqual(releases, ["r1 2026-05-04T08:00:00.000Z", "r1 2026-05-04T08:00:00.000Z"]);
});

const STRANGE: [why: string, answer: Answer | "lost", link: string][] = [
  ["no network", { kind: "away" }, "away"],
  ["a reply lost after storing", "lost", "away"],
  ["a login page", { kind: "strange" }, "trouble"],
  ["a device that is not known any more", { kind: "refused", status: 401, what: "", remedy: "" }, "signed_out"],
  ["no right", { kind: "refused", status: 403, what: "", remedy: "" }, "signed_out"],
  ["too many requests", { kind: "refused", status: 429, what: "", remedy: "" }, "trouble"],
  ["another program's JSON", good({ hello: "world" }), "trouble"],
  ["verdicts that are none", good({ version: "r1", now: "", verdicts: "stored" }), "trouble"],
  ["nothing", good(null), "trouble"],
];

for (const [why, answer, link] of STRANGE) {
  test(`${why}: nothing is lost, and the next round brings it`, async () => {
    const { store, server, sender } = setUp(3);
    server.instead = [answer];
    assert.deepEqual(await sender.round(), { link, left: true });
    assert.equal(store.outbox.size, 3);
    assert.deepEqual(await sender.round(), { link: "good", left: false });
    assert.deepEqual(server.stored, ["0000", "0001", "0002"]);
  });
}

test("verdicts on rows that were not sent, or on none, take nothing away", async () => {
  const { store, server, sender } = setUp(2);
  const now = "2026-05-04T08:00:00Z";
  const verdicts = [{ verdict: "stored", event_id: "elsewhere" }, { verdict: "stored" }, null, { verdict: "stored", event_id: "0001" }];
  server.instead = [good({ version: "r1", now, verdicts })];
  assert.deepEqual(await sender.round(), { link: "good", left: true });
  assert.deepEqual([...store.outbox.keys()], ["0000"]);
});

test("a row that waits for a lead may be forgotten, one that we shall send later not", async () => {
  const { store, server, sender } = setUp(3);
  server.says.set("0000", { verdict: "review" });
  server.says.set("0001", { verdict: "later" });
  assert.deepEqual(await sender.round(), { link: "good", left: true });
  assert.deepEqual([...store.outbox.keys()], ["0001"]);
  server.says.clear();
  await sender.round();
  assert.deepEqual(server.stored, ["0002", "0001"]);
});

test("a refusal is for whoever still waits for it; later, a lead has to know of it", async () => {
  const { store, server, sender } = setUp(2);
  const old = new Date(Date.now() - LIVE_MS - 1000).toISOString();
  store.outbox.get("0001")!.happened_at = old;
  for (const id of ["0000", "0001"]) server.says.set(id, { verdict: "refused", what: "On hold.", remedy: "Call quality." });
  assert.deepEqual(await sender.round(), { link: "good", left: false });
  assert.deepEqual(server.batches[0]!.rows.map((row) => row.live), [true, false]);
  assert.deepEqual([...store.outbox.values()].map(({ state, refusal }) => [state, refusal]), [
    ["refused", { what: "On hold.", remedy: "Call quality." }],
  ]);
  await sender.round();
  assert.deepEqual(sizes(server), [2], "what was refused waits for its operator");
});

test("nobody waits for the answer to what was recorded before the page was opened", async () => {
  const { store, server } = setUp(1);
  const since = Date.parse(store.outbox.get("0000")!.happened_at) + 1;
  const tools = { store, ask: server.ask, lock: (work: () => Promise<void>) => work(), onVerdicts: async () => {}, onServer: () => {} };
  await new Sender({ ...tools, release: "r1", since }).round();
  assert.equal(server.batches[0]!.rows[0]!.live, false);
});

test("one row that no batch gets through with holds up no other", async () => {
  const { store, server, sender } = setUp(60);
  const bad = "0041";
  const { ask } = server;
  const choosy = new Sender({
    store, lock: (work) => work(), release: "r1", since: 0, onVerdicts: async () => {}, onServer: () => {},
    ask: async (path, question) => {
      const rows = (question?.body as { rows?: { event_id: string }[] } | undefined)?.rows ?? [];
      return rows.some((row) => row.event_id === bad) ? { kind: "refused", status: 413, what: "", remedy: "" } : ask(path, question);
    },
  });
  assert.deepEqual(await choosy.round(), { link: "good", left: true });
  assert.deepEqual([...store.outbox.keys()], [bad]);
  await sender.round();
  assert.deepEqual([...server.stored].sort(), Array.from({ length: 60 }, (_, index) => String(index).padStart(4, "0")));
  assert.equal(server.stored.length, 60);
});

test("a batch stays under the server's limit", async () => {
  const { store, server, sender } = setUp(4);
  for (const row of store.outbox.values()) row.input = { note: "é".repeat(200_000) };
  await sender.round();
  assert.deepEqual(sizes(server), [2, 2]);
});

test("the kit is fetched after rows were stored, and what it shows is no longer laid over it", async () => {
  const { store, server, sender } = setUp(1);
  await sender.round();
  assert.equal(store.done.size, 0);
  assert.equal((await store.get("kit"))!.kit.version, "k1");
  server.kit = { ...kitOf(), version: "k2" };
  await sender.round();
  assert.equal((await store.get("kit"))!.kit.version, "k1", "nothing happened, so it is not asked for yet");
  await sender.round(true);
  assert.equal((await store.get("kit"))!.kit.version, "k2");
  assert.equal(server.asked.at(-1)![1].etag, "k1");
});

test("until the kit comes, what was stored is still known here", async () => {
  const { store, server, sender } = setUp(1);
  const { ask } = server;
  let kitAway = true;
  const cut = new Sender({
    store, lock: (work) => work(), release: "r1", since: 0, onVerdicts: async () => {}, onServer: () => {},
    ask: async (path, question) => (path === "data" && kitAway ? { kind: "away" } : ask(path, question)),
  });
  assert.deepEqual(await cut.round(), { link: "away", left: false });
  assert.deepEqual([...store.done.keys()], ["0000"]);
  kitAway = false;
  await cut.round(true);
  assert.equal(store.done.size, 0);
  assert.equal(server.stored.length, 1);
  assert.deepEqual(await sender.round(), { link: "good", left: false });
});

test("half a kit is none", async () => {
  const { store, server, sender } = setUp(0);
  await sender.round(true);
  server.instead = [good({ site: {}, lots: null })];
  assert.equal((await sender.round(true)).link, "trouble");
  assert.equal((await store.get("kit"))!.kit.version, "k1");
});

test("a badge that opened the device alone is told of with its rows, and then forgotten", async () => {
  const { store, server, sender } = setUp(1);
  const alone = { ...SITTING, proof: "badge_alone", person: null, badge: "B4DGE" };
  store.begun.set(alone.id, alone);
  store.kept.set("sitting", { sitting: alone, active: Date.now() });
  await sender.round();
  assert.deepEqual(server.batches[0]!.sittings, [{ id: "5e55", badge: "B4DGE", began_at: alone.began_at }]);
  assert.equal(store.begun.size, 1, "they still stand there");
  store.kept.delete("sitting");
  store.outbox.set("0009", { ...rowOf("0009"), sitting: "another" });
  await sender.round();
  assert.deepEqual([server.batches[1]!.sittings, store.begun.size], [[], 0]);
  store.begun.set(alone.id, alone);
  await sender.round();
  assert.equal(store.begun.size, 0, "also where they left without a scan");
});

test("a store that fails ends the round, not the sending", async () => {
  const { store, server, sender } = setUp(1);
  store.broken = new Error("gone");
  assert.deepEqual(await sender.round(), { link: "trouble", left: true });
  store.broken = null;
  assert.deepEqual(await sender.round(), { link: "good", left: false });
  assert.deepEqual(server.stored, ["0000"]);
});
