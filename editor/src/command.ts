/** What a command is, and what it may open and close. */

import type { Comments } from "./comments";
import type { TimeLine } from "./timeline";

export type Group = "Tools" | "Shapes" | "View" | "Classes" | "Tags" | "Images" | "Suggestions" | "Comments" | "History" | "Help";

export interface Command {
  id: string;
  name: string;
  group: Group;
  /** As written on the sheet, for example "Ctrl+Z"; the first one is shown on buttons. */
  keys: string[];
  /** What it has where nobody chose otherwise. */
  readonly usualKeys: readonly string[];
  /** The task has it; what another task has keeps its keys, but is shown nowhere. */
  isOffered: boolean;
  isEnabled(): boolean;
  /** The key means something else here, and is left to the browser. */
  isForBrowser?(event: KeyboardEvent): boolean;
  run(): void;
  /** It lasts only while its key is held. */
  release?(): void;
  /** Shift and Alt, by which a tool adds and takes away, may be held with its key. */
  isWhileDrawing?: boolean;
  /** What is said when its key is pressed while it is not possible. */
  whyNot?(): string | null;
}

/** What commands open and close. */
export interface Windows {
  toggleKeys(): void;
  toggleLook(): void;
  togglePalette(): void;
  openSimplify(): void;
  findClass(): void;
  findShape(): void;
  toggleOthers(): void;
  approve(): void;
  sendBack(): void;
  answer(part: "image" | "shapes"): void;
  inHistory(act: (timeline: TimeLine) => unknown): void;
  inComments(act: (comments: Comments) => void): void;
  readonly hasOpenComments: boolean;
}

/** Make a command that is possible while a label is open, or when it says. */
export type MakeCommand = (
  group: Group,
  id: string,
  name: string,
  keys: string[],
  run: () => void,
  isEnabled?: () => boolean,
) => Command;
