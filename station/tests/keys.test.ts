// What a scanner's key presses say, whatever keyboard the computer believes to have.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAddress, letterAt, typedBy, type Press } from "../src/keys.ts";

const ADDRESS = "HTTPS://B.EXAMPLE:8000/BASE/Q/7K3M29QC";
const known = () => false;

/** A key of a US scanner: its place and Shift, and what a French computer shows for it. */
const ON_AZERTY: Record<string, [code: string, shift: boolean, shown: string]> = {
  ":": ["Semicolon", true, "M"], "/": ["Slash", false, "!"], ".": ["Period", false, ":"], "-": ["Minus", false, ")"],
  "%": ["Digit5", true, "5"], A: ["KeyA", true, "Q"], Q: ["KeyQ", true, "A"], M: ["KeyM", true, "?"], W: ["KeyW", true, "Z"],
  Z: ["KeyZ", true, "W"],
};
[..."à&é\"'(-è_ç"].forEach((shown, digit) => (ON_AZERTY[String(digit)] = [`Digit${digit}`, false, shown]));

const onAzerty = (text: string): Press[] =>
  [...text].map((letter) => {
    const [code, shift, shown] = ON_AZERTY[letter] ?? [`Key${letter}`, true, letter];
    return { shown, placed: letterAt(code, shift) };
  });
const asShown = (text: string): Press[] => [...text].map((letter) => ({ shown: letter, placed: "" }));

test("a US scanner on a French computer is read by the keys' places", () => {
  assert.deepEqual(typedBy(onAzerty(ADDRESS), known), { text: ADDRESS, from: 0 });
  assert.deepEqual(typedBy(onAzerty("7K3M29QC"), known), { text: "7K3M29QC", from: 0 });
  assert.equal(typedBy(onAzerty(ADDRESS), known)!.text === onAzerty(ADDRESS).map((press) => press.shown).join(""), false);
});

test("a scanner set as the computer is read by what it shows", () => {
  const french = [..."7K3M29QC"].map((letter) => ({ shown: letter, placed: "Q" }));
  assert.equal(typedBy(french, known)!.text, "7K3M29QC");
});

test("a partner's name on a French computer is read by the reading that names something", () => {
  assert.equal(typedBy(onAzerty("VERT-17"), known)!.text, "VERT)&è");
  assert.equal(typedBy(onAzerty("VERT-17"), (text) => text === "VERT-17")!.text, "VERT-17");
});

test("what was typed before the address is not part of it", () => {
  assert.deepEqual(typedBy(asShown(`12${ADDRESS}`), known), { text: ADDRESS, from: 2 });
  assert.deepEqual(typedBy(onAzerty(`HTTPS://B.EXAM${ADDRESS}`), known), { text: ADDRESS, from: 14 });
});

test("a slip of the sleeve is no code", () => {
  assert.equal(typedBy(asShown("x"), known), null);
  assert.equal(typedBy([], known), null);
});

test("nobody types an address by hand", () => {
  assert.equal(isAddress(ADDRESS), true);
  assert.equal(isAddress("7K3M29QC"), false);
});

test("keys have the letters that a US keyboard prints on them", () => {
  assert.deepEqual([letterAt("KeyA", false), letterAt("Digit5", true), letterAt("Numpad5", false), letterAt("Slash", false)], ["A", "%", "5", "/"]);
  assert.equal(letterAt("ShiftLeft", true) + letterAt("F1", false) + letterAt("", false), "");
});
