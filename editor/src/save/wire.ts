/** What is saved, and how it travels: what is said of the image goes beside the shapes, and has an id here. */

import { attributeOf, isValueId, valueId, type ImageValue, type Value } from "../attributes";
import type { Shape } from "../shapes/types";

export interface SentChange {
  id: string;
  base: number | null;
  shape: Omit<Shape, "id"> | Omit<ImageValue, "id"> | null;
}

export interface Operation {
  op_id: string;
  changes: SentChange[];
}

export interface SentValue {
  attribute: number;
  base: number | null;
  value: Value | null;
}

/** As the server gives a value, or says that it is gone. */
export interface StoredValue {
  attribute: number;
  rev: number;
  value: Value;
  deleted?: boolean;
}

type Body = Record<string, unknown>;

export const valueOf = ({ attribute, value }: { attribute: number; value: Value }): ImageValue => ({
  id: valueId(attribute),
  kind: "value",
  value,
});

/** An operation as the server takes it; one about shapes alone is what it always was. */
export function sent({ op_id, changes }: Operation): Body {
  const values = changes.filter(({ id }) => isValueId(id));
  if (!values.length) return { op_id, changes };
  return {
    op_id,
    changes: changes.filter(({ id }) => !isValueId(id)),
    values: values.map(({ id, base, shape }): SentValue => {
      const value = shape?.kind === "value" ? shape.value : null;
      return { attribute: attributeOf(id), base, value };
    }),
  };
}

/** An answer in which values are among the shapes, and problems have the ids of what they are about. */
export function received(body: Body): Body {
  const { values, problems } = body as { values?: StoredValue[]; problems?: { attribute?: number }[] };
  const shapes = values && [
    ...((body.shapes ?? []) as unknown[]),
    ...values.map((one) => (one.deleted ? { id: valueId(one.attribute), rev: one.rev, deleted: true } : { ...valueOf(one), rev: one.rev })),
  ];
  const named = problems?.map((one) => (one.attribute === undefined ? one : { ...one, id: valueId(one.attribute) }));
  return { ...body, ...(shapes && { shapes }), ...(named && { problems: named }) };
}

/** What a save wanted that was kept. */
export function wanted({ changes, values }: { changes: SentChange[]; values?: SentValue[] }): SentChange[] {
  const ofImage = (values ?? []).map(({ attribute, base, value }): SentChange => {
    return { id: valueId(attribute), base, shape: value === null ? null : { kind: "value", value } };
  });
  return [...changes, ...ofImage];
}
