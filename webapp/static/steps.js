// Fields that count in steps: + and − begin at the last value, and what is outside its limits is told at once.
"use strict";

const decimalSign = (1.5).toLocaleString(document.documentElement.dataset.figures)[1];
const read = (text) => (text.trim() === "" ? NaN : Number(text.replace(/\s/g, "").replace(",", ".")));

document.querySelectorAll("[data-measure]").forEach((field) => {
  const input = field.querySelector("input[type=text]");
  const { step, usual, low, high } = field.dataset;
  const decimals = (step.split(".")[1] || "").length;

  const press = (times) => {
    const now = read(input.value);
    // The first press shows the last value itself: it may well be the same again.
    const next = Number.isNaN(now) ? Number(usual || 0) : Math.max(0, now + times * Number(step));
    input.value = String(Number(next.toFixed(Math.max(decimals, 0) + 2))).replace(".", decimalSign);
    tell();
  };
  const tell = () => {
    const value = read(input.value);
    const known = !Number.isNaN(value) && (low !== undefined || high !== undefined);
    const inside = !(value < Number(low) || value > Number(high));
    field.dataset.state = known ? (inside ? "inside" : "outside") : "";
    field.querySelector("[data-inside]").hidden = !(known && inside);
    field.querySelector("[data-outside]").hidden = !known || inside;
  };
  for (const [name, times] of [["less", -1], ["more", 1]]) {
    const button = field.querySelector(`[data-${name}]`);
    button.hidden = false;
    button.addEventListener("click", () => press(times));
  }
  input.addEventListener("input", tell);
  tell();
});
