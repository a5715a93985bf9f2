// Labels: how far their file is while it is made, and the minute within which one is scanned back. Forms work without.
"use strict";

// Told by the server: a line of JSON, the number of labels done in a line each, an empty line, the file.
const LINE_END = 10;

async function readFile(body, onHead, onDone) {
  const reader = body.getReader();
  let head = null;
  let rest = new Uint8Array();
  const parts = [];
  let inFile = false;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (inFile) { parts.push(value); continue; }
    const all = new Uint8Array(rest.length + value.length);
    all.set(rest);
    all.set(value, rest.length);
    rest = all;
    for (let end = rest.indexOf(LINE_END); end >= 0 && !inFile; end = rest.indexOf(LINE_END)) {
      const line = new TextDecoder().decode(rest.slice(0, end));
      rest = rest.slice(end + 1);
      if (line === "") inFile = true;
      else if (head === null) onHead(head = JSON.parse(line));
      else onDone(Number(line));
    }
    if (inFile) parts.push(rest);
  }
  if (!inFile) throw new Error("broken off");
  return new Blob(parts, { type: head.type });
}

async function make(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  address.searchParams.set("progress", "yes");
  const panel = form.querySelector("[data-making]");
  const bar = panel.querySelector("progress");
  const told = panel.querySelector("[data-told]");
  const failed = panel.querySelector("[data-failed]");
  const made = form.querySelector("[data-made]");
  const show = (done, all) => {
    bar.max = all;
    bar.value = done;
    told.textContent = told.dataset.told.replace("{done}", done).replace("{all}", all);
  };
  panel.hidden = false;
  failed.hidden = made.hidden = true;
  try {
    const answer = await fetch(address);
    // A refusal, or the door: pages, to be seen as such.
    if (!answer.headers.get("Content-Type").startsWith("application/octet-stream")) { form.submit(); return; }
    let head;
    const file = await readFile(answer.body, (first) => { head = first; show(0, first.of); }, (done) => show(done, head.of));
    const link = made.querySelector("a");
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(file);
    link.download = head.name;
    made.hidden = false;
    link.click();
  } catch {
    failed.hidden = false;
  } finally {
    delete form.dataset.busy;
  }
}

document.querySelectorAll("form[data-make]").forEach((form) => {
  form.addEventListener("submit", (submission) => {
    submission.preventDefault();
    make(form);
  });
  // What was just recorded as printed is made at once, but not again when its page is.
  const job = form.dataset.make;
  if (job && sessionStorage.getItem("made") !== job) {
    sessionStorage.setItem("made", job);
    make(form);
  }
});

document.querySelectorAll("[data-countdown]").forEach((panel) => {
  const left = panel.querySelector("[data-left]");
  const end = performance.now() + 1000 * Number(panel.dataset.countdown);
  left.hidden = false;
  const tick = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    left.value = Math.max(0, seconds);
    panel.querySelector("[data-early]").hidden = seconds <= 0;
    panel.querySelector("[data-late]").hidden = seconds > 0;
    if (seconds <= 0) clearInterval(clock);
  };
  const clock = setInterval(tick, 250);
  tick();
});
