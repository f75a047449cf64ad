/** Makes other shapes of those that are there: divides, merges, takes apart, converts, simplifies. Pure. */

import { checkKind, LEAST_AREA, Refused } from "../edits";
import { joined, partsOf, resolved } from "../shapes/boolean";
import { converted, withFewerCorners } from "../shapes/convert";
import { areaOf, boxesMeet, boxOf, boxOfRings, moved, ringsOf, windingOf } from "../shapes/geometry";
import { newId } from "../shapes/ids";
import { splitBy } from "../shapes/parts";
import type { Ring, Shape } from "../shapes/types";
import type { Beside, Order, Outcome, World } from "./orders";

type Chosen = Pick<Order & { chosen: readonly string[] }, "chosen">;
type Of<Act extends Order["act"]> = Extract<Order, { act: Act }>;

const chosenOf = ({ chosen }: Chosen, { shapes }: World): Shape[] => chosen.flatMap((id) => shapes.get(id) ?? []);

const asPolygon = ({ id, class: label, z, attrs }: Shape, rings: Ring[]): Shape => ({
  ...{ id, class: label, z, attrs },
  kind: "polygon",
  geom: { rings },
});

/** The first piece stays the shape that it was. */
const asPieces = (shape: Shape, parts: Ring[][]): Shape[] =>
  parts.map((rings, i) => ({ ...asPolygon(shape, rings), id: i ? newId() : shape.id }));

const states = (shapes: Shape[]) => shapes.map((after) => ({ id: after.id, after }));
const ids = (shapes: Shape[]) => shapes.map(({ id }) => id);

export const move = ({ chosen, x, y }: Of<"move">, world: World): Shape[] =>
  chosenOf({ chosen }, world).map((shape) => moved(shape, x, y));

/** New shapes like these, so many pixels beside them, inside the image, from a place in the order on. */
export function copiesOf(shapes: readonly Shape[], { x, y, z }: Beside, { rules: { ground } }: World): Shape[] {
  return shapes.map((shape, i) => ({ ...broughtInside(moved(shape, x, y), ground), id: newId(), z: z + i }));
}

/** The shape where it is if it lies on the image, else as near to there as the border lets it. */
function broughtInside(shape: Shape, { width, height }: { width: number; height: number }): Shape {
  const { x0, y0, x1, y1 } = boxOf(shape);
  const step = (low: number, high: number, most: number) => Math.max(Math.min(0, most - high), -low);
  const dx = x0 < 0 || x1 > width ? step(x0, x1, width) : 0;
  const dy = y0 < 0 || y1 > height ? step(y0, y1, height) : 0;
  return dx || dy ? moved(shape, dx, dy) : shape;
}

/** The chosen areas, or else all that the line goes through. */
export function divide(order: Of<"divide">, world: World): Partial<Outcome> {
  const { locked, hidden } = world.rules;
  const box = boxOfRings([order.line]);
  const chosen = chosenOf(order, world);
  const free = world.inOrder().filter(({ id }) => !locked.has(id) && !hidden.has(id));
  const near = (chosen.length ? chosen : free).filter((shape) => ringsOf(shape).length && boxesMeet(boxOf(shape), box));
  const pieces = near.flatMap((shape) => {
    const parts = splitBy(ringsOf(shape), order.line).filter((piece) => areaOf(piece) >= LEAST_AREA);
    const made = parts.length > 1 ? asPieces(shape, parts) : [];
    for (const piece of made) checkKind(piece, world.rules.ground);
    return made;
  });
  if (!near.length) throw new Refused("There is no shape to divide here.");
  if (!pieces.length) throw new Refused("The line has to go through a shape, from outside to outside.");
  return { name: "divide", states: states(pieces), select: chosen.length ? ids(pieces) : null };
}

/** The one that was selected first stays, with its class and attributes; the others become part of it. */
export function merge(order: Chosen, world: World): Partial<Outcome> {
  const areas = chosenOf(order, world).filter((shape) => ringsOf(shape).length);
  const [first, ...others] = areas;
  if (!others.length) throw new Refused("Select at least two areas: points and lines cannot be merged.");
  const z = Math.max(...areas.map((shape) => shape.z));
  const whole = { ...asPolygon(first, joined(areas.map(ringsOf).flatMap(resolved))), z };
  checkKind(whole, world.rules.ground);
  const gone = others.map(({ id }) => ({ id, after: null }));
  return { name: "merge", states: [...states([whole]), ...gone], select: [first.id] };
}

/** Each separate part becomes a shape of its own; the largest stays what it was. */
export function separate(order: Chosen, world: World): Partial<Outcome> {
  const made = chosenOf(order, world).flatMap((shape) => {
    const parts = shape.kind === "polygon" ? partsOf(shape.geom.rings).filter((part) => areaOf(part) >= LEAST_AREA) : [];
    return parts.length > 1 ? asPieces(shape, parts.sort((a, b) => areaOf(b) - areaOf(a))) : [];
  });
  if (!made.length) throw new Refused("The selected shapes have one part each.");
  for (const shape of made) checkKind(shape, world.rules.ground);
  return { name: "separate", states: states(made), select: ids(made) };
}

export function fillHoles(order: Chosen, world: World): Shape[] {
  const made = chosenOf(order, world).flatMap((shape) => {
    if (shape.kind !== "polygon") return [];
    const whole = resolved(shape.geom.rings);
    const outlines = whole.filter((ring) => windingOf(ring) > 0);
    return outlines.length < whole.length ? [asPolygon(shape, outlines)] : [];
  });
  if (!made.length) throw new Refused("The selected shapes have no holes.");
  return made;
}

export function convert(order: Of<"convert">, world: World): { shapes: Shape[]; words: string | null } {
  const before = chosenOf(order, world);
  const shapes = before.flatMap((shape) => converted(shape, order.to) ?? []);
  if (!shapes.length) throw new Refused("The selected shapes cannot become that.");
  for (const shape of shapes) checkKind(shape, world.rules.ground);
  const left = before.length - shapes.length;
  return { shapes, words: left ? `${left} of ${before.length} shapes cannot become that, and stay as they are.` : null };
}

export const simplify = (order: Of<"simplify">, world: World): Shape[] =>
  chosenOf(order, world).map((shape) => withFewerCorners(shape, order.tolerance));
