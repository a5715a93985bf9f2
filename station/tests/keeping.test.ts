import assert from "node:assert/strict";
import { test } from "node:test";
import { keptUrl } from "../src/keeping.ts";

const SCOPE = "https://plant.example/station/";
const FILES = ["/station/", "/station/texts/fr.json", "/static/pictograms.svg"];

const asked = (path: string, mode = "cors", method = "GET") =>
  keptUrl({ method, mode, url: new URL(path, SCOPE).href }, SCOPE, FILES);

test("files of the release come from the device", () => {
  assert.equal(asked("/station/texts/fr.json"), "https://plant.example/station/texts/fr.json");
  assert.equal(asked("/static/pictograms.svg#scan"), "https://plant.example/static/pictograms.svg");
});

test("the page opens whatever its address carries", () => {
  assert.equal(asked("/station/?from=label", "navigate"), SCOPE);
  assert.equal(asked("/station/#runs", "navigate"), SCOPE);
});

test("data and foreign files go to the network", () => {
  assert.equal(asked("/station/version"), null);
  assert.equal(asked("/station/texts/fr.json", "cors", "POST"), null);
  assert.equal(asked("https://elsewhere.example/static/pictograms.svg"), null);
  assert.equal(asked("/operator/", "navigate"), null);
});
