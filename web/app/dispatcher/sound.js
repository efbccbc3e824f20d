/**
 * The alarm's sound: two soft tones each 2 s while an alarm is not acknowledged. A browser
 * lets it sound only after the person has allowed it with a press.
 * @module
 */
const EVERY_MS = 2000;

export class Sound {
  constructor() {
    /** @type {AudioContext|null} */
    this.context = null;
    this.timer = 0;
    /** How often it sounded. */
    this.count = 0;
  }

  /** To be called from a press. */
  async allow() {
    this.context ??= new AudioContext();
    await this.context.resume();
    this.tone(660, 0, 0.12);
  }

  /** @param {boolean} on */
  ring(on) {
    if (!on || !this.context) {
      clearInterval(this.timer);
      this.timer = 0;
    } else if (!this.timer) {
      this.twice();
      this.timer = window.setInterval(() => this.twice(), EVERY_MS);
    }
  }

  twice() {
    this.count += 1;
    this.tone(880, 0, 0.18);
    this.tone(660, 0.24, 0.26);
  }

  /** @param {number} hertz @param {number} delay seconds @param {number} length seconds */
  tone(hertz, delay, length) {
    const { context } = this;
    if (!context) return;
    const from = context.currentTime + delay;
    const tone = new OscillatorNode(context, { type: 'triangle', frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.25, from + 0.02);
    gain.gain.linearRampToValueAtTime(0, from + length);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + length + 0.05);
  }
}
