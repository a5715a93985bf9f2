// What helps where JavaScript runs; every page works without it.
"use strict";

const written = new Intl.NumberFormat(document.documentElement.dataset.figures);
const count = (input) => Math.max(0, Math.trunc(Number(input.value)) || 0);

// One press, one sending. The event id makes a second one harmless; this makes it invisible.
document.addEventListener("submit", (submission) => {
  const form = submission.target;
  if (form.dataset.sent) { submission.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  setTimeout(() => unlock(form), UNLOCK_AFTER_MS);
});

// An answer that leaves the page standing (a PDF, a lost network), or a page taken back from the browser's memory, must not stay locked.
const UNLOCK_AFTER_MS = 6000;
function unlock(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(unlock));

// A handheld scanner types into whatever has the cursor: give it back to the scan field when nothing else took it.
const scan = document.querySelector("[data-scan][autofocus]");
if (scan) {
  const regain = () => { if (document.activeElement === document.body) scan.focus({ preventScroll: true }); };
  scan.addEventListener("blur", () => setTimeout(regain, 150));
  document.addEventListener("visibilitychange", regain);
} else if (!document.querySelector("[autofocus]")) {
  document.querySelector("[data-announce]")?.focus();
}

// Crates and loose bottles: the total counted, and pictured up to what fits the eye.
const MOST_PICTURED = 30;
function showQuantity(field) {
  const crates = count(field.querySelector("[data-crates]"));
  const loose = count(field.querySelector("[data-loose]"));
  const total = crates * Number(field.dataset.crateSize) + loose;
  field.dataset.bottles = total;
  field.querySelector("[data-total]").hidden = false;
  field.querySelector("[data-total-value]").value = written.format(total);
  const picture = field.querySelector("[data-picture]");
  picture.querySelectorAll(":scope > :not(template)").forEach((piece) => piece.remove());
  const draw = (kind, times, name) => {
    for (let drawn = 0; drawn < Math.min(times, MOST_PICTURED); drawn += 1) {
      const piece = picture.querySelector(`template[data-${kind}]`).content.firstElementChild.cloneNode(true);
      piece.classList.add(name);
      picture.append(piece);
    }
    if (times > MOST_PICTURED) {
      const rest = document.createElement("span");
      rest.textContent = `+ ${written.format(times - MOST_PICTURED)}`;
      picture.append(rest);
    }
  };
  draw("crate", crates, "full");
  draw("bottle", loose, "loose");
  picture.hidden = total === 0;
}

// What has been counted against what there is to account for.
function showBalance(balance) {
  const group = balance.dataset.balance;
  let counted = 0;
  document.querySelectorAll(`input[data-count][data-group="${group}"]`).forEach((input) => { counted += count(input); });
  document.querySelectorAll(`[data-quantity][data-group="${group}"]`).forEach((field) => { counted += Number(field.dataset.bottles); });
  const left = Number(balance.dataset.expected) - counted;
  balance.dataset.state = left === 0 ? "even" : left < 0 ? "over" : "open";
  balance.querySelector("[data-counted]").value = written.format(counted);
  balance.querySelector("[data-left]").value = written.format(left);
  balance.querySelectorAll("[data-live]").forEach((part) => { part.hidden = false; });
}

// Large − and + beside a count. The server decides in any case.
document.querySelectorAll("button[data-tally]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (press) => {
  const button = press.target.closest("button[data-tally]");
  if (!button) return;
  const input = document.getElementById(button.dataset.for);
  input.value = Math.max(0, count(input) + Number(button.dataset.tally)) || "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

function showAll() {
  document.querySelectorAll("[data-quantity]").forEach(showQuantity);
  document.querySelectorAll("[data-balance]").forEach(showBalance);
}
document.addEventListener("input", showAll);
window.addEventListener("pageshow", showAll);
