/** How the picture and the shapes look: sliders and boxes beside the tools. */

import { isAsItIs } from "../paint/adjusting";
import { USUAL_LOOK, USUAL_PICTURE, type Chosen, type Settings } from "../settings";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "../theme";
import { h } from "./dom";
import { WindowSliders } from "./windowsliders";

type Part = "picture" | "look";
type NameOf<P extends Part, Type> = { [K in keyof Chosen[P]]: Chosen[P][K] extends Type ? K : never }[keyof Chosen[P]];

interface Slider {
  part: Part;
  name: string;
  words: string;
  least: number;
  most: number;
  step: number;
  /** How the value stands on the slider, and what is written beside it. */
  toSlider(value: number): number;
  toValue(slider: number): number;
  text(value: number): string;
}

const same = (value: number) => value;
const signed = (value: number) => (value > 0 ? `+${value}` : String(value).replace("-", "−"));
const hundredth = (value: number) => Math.round(value * 100) / 100;

const around = (name: NameOf<"picture", number>, words: string): Slider => ({
  part: "picture", name, words, least: -100, most: 100, step: 1, toSlider: same, toValue: same, text: signed,
});

const SLIDERS: Slider[] = [
  around("brightness", "Brightness"),
  around("contrast", "Contrast"),
  {
    part: "picture", name: "gamma", words: "Gamma", least: -20, most: 20, step: 1,
    toSlider: (value) => Math.round(Math.log2(value) * 10),
    toValue: (slider) => hundredth(2 ** (slider / 10)),
    text: (value) => value.toFixed(2),
  },
  around("saturation", "Saturation"),
  {
    part: "look", name: "fill", words: "Filling", least: 0, most: 100, step: 5,
    toSlider: (value) => Math.round(value * 100),
    toValue: (slider) => slider / 100,
    text: (value) => `${Math.round(value * 100)} %`,
  },
  {
    part: "look", name: "stroke", words: "Outline", least: 0.5, most: 6, step: 0.25,
    toSlider: same, toValue: same, text: (value) => `${value} px`,
  },
];

const CHOICES: [Part, string, string, [value: string, words: string][]][] = [
  ["picture", "channel", "Channel", [["all", "All"], ["red", "Red"], ["green", "Green"], ["blue", "Blue"]]],
  ["look", "color_by", "Colours", [["class", "By class"], ["object", "Each its own"]]],
];

const BOXES: [Part, string, string][] = [
  ["picture", "invert", "Invert"],
  ["picture", "equalise", "Equalise"],
  ["look", "labels", "Names on shapes"],
  ["look", "answers", "Answers on shapes"],
  ["look", "patterns", "Patterns besides colours"],
  ["look", "grid", "Grid"],
  ["look", "crosshair", "Crosshair"],
  ["look", "minimap", "Minimap"],
];

export class LookPanel {
  readonly element = h("section", { class: "look", "aria-label": "Picture and shapes", hidden: true });
  /** Says on the image that one does not see it as it is. */
  readonly notice = h("button", { type: "button", class: "look-notice", hidden: true }, "Picture adjusted. Show it as it is");
  readonly window: WindowSliders;
  private readonly updates: (() => void)[] = [];
  private readonly resets: Record<Part, HTMLButtonElement>;
  private before: HTMLElement | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly onToggle: () => void,
  ) {
    this.window = new WindowSliders(settings);
    this.resets = {
      picture: this.reset("As it is", () => this.settings.replace("picture", USUAL_PICTURE)),
      look: this.reset("As usual", () => this.settings.replace("look", USUAL_LOOK)),
    };
    this.notice.addEventListener("click", () => this.settings.replace("picture", USUAL_PICTURE));
    const close = h("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => this.toggle(false));
    const shapes = this.group("look", "Shapes");
    shapes.append(this.theme());
    this.element.append(this.group("picture", "Picture"), shapes, close);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.toggle(false);
    });
    this.update();
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  toggle(open = this.element.hidden): void {
    if (open) this.before = document.activeElement as HTMLElement | null;
    this.element.hidden = !open;
    const first = [...this.element.querySelectorAll("input")].find((input) => !input.closest("[hidden]"));
    if (open) first!.focus();
    else this.before?.focus();
    this.onToggle();
  }

  update(): void {
    for (const update of this.updates) update();
    this.window.update();
    const isSame = isAsItIs(this.settings.picture) && !this.window.isChosen;
    this.notice.hidden = this.resets.picture.disabled = isSame;
    this.resets.look.disabled = JSON.stringify(this.settings.look) === JSON.stringify(USUAL_LOOK);
  }

  private group(part: Part, title: string): HTMLElement {
    return h(
      "div",
      { role: "group", "aria-label": title },
      h("div", { class: "head" }, h("h2", {}, title), this.resets[part]),
      part === "picture" && this.window.element,
      ...SLIDERS.filter((slider) => slider.part === part).map((slider) => this.slider(slider)),
      ...CHOICES.filter(([of]) => of === part).map(([, name, words, values]) => this.choice(part, name, words, values)),
      ...BOXES.filter(([of]) => of === part).map(([, name, words]) => this.box(part, name, words)),
    );
  }

  private reset(words: string, act: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", class: "reset" }, words);
    button.addEventListener("click", act);
    return button;
  }

  private value(part: Part, name: string): unknown {
    return this.settings[part][name as never];
  }

  private set(part: Part, name: string, value: unknown): void {
    this.settings.change(part, { [name]: value });
  }

  private slider({ part, name, words, least, most, step, toSlider, toValue, text }: Slider): HTMLElement {
    const input = h("input", { type: "range", min: least, max: most, step, "data-look": name });
    const output = h("output", {});
    input.addEventListener("input", () => this.set(part, name, toValue(Number(input.value))));
    this.updates.push(() => {
      const value = this.value(part, name) as number;
      input.value = String(toSlider(value));
      output.textContent = text(value);
      input.setAttribute("aria-valuetext", text(value));
    });
    return h("label", { class: "slider" }, h("span", {}, words), input, output);
  }

  private choice(part: Part, name: string, words: string, values: [string, string][]): HTMLElement {
    const select = h(
      "select",
      { "data-look": name },
      ...values.map(([value, label]) => h("option", { value }, label)),
    );
    select.addEventListener("change", () => this.set(part, name, select.value));
    this.updates.push(() => (select.value = String(this.value(part, name))));
    return h("label", { class: "choice" }, h("span", {}, words), select);
  }

  /** Of this browser, not of the account: it depends on the light where one sits. */
  private theme(): HTMLElement {
    const select = h("select", { "data-look": "theme" }, ...THEMES.map(([value, words]) => h("option", { value }, words)));
    select.addEventListener("change", () => chooseTheme(select.value as Theme));
    const show = () => (select.value = chosenTheme());
    for (const name of ["storage", "s3label-theme"]) window.addEventListener(name, show);
    show();
    return h("label", { class: "choice" }, h("span", {}, "Page"), select);
  }

  private box(part: Part, name: string, words: string): HTMLElement {
    const input = h("input", { type: "checkbox", "data-look": name });
    input.addEventListener("change", () => this.set(part, name, input.checked));
    this.updates.push(() => (input.checked = this.value(part, name) === true));
    return h("label", { class: "box" }, input, h("span", {}, words));
  }
}
