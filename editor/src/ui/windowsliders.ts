/** Level and width of the window on a picture with more than 8 bits. */

import type { Range } from "../paint/windowing";
import type { Settings, Window } from "../settings";
import { h } from "./dom";

export class WindowSliders {
  private readonly level = h("input", { type: "range", "data-look": "level" });
  private readonly width = h("input", { type: "range", "data-look": "width" });
  private readonly said = { level: h("output", {}), width: h("output", {}) };
  readonly element = h(
    "div",
    { class: "window", hidden: true },
    h("label", { class: "slider" }, h("span", {}, "Level"), this.level, this.said.level),
    h("label", { class: "slider" }, h("span", {}, "Window"), this.width, this.said.width),
  );
  /** Of the open picture; null when 8 bits are all it has. */
  range: Range | null = null;

  constructor(private readonly settings: Settings) {
    this.level.addEventListener("input", () => this.choose({ level: Number(this.level.value) }));
    this.width.addEventListener("input", () => this.choose({ width: Number(this.width.value) }));
  }

  /** Is something else shown than the whole range? */
  get isChosen(): boolean {
    return this.range !== null && this.settings.picture.window !== null;
  }

  update(): void {
    this.element.hidden = !this.range;
    if (!this.range) return;
    const { low, high } = this.range;
    set(this.level, low, high, this.now.level);
    set(this.width, 1, Math.max(1, high - low), this.now.width);
    this.say("level", this.level);
    this.say("width", this.width);
  }

  private get now(): Window {
    const { low, high } = this.range!;
    return this.settings.picture.window ?? { level: (low + high) / 2, width: Math.max(1, high - low) };
  }

  private choose(to: Partial<Window>): void {
    if (this.range) this.settings.change("picture", { window: { ...this.now, ...to } });
  }

  private say(name: "level" | "width", input: HTMLInputElement): void {
    const words = String(Math.round(this.now[name]));
    this.said[name].textContent = words;
    input.setAttribute("aria-valuetext", words);
  }
}

function set(input: HTMLInputElement, least: number, most: number, value: number): void {
  input.min = String(least);
  input.max = String(most);
  input.value = String(Math.round(value));
}
