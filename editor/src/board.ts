/** What the editor is to the parts that it is made of: they know no more of it, and it may know all of them. */

import type { LabelDocument } from "./document";
import type { Ground } from "./edits";
import type { Attempt, Gesture } from "./gesture";
import type { Marks } from "./marks";
import type { TaskData } from "./save/api";
import type { ChosenVertex } from "./shapes/handles";
import type { Shape } from "./shapes/types";
import type { Tool } from "./tools/tool";
import type { View } from "./view";

export interface Board {
  readonly document: LabelDocument | null;
  readonly task: TaskData | null;
  readonly editable: boolean;
  readonly ground: Ground;
  readonly marks: Marks | null;
  readonly view: View;
  readonly stage: { width: number; height: number };
  readonly tool: Tool | null;
  readonly dragged: ReadonlyMap<string, Shape>;
  readonly changes: { carryOut(gesture: Gesture): void; inTurn(act: () => unknown): void };
  readonly selected: readonly Shape[];
  selection: Set<string>;
  vertices: ChosenVertex[];
  refused: Attempt | null;
  select(ids: Iterable<string>): void;
  setTool(name: string): void;
  goTo(shape: Shape): void;
  say(words: string, tone?: "info" | "warning"): void;
  refuse(words: string): false;
  onDraw(): void;
  onPanels(): void;
}
