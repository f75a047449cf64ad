/** What is asked of the image and of the selected shapes, as fields in the panel. */

import {
  answerImage,
  answerShapes,
  chooseForImage,
  chooseForShapes,
  imageAnswer,
  imageQuestions,
  shapeAnswers,
  shapeQuestions,
} from "../answers";
import { inWords, isChoice, type Attribute, type Value } from "../attributes";
import type { Editor } from "../editor";
import { keyText } from "../keymap";
import { h } from "./dom";

/** More options than these are found in a list rather than among buttons. */
const MOST_BUTTONS = 12;
const LONGEST_TEXT = 1000;

/** Where answers come from, and where they go. */
interface Subject {
  title(): string;
  /** Of which label and shapes: what is half typed is about these, and no others. */
  of(): unknown;
  questions(): Attribute[];
  /** Each different answer once; several shapes may have several. */
  answers(attribute: Attribute): unknown[];
  answer(attribute: Attribute, value: Value | null): void;
  choose(attribute: Attribute, option: string): void;
  /** The command that chooses an option, which may have a key. */
  commandOf?(attribute: Attribute, option: string): string;
}

class Fields {
  readonly element: HTMLElement;
  private readonly heading = h("h2");
  private readonly fields = h("div", { class: "fields" });
  /** The field of each question, and what it shows. */
  private readonly known = new Map<number, { shown: string; element: HTMLElement }>();

  constructor(
    private readonly editor: Editor,
    private readonly subject: Subject,
    private readonly keyOf: (commandId: string) => string | undefined,
    private readonly leave: () => void,
    name: string,
    part: string,
  ) {
    this.element = h("section", { class: `answers ${part}`, "aria-label": name, hidden: true }, this.heading, this.fields);
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  start(): void {
    // What was selected just now is in the panel only from the next frame on.
    this.update();
    const find = (selector: string) => this.fields.querySelector<HTMLElement>(selector);
    (find('[aria-pressed="true"]') ?? find("button, input, select"))?.focus();
  }

  update(): void {
    const { subject } = this;
    const questions = subject.questions();
    this.element.hidden = !questions.length;
    if (!questions.length) return;
    this.heading.textContent = subject.title();
    const fields = questions.map((one) => this.fieldOf(one));
    const { activeElement } = document;
    const place = this.fields.contains(activeElement) ? (activeElement as HTMLElement).dataset.place : undefined;
    // Only what has changed: the pointer may be about to click another one, and text may stand half typed in it.
    const there = [...this.fields.children];
    if (there.length !== fields.length) this.fields.replaceChildren(...fields);
    else there.forEach((old, i) => old !== fields[i] && old.replaceWith(fields[i]));
    if (place && !this.fields.contains(document.activeElement)) {
      this.fields.querySelector<HTMLElement>(`[data-place="${CSS.escape(place)}"]`)?.focus();
    }
  }

  private fieldOf(attribute: Attribute): HTMLElement {
    const { editor, subject } = this;
    const keys = attribute.options.map((option) => this.keyFor(attribute, option));
    const answers = subject.answers(attribute);
    const isMissing = editor.missing.has(attribute.id);
    const shown = JSON.stringify([subject.of(), attribute, keys, answers, isMissing, editor.editable]);
    const known = this.known.get(attribute.id);
    if (known?.shown === shown) return known.element;
    const element = this.field(attribute, answers, isMissing);
    this.known.set(attribute.id, { shown, element });
    return element;
  }

  private keyFor(attribute: Attribute, option: string): string | undefined {
    const command = this.subject.commandOf?.(attribute, option);
    return command && this.keyOf(command);
  }

  private field(attribute: Attribute, answers: unknown[], isMissing: boolean): HTMLElement {
    const title = h("span", { class: "question", id: `question-${attribute.id}` }, attribute.name);
    if (attribute.required) title.append(h("span", { class: "required", title: "required" }, " *", h("span", { class: "unseen" }, "required")));
    const isOpen = isMissing && answers.some((one) => one === null);
    return h(
      "div",
      { class: isOpen ? "field missing" : "field", "data-attribute": attribute.id },
      title,
      this.control(attribute, answers),
      answers.length > 1 && h("span", { class: "quiet" }, "different answers"),
      isOpen && h("span", { class: "missing-words" }, "Answer this before you complete the image."),
    );
  }

  private control(attribute: Attribute, answers: unknown[]): HTMLElement {
    if (attribute.kind === "checkbox") return this.checkbox(attribute, answers);
    if (!isChoice(attribute)) return this.input(attribute, answers);
    if (attribute.kind === "choice" && attribute.options.length > MOST_BUTTONS) return this.select(attribute, answers);
    return this.buttons(attribute, answers);
  }

  private buttons(attribute: Attribute, answers: unknown[]): HTMLElement {
    const has = (answer: unknown, option: string) => (Array.isArray(answer) ? answer.includes(option) : answer === option);
    // What was chosen and is no option any more is shown as long as it is there.
    const gone = answers.flat().filter((one): one is string => typeof one === "string" && !attribute.options.includes(one));
    const buttons = [...attribute.options, ...new Set(gone)].map((option) => {
      const key = this.keyFor(attribute, option);
      const taken = answers.filter((one) => has(one, option)).length;
      const pressed = taken === answers.length ? "true" : taken ? "mixed" : "false";
      const button = h(
        "button",
        { type: "button", class: "option", "data-place": `${attribute.id} ${option}`, "aria-pressed": pressed, disabled: !this.editor.editable },
        h("span", {}, gone.includes(option) ? `${option} (archived)` : option),
        key !== undefined && h("kbd", {}, keyText(key)),
      );
      button.addEventListener("click", () => {
        this.subject.choose(attribute, option);
        this.update();
      });
      return button;
    });
    return h("div", { class: "options", role: "group", "aria-labelledby": `question-${attribute.id}` }, ...buttons);
  }

  private select(attribute: Attribute, answers: unknown[]): HTMLElement {
    const [only = null] = answers.length === 1 ? answers : [];
    const names = [...new Set(["", ...attribute.options, ...(typeof only === "string" ? [only] : [])])];
    const select = h(
      "select",
      { ...this.about(attribute), disabled: !this.editor.editable },
      ...names.map((name) => h("option", { value: name, selected: name === (only ?? "") }, name || "–")),
    );
    select.addEventListener("change", () => this.answer(attribute, select.value || null));
    return select;
  }

  private checkbox(attribute: Attribute, answers: unknown[]): HTMLElement {
    const box = h("input", { type: "checkbox", ...this.about(attribute), disabled: !this.editor.editable });
    box.checked = answers.length === 1 && answers[0] === true;
    box.indeterminate = answers.length > 1;
    box.addEventListener("change", () => this.answer(attribute, box.checked));
    return box;
  }

  private input(attribute: Attribute, answers: unknown[]): HTMLElement {
    const only = answers.length === 1 ? answers[0] : null;
    const input = h("input", {
      type: "text",
      ...this.about(attribute),
      inputmode: attribute.kind === "number" ? "decimal" : "text",
      maxlength: LONGEST_TEXT,
      value: only === null ? "" : inWords(only),
      readonly: !this.editor.editable,
      autocomplete: "off",
    });
    input.addEventListener("change", () => this.take(attribute, input));
    return input;
  }

  private take(attribute: Attribute, input: HTMLInputElement): void {
    const text = input.value.trim();
    const number = Number(text.replace(",", "."));
    if (attribute.kind === "number" && !Number.isFinite(number)) {
      this.editor.say(`${attribute.name} is a number, such as 2 or 0.5.`, "warning");
      input.setAttribute("aria-invalid", "true");
      return;
    }
    input.removeAttribute("aria-invalid");
    this.answer(attribute, text === "" ? null : attribute.kind === "number" ? number : input.value);
  }

  /** Shown at once: whoever goes on to the next field at once shall find it there to stay. */
  private answer(attribute: Attribute, value: Value | null): void {
    this.subject.answer(attribute, value);
    // What was refused is not shown as if it had been taken.
    this.known.delete(attribute.id);
    this.update();
  }

  private about({ id, name }: Attribute): Record<string, string> {
    return { "data-place": String(id), "aria-label": name };
  }

  /** Enter in a field and Esc give the keys back to the image; up and down go from field to field. */
  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const isText = target instanceof HTMLInputElement && target.type === "text";
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || (event.key === "Enter" && isText)) {
      event.preventDefault();
      event.stopPropagation();
      target.blur();
      return this.leave();
    }
    if (!by || event.ctrlKey || event.shiftKey || target instanceof HTMLSelectElement) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...this.fields.querySelectorAll<HTMLElement>("button:not(:disabled), input, select")];
    all[all.indexOf(target) + by]?.focus();
  }
}

/** The two parts: about the image, and about what is selected. */
export class Answers {
  readonly image: Fields;
  readonly shapes: Fields;

  constructor(editor: Editor, keyOf: (commandId: string) => string | undefined, leave: () => void) {
    const tags = () =>
      imageQuestions(editor).flatMap((one) => (isChoice(one) ? one.options.map((option) => `${one.id} ${option}`) : []));
    const ofImage: Subject = {
      title: () => "This image",
      of: () => editor.document?.data.id,
      questions: () => imageQuestions(editor),
      answers: (one) => [imageAnswer(editor, one)],
      answer: (one, value) => answerImage(editor, one, value),
      choose: (one, option) => chooseForImage(editor, one, option),
      commandOf: ({ id }, option) => `tag-${tags().indexOf(`${id} ${option}`) + 1}`,
    };
    const ofShapes: Subject = {
      title: () => (editor.selection.size > 1 ? `The ${editor.selection.size} selected shapes` : "The selected shape"),
      of: () => [...editor.selection],
      questions: () => shapeQuestions(editor),
      answers: (one) => shapeAnswers(editor, one),
      answer: (one, value) => answerShapes(editor, one, value),
      choose: (one, option) => chooseForShapes(editor, one, option),
    };
    this.image = new Fields(editor, ofImage, keyOf, leave, "Tags and attributes of the image", "of-image");
    this.shapes = new Fields(editor, ofShapes, keyOf, leave, "Attributes of the selected shapes", "of-shapes");
  }

  update(): void {
    this.image.update();
    this.shapes.update();
  }
}
