/** For reviewers: what other labelers drew on the same image. Labelers stay blind to each other. */

import type { Editor } from "./editor";
import { otherColor } from "./paint/others";
import { NoAnswer, type Api, type LabelData } from "./save/api";

/** Shown now, or (pressed again, or with another label) not any more. */
export async function toggleOthers(editor: Editor, api: Api): Promise<void> {
  const { document } = editor;
  if (!document) return;
  if (editor.others.length) {
    editor.others = [];
    editor.onDraw();
    return editor.say("The shapes of others are not shown any more.");
  }
  try {
    const found = await load(api, document.data);
    if (editor.document !== document) return;
    editor.others = found.map(({ labeler, shapes }, i) => ({ by: labeler, color: otherColor(i), shapes }));
    const words = editor.others.map(({ by, shapes }) => `${by}: ${shapes.length === 1 ? "1 shape" : `${shapes.length} shapes`}`);
    editor.say(words.length ? words.join(" · ") : "Nobody else has labeled this image.");
    editor.onDraw();
  } catch (problem) {
    if (!(problem instanceof NoAnswer)) throw problem;
    editor.say("The server does not answer. Try again in a moment.", "warning");
  }
}

async function load(api: Api, { id, task, image }: LabelData): Promise<LabelData[]> {
  const { status, body } = await api.labelsOn(task.id, image.id);
  if (status !== 200) throw new NoAnswer("");
  const ids = (body.items as { id: number }[]).map((one) => one.id).filter((one) => one !== id);
  const replies = await Promise.all(ids.map((one) => api.label(one, AbortSignal.timeout(20_000))));
  return replies.filter((reply) => reply.status === 200).map((reply) => reply.body as unknown as LabelData);
}
