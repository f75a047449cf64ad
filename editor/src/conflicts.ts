/**
 * Two versions of one shape. The server's stands and mine is kept beside it at once, so nothing
 * depends on the choice being made; a person then chooses one, the other, or both.
 */

import type { LabelDocument } from "./document";
import type { Conflict } from "./save/outbox";
import { attributeOf, inWords, isValueId, type Attribute } from "./attributes";
import { sameState, type State } from "./shapes/store";
import { newId } from "./shapes/ids";
import type { Shape } from "./shapes/types";

export interface Clash {
  document: LabelDocument;
  /** The shape that both changed. */
  id: string;
  /** Null: deleted here. */
  mine: Shape | null;
  /** Null: deleted elsewhere. */
  theirs: Shape | null;
  /** As what mine is kept meanwhile. */
  copy: string | null;
}

export type Choice = "theirs" | "mine" | "both";

/** Keep both versions of each shape; returns those between which one has to choose. */
export function keepBoth(document: LabelDocument, conflicts: Conflict[]): Clash[] {
  document.takeTheirs(conflicts.map(({ id, theirs }) => ({ id, after: theirs })));
  const clashes = conflicts
    .filter(({ id, mine, theirs }) => !isValueId(id) && !sameState(mine, theirs))
    .map(({ id, mine, theirs }): Clash => {
      return { document, id, mine: mine as Shape | null, theirs: theirs as Shape | null, copy: mine && newId() };
    });
  const copies = clashes.flatMap(({ mine, copy }) => {
    if (!mine || !copy) return [];
    return [{ id: copy, after: { ...mine, id: copy, z: document.store.nextZ } as Shape }];
  });
  document.store.edit("keep my version", copies);
  return clashes;
}

/** An image has one answer: theirs stands, mine is in the history. */
export function answerClash(attributes: readonly Attribute[], { id, mine, theirs }: Conflict): string {
  const name = attributes.find((one) => one.id === attributeOf(id))?.name ?? "A tag";
  const said = (state: State | null) => (state?.kind === "value" ? `“${inWords(state.value)}”` : "nothing");
  return `Conflict: ${name} is ${said(theirs)} in another window. Your ${said(mine)} is kept in the history.`;
}

export const choicesOf = ({ mine, theirs }: Clash): Choice[] =>
  mine && theirs ? ["theirs", "mine", "both"] : ["theirs", "mine"];

export function choose({ document, id, mine, theirs, copy }: Clash, choice: Choice): void {
  const { store } = document;
  if (choice === "both") return;
  if (choice === "theirs") {
    if (copy) store.edit("keep the other version", [{ id: copy, after: null }]);
  } else if (theirs) {
    // The shape stays the same one, with its history; only where it is gone the copy takes its place.
    const after = mine && ({ ...mine, id } as Shape);
    store.edit("keep my version", [{ id, after }, ...(copy ? [{ id: copy, after: null }] : [])]);
  }
}
