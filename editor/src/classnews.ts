/** What has become of the task's classes since the image was opened. */

import type { LabelDocument } from "./document";
import type { Editor } from "./editor";
import type { Api, LabelClass, LabelData } from "./save/api";

interface ClassNow {
  id: number;
  name: string;
  color: string;
  is_archived: boolean;
}

/** Take over the classes of the task as they are now. */
export async function learnClasses(editor: Editor, api: Api): Promise<void> {
  const { document, task } = editor;
  if (!document?.editable || !task) return;
  const now = await api.classes(task.id);
  if (now.status !== 200 || editor.task !== task) return;
  if (sameClasses(task.classes, now.body.items as ClassNow[])) return;
  const whole = await api.label(document.data.id, AbortSignal.timeout(20_000));
  if (whole.status === 200) take(editor, document, (whole.body as unknown as LabelData).task.classes);
}

function take(editor: Editor, document: LabelDocument, classes: LabelClass[]): void {
  if (editor.document !== document) return;
  const inHand = editor.labelClass(editor.activeClass);
  editor.task = { ...editor.task!, classes };
  const open = classes.filter(({ archived }) => !archived);
  if (inHand && !open.some(({ id }) => id === inHand.id)) {
    editor.activeClass = open[0]?.id ?? null;
    const instead = open.length ? `you draw ${open[0].name} now.` : "there is no other.";
    editor.say(`The class ${inHand.name} is archived; ${instead}`, "warning");
  }
  editor.onPanels();
  editor.onDraw();
}

function sameClasses(known: LabelClass[], now: ClassNow[]): boolean {
  const about = (id: number, name: string, color: string, archived: boolean) => `${id} ${archived} ${color} ${name}`;
  const before = known.map(({ id, name, color, archived }) => about(id, name, color, archived)).sort();
  const after = now.map(({ id, name, color, is_archived }) => about(id, name, color, is_archived)).sort();
  return before.join("\n") === after.join("\n");
}
