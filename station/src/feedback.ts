// What people hear and feel: tones, vibration, the voice that reads an instruction aloud. What a device lacks stays silent.

/** High and short for done, low and long for refused: told apart without looking, also by whoever hears little. */
const TONES = { done: { hertz: 1320, seconds: 0.14 }, refused: { hertz: 160, seconds: 0.7 }, stopped: { hertz: 110, seconds: 1.4 } };
const SHAKES = { done: [70], refused: [250, 100, 250], stopped: [500, 150, 500, 150, 500] };
const VOICES = { fr: "fr-FR", en: "en-US", ar: "ar" } as Record<string, string>;

export type Outcome = keyof typeof TONES;

let audio: AudioContext | null = null;

/** Sounds and shakes an outcome. */
export function signal(outcome: Outcome): void {
  sound(outcome);
  navigator.vibrate?.(SHAKES[outcome]);
}

/** Browsers keep a page silent until it was touched: to be called at each touch. */
export function allowSound(): void {
  if (typeof AudioContext === "undefined") return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
}

function sound(outcome: Outcome): void {
  if (audio?.state !== "running") return;
  const { hertz, seconds } = TONES[outcome];
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = outcome === "done" ? "sine" : "square";
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.5, audio.currentTime);
  // Faded out, not cut off: a cut clicks.
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + seconds);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + seconds);
}

/** Whether this device can read aloud at all. */
export function canSpeak(): boolean {
  return "speechSynthesis" in globalThis && typeof SpeechSynthesisUtterance !== "undefined";
}

/** Reads words aloud in a language; a second request replaces the first. */
export function speak(words: string, language: string): void {
  if (!canSpeak()) return;
  speechSynthesis.cancel();
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = VOICES[language] ?? language;
  speechSynthesis.speak(utterance);
}
