/** Says things of the image and of the selected shapes: each a change that can be undone. */

import {
  afterChoosing,
  askedOfAll,
  askedOfImage,
  isChoice,
  valueId,
  withAnswer,
  type Attribute,
  type Value,
} from "./attributes";
import type { Command, MakeCommand } from "./command";
import type { Editor } from "./editor";
import type { Missing } from "./save/api";
import type { Shape } from "./shapes/types";

/** The first nine tags have keys. */
const MOST_KEYS = 9;

const all = (editor: Editor): readonly Attribute[] => editor.task?.attributes ?? [];

export const imageQuestions = (editor: Editor): Attribute[] => askedOfImage(all(editor));
export const shapeQuestions = (editor: Editor): Attribute[] => askedOfAll(all(editor), editor.selected);

/** What is said of the image; in the past, what was. */
export function imageAnswer(editor: Editor, { id }: Attribute): Value | null {
  const values = editor.past?.values ?? editor.document?.store.values;
  return values?.get(valueId(id))?.value ?? null;
}

/** The answers of the selected shapes, each once. */
export function shapeAnswers(editor: Editor, { key }: Attribute): unknown[] {
  const found = new Map(editor.selected.map(({ attrs }) => [JSON.stringify(attrs[key] ?? null), attrs[key] ?? null]));
  return [...found.values()];
}

export function answerImage(editor: Editor, attribute: Attribute, value: Value | null): void {
  const id = valueId(attribute.id);
  editor.changes.inTurn(() =>
    editor.changes.commit(attribute.name, [{ id, after: value === null ? null : { id, kind: "value", value } }]),
  );
}

export function answerShapes(editor: Editor, attribute: Attribute, value: Value | null): void {
  answerEach(editor, attribute, () => value);
}

/** The selected shapes get answers that depend on those they had. */
function answerEach(editor: Editor, attribute: Attribute, answer: (before: unknown) => Value | null): void {
  editor.changes.inTurn(() => {
    const states = editor.selected.map((shape) => {
      const attrs = withAnswer(shape.attrs, attribute, answer(shape.attrs[attribute.key]));
      return { id: shape.id, after: { ...shape, attrs } as Shape };
    });
    editor.changes.commit(attribute.name, states);
  });
}

export function chooseForImage(editor: Editor, attribute: Attribute, option: string): void {
  answerImage(editor, attribute, afterChoosing(attribute, imageAnswer(editor, attribute), option));
}

/** Of several shapes with different answers, all get the option. */
export function chooseForShapes(editor: Editor, attribute: Attribute, option: string): void {
  const answers = shapeAnswers(editor, attribute);
  if (answers.length === 1) return answerShapes(editor, attribute, afterChoosing(attribute, answers[0], option));
  if (attribute.kind === "choice") return answerShapes(editor, attribute, option);
  const has = (one: unknown) => Array.isArray(one) && one.includes(option);
  const isOn = answers.every(has);
  answerEach(editor, attribute, (before) =>
    has(before) === isOn ? afterChoosing(attribute, before, option) : ((before as Value | undefined) ?? null),
  );
}

/** What has a default and was not answered is that: said before the image is submitted. */
export function sayDefaults(editor: Editor): void {
  const open = imageQuestions(editor).filter((one) => one.default !== null && imageAnswer(editor, one) === null);
  const states = open.map((one) => {
    const id = valueId(one.id);
    return { id, after: { id, kind: "value" as const, value: one.default! } };
  });
  if (states.length) editor.changes.inTurn(() => editor.changes.commit("defaults", states));
}

/** Mark what the server misses, and bring the first of it before the eyes. */
export function showMissing(editor: Editor, missing: readonly Missing[]): void {
  editor.missing = new Set(missing.map(({ attribute }) => attribute));
  const shapes = missing.find((one) => one.shapes.length)?.shapes ?? [];
  const isOfImage = missing.some((one) => !one.shapes.length);
  const first = editor.document?.store.shapes.get(shapes[0]);
  if (!isOfImage && first) {
    editor.setTool("select");
    editor.select([first.id]);
    editor.goTo(first);
  }
  editor.onPanels();
}

export function answerCommands(editor: Editor, make: MakeCommand, focus: (part: "image" | "shapes") => void): Command[] {
  const canEdit = () => editor.editable;
  const ofImage = () => imageQuestions(editor).length > 0;
  const ofShapes = () => canEdit() && shapeQuestions(editor).length > 0;
  const [tagKeys, questions] = [keysOfTags(editor), all(editor)];
  const tags = imageQuestions(editor).flatMap((one) =>
    isChoice(one) ? one.options.map((option) => [one, option] as const) : [],
  );
  const choices = questions
    .filter((one) => !one.of_image && !one.archived)
    .flatMap((one) => (isChoice(one) ? one.options : one.kind === "checkbox" ? ["yes or no"] : []).map((option) => [one, option] as const));
  return [
    ...tags.map(([one, option], i) =>
      make("Tags", `tag-${i + 1}`, `${one.name}: ${option}`, tagKeys[i] ?? [], () => chooseForImage(editor, one, option), canEdit),
    ),
    make("Tags", "answer-image", "Say something of the image", ["Shift+A"], () => focus("image"), ofImage),
    ...choices.map(([one, option], i) => {
      const isPossible = () => ofShapes() && shapeQuestions(editor).some(({ id }) => id === one.id);
      const run = () => (one.kind === "checkbox" ? toggle(editor, one) : chooseForShapes(editor, one, option));
      return make("Tags", `attribute-${i + 1}`, `${one.name}: ${option}`, [], run, isPossible);
    }),
    make("Tags", "answer-shapes", "Say something of the selected shapes", ["A"], () => focus("shapes"), ofShapes),
  ];
}

/** Where nothing is drawn, the keys of the classes are free for the tags. */
function keysOfTags(editor: Editor): string[][] {
  const hasClasses = editor.task?.classes.some(({ archived }) => !archived) && editor.task.tools?.length !== 0;
  return Array.from({ length: MOST_KEYS }, (_, i) => [hasClasses ? `Shift+${i + 1}` : String(i + 1)]);
}

/** Ticked, unless all selected shapes have it. */
export function toggle(editor: Editor, attribute: Attribute): void {
  answerShapes(editor, attribute, shapeAnswers(editor, attribute).some((one) => one !== true));
}
