// Speaks what the page asks for, with the device's own voice. Without one in the page's language there is no button.
"use strict";

{
  const button = document.querySelector("[data-speak]");
  const language = document.documentElement.lang;
  const SAID = "[role=alert] h2, .remedy, [role=status] h2, h1, .lead, .chip-stop, .next-step h2, .next-step .button, .panel-warning h2,"
    + " .field-scan > label, .field > legend, .field > label, form .button-primary";

  const findVoice = () => window.speechSynthesis?.getVoices().find((voice) => voice.lang.split(/[-_]/)[0] === language);

  // In the order of the page; what is folded away, and codes, which only eyes and scanners need, stay unsaid.
  const sentences = () => [...document.querySelectorAll(`main :is(${SAID})`)]
    .filter((part) => part.checkVisibility() && !part.matches(".code"))
    .map((part) => part.innerText.replace(/\s+/g, " ").trim())
    .filter((text) => text);

  let speaking = 0;
  const tell = (change) => {
    speaking = Math.max(0, speaking + change);
    button.setAttribute("aria-pressed", String(speaking > 0));
  };
  const stop = () => {
    window.speechSynthesis.cancel();
    tell(-speaking);
  };
  const speak = () => {
    const voice = findVoice();
    // One by one: some voices stop in the middle of a long text.
    for (const text of sentences()) {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = voice.lang;
      utterance.voice = voice;
      utterance.addEventListener("end", () => tell(-1));
      utterance.addEventListener("error", () => tell(-1));
      tell(1);
      window.speechSynthesis.speak(utterance);
    }
  };

  if (button && window.speechSynthesis) {
    const offer = () => { button.hidden = !findVoice(); };
    button.addEventListener("click", () => (speaking ? stop() : speak()));
    // Many browsers learn of their voices some time after the page.
    window.speechSynthesis.addEventListener("voiceschanged", offer);
    window.addEventListener("pagehide", stop);
    offer();
  }
}
