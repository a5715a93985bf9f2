import assert from "node:assert/strict";
import { test } from "node:test";
import { text, useTexts } from "../src/texts.ts";

useTexts({ language: "fr", direction: "ltr", languages: [], texts: { waiting: "En attente : %(count)s de %(count)s" } });

test("values stand where the words want them", () => {
  assert.equal(text("waiting", { count: 3 }), "En attente : 3 de 3");
});

test("a key without words is a fault, not a blank", () => {
  assert.throws(() => text("nonsense"), /no text nonsense/);
});
