/** What may be said of the image and of shapes beside their class. Pure; see labeling/values.py. */

import type { Shape } from "./shapes/types";

export type Value = string | readonly string[] | boolean | number;

export interface Attribute {
  id: number;
  name: string;
  /** What a shape's answers are kept under. */
  key: string;
  of_image: boolean;
  /** Only shapes of this class have it. */
  class: number | null;
  kind: "choice" | "choices" | "checkbox" | "text" | "number";
  options: string[];
  default: Value | null;
  required: boolean;
  archived: boolean;
}

/** What is said of the image: undone, saved and kept as a shape is, by an id of its own. */
export interface ImageValue {
  readonly id: string;
  readonly kind: "value";
  readonly value: Value;
}

export type Attrs = Shape["attrs"];

const PREFIX = "image-";

export const valueId = (attribute: number): string => `${PREFIX}${attribute}`;
export const isValueId = (id: string): boolean => id.startsWith(PREFIX);
export const attributeOf = (id: string): number => Number(id.slice(PREFIX.length));

export const isChoice = ({ kind }: Attribute): boolean => kind === "choice" || kind === "choices";

/** What is asked of the image now. */
export const askedOfImage = (all: readonly Attribute[]): Attribute[] =>
  all.filter(({ of_image, archived }) => of_image && !archived);

/** What is asked of shapes of a class now; what the class says itself counts. */
export function askedOfClass(all: readonly Attribute[], label: number): Attribute[] {
  const asked = all.filter((one) => !one.of_image && (one.class === null || one.class === label));
  const own = new Set(asked.filter((one) => one.class === label).map(({ key }) => key));
  return asked.filter((one) => !one.archived && (one.class === label || !own.has(one.key)));
}

/** What is asked of all the shapes. */
export function askedOfAll(all: readonly Attribute[], shapes: readonly Shape[]): Attribute[] {
  const labels = [...new Set(shapes.map((shape) => shape.class))];
  const [first = [], ...others] = labels.map((label) => askedOfClass(all, label));
  return first.filter(({ id }) => others.every((asked) => asked.some((one) => one.id === id)));
}

/** Could it be answered so now? */
export function isFitting({ kind, options }: Attribute, value: unknown): boolean {
  if (kind === "choice") return options.includes(value as string);
  if (kind === "choices") return Array.isArray(value) && value.every((one) => options.includes(one as string));
  if (kind === "checkbox") return typeof value === "boolean";
  return typeof value === (kind === "number" ? "number" : "string");
}

/** The attributes that a shape of the class has when it is new, and with them some that it brings. */
export function startingWith(all: readonly Attribute[], label: number, brought: Attrs = {}): Attrs {
  const known = all.some(({ of_image }) => !of_image);
  if (!known) return brought;
  const attrs: Record<string, unknown> = {};
  for (const attribute of askedOfClass(all, label)) {
    const value = attribute.key in brought ? brought[attribute.key] : attribute.default;
    if (value !== null && isFitting(attribute, value)) attrs[attribute.key] = value;
  }
  return attrs;
}

/** Those of them that a shape can be given that is new to the server. */
export function admitted(all: readonly Attribute[], shape: Shape): Shape {
  if (!Object.keys(shape.attrs).length || !all.some(({ of_image }) => !of_image)) return shape;
  const asked = new Map(askedOfClass(all, shape.class).map((one) => [one.key, one]));
  const fits = ([key, value]: [string, unknown]) => asked.has(key) && isFitting(asked.get(key)!, value);
  const entries = Object.entries(shape.attrs);
  return entries.every(fits) ? shape : { ...shape, attrs: Object.fromEntries(entries.filter(fits)) };
}

/** The attributes with another answer; null takes it away. */
export function withAnswer(attrs: Attrs, { key }: Attribute, value: Value | null): Attrs {
  const { [key]: _, ...others } = attrs;
  return value === null ? others : { ...others, [key]: value };
}

/** The answer after an option was chosen: it is taken, or given up when it was taken before. */
export function afterChoosing({ kind, options }: Attribute, before: unknown, option: string): Value | null {
  if (kind === "choice") return before === option ? null : option;
  const chosen = new Set(Array.isArray(before) ? (before as string[]) : []);
  if (!chosen.delete(option)) chosen.add(option);
  const all = [...options, ...[...chosen].filter((one) => !options.includes(one))];
  const value = all.filter((one) => chosen.has(one));
  return value.length ? value : null;
}

export function inWords(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a row about a shape says of it: "flat, 2, occluded"; of what the task does not ask also its key: "source: 5". */
export function shortWords(all: readonly Attribute[], { attrs, class: label }: Shape): string {
  const names = new Map(all.filter((one) => !one.of_image && [null, label].includes(one.class)).map((one) => [one.key, one.name]));
  const keys = [...new Set([...names.keys(), ...Object.keys(attrs)])].filter((key) => key in attrs);
  const wordsOf = (key: string) => {
    if (typeof attrs[key] === "boolean") return names.get(key) ?? key;
    return names.has(key) ? inWords(attrs[key]) : `${key}: ${inWords(attrs[key])}`;
  };
  return keys.flatMap((key) => (attrs[key] === false ? [] : wordsOf(key))).join(", ");
}
