/** The page of one label in the admin: its shapes, keys, and places to comment on. Without it one can still decide. */

import { LabelPainting } from "./labelpainting";
import { readPainting } from "./painting";

const byId = <Type extends Element = HTMLElement>(id: string) => document.getElementById(id) as unknown as Type;

const drawing = byId("drawing");
const scroller = drawing.parentElement!;
const picture = byId<SVGSVGElement>("picture");
const pins = byId<SVGSVGElement>("pins");
const mark = byId<HTMLButtonElement>("mark");
const form = document.querySelector<HTMLFormElement>("#new-comment");
const painting = new LabelPainting(byId("shapes"), picture, scroller, readPainting(byId("painting")));

function toggleFullSize(): void {
  drawing.classList.toggle("full-size");
  scroller.scrollTo((scroller.scrollWidth - scroller.clientWidth) / 2, (scroller.scrollHeight - scroller.clientHeight) / 2);
}

const click = (id: string) => document.getElementById(id)?.click();
const isMarking = () => drawing.classList.contains("marking");

/** Pins keep their size on the screen, however large the image is shown. */
function placePins(): void {
  const scale = pins.getScreenCTM()!.a;
  for (const pin of pins.querySelectorAll<SVGGElement>("g")) {
    pin.setAttribute("transform", `translate(${pin.dataset.x} ${pin.dataset.y}) scale(${1 / scale})`);
  }
}

function say(words: string): void {
  byId("mark-state").textContent = words;
}

function toggleMarking(isOn = !isMarking()): void {
  drawing.classList.toggle("marking", isOn);
  mark.setAttribute("aria-pressed", String(isOn));
  if (isOn) say("Click the place on the image; Esc to leave it.");
}

function field(name: string): HTMLInputElement {
  return form!.elements.namedItem(name) as HTMLInputElement;
}

function markPlace(event: MouseEvent): void {
  if (!isMarking()) return;
  event.preventDefault();
  const at = painting.at(event);
  const { width, height } = picture.viewBox.baseVal;
  const [x, y] = [Math.min(Math.max(at.x, 0), width), Math.min(Math.max(at.y, 0), height)];
  const shape = painting.shapeAt({ x, y });
  field("x").value = x.toFixed(2);
  field("y").value = y.toFixed(2);
  field("shape").value = shape?.id ?? "";
  pins.querySelector(".new")?.remove();
  const pin = pins.appendChild(document.createElementNS(pins.namespaceURI!, "g") as SVGGElement);
  pin.setAttribute("class", "pin new");
  Object.assign(pin.dataset, { x: field("x").value, y: field("y").value });
  const outline = pin.appendChild(document.createElementNS(pins.namespaceURI!, "path"));
  outline.setAttribute("d", "M0 0 -8 -10A12 12 0 1 1 8 -10Z");
  placePins();
  toggleMarking(false);
  say(`At ${Math.round(x)}, ${Math.round(y)}${shape ? ` on ${painting.wordsOf(shape)}` : ""}. Write the comment.`);
  field("words").focus();
}

/** From the list to the image, and back. */
function showPin(id: string): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-pin]")) one.classList.toggle("shown", one.dataset.pin === id);
  pins.querySelector(`[data-pin="${id}"]`)?.scrollIntoView({ block: "center", inline: "center" });
}

const pinOf = (event: Event) => (event.target as Element).closest<HTMLElement>("[data-pin]")?.dataset.pin;

if (form) {
  mark.hidden = false;
  mark.addEventListener("click", () => toggleMarking());
  pins.addEventListener("click", markPlace);
}
pins.addEventListener("click", (event) => {
  const id = pinOf(event);
  if (!id || isMarking()) return;
  showPin(id);
  document.querySelector(`.thread[data-comment="${id}"]`)?.scrollIntoView({ block: "nearest" });
});
byId("comments").addEventListener("click", (event) => {
  const id = pinOf(event);
  if (id) showPin(id);
});
pins.addEventListener("pointermove", (event) => painting.point(painting.at(event)));
pins.addEventListener("pointerleave", () => painting.point(null));
pins.addEventListener("dblclick", toggleFullSize);
new ResizeObserver(placePins).observe(drawing);
placePins();

const bare = (isBare: boolean) => drawing.classList.toggle("bare", isBare);
const onKey: Record<string, () => unknown> = {
  c: () => form && toggleMarking(),
  escape: () => form && toggleMarking(false),
  a: () => click("approve"),
  s: () => document.getElementById("id_comment")?.focus(),
  n: () => click("next"),
  p: () => click("previous"),
  z: toggleFullSize,
  h: () => bare(true),
};

function keyWhileWriting(event: KeyboardEvent, target: HTMLTextAreaElement): void {
  const sends = event.key === "Enter" && event.ctrlKey;
  if (sends && target.id === "id_comment") click("send_back");
  if (sends && target.name === "words") target.form!.requestSubmit();
  if (event.key === "Escape") target.blur();
}

document.addEventListener("keydown", (event) => {
  const field = (event.target as Element).closest<HTMLTextAreaElement>("input:not([type=checkbox]), textarea, select");
  if (field) return keyWhileWriting(event, field);
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const act = onKey[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener("keyup", (event) => {
  if (event.key.toLowerCase() === "h") bare(false);
});
// The key is let go elsewhere, too.
window.addEventListener("blur", () => bare(false));

for (const box of document.querySelectorAll<HTMLInputElement>(".legend input")) {
  const { class: label, other } = box.dataset;
  box.addEventListener("change", () => {
    if (label !== undefined) painting.hideClass(Number(label), !box.checked);
    if (other !== undefined) painting.showOther(Number(other), box.checked);
  });
}

/** Who decides without seeing the image is told so, and has to mean it. */
function tellUnseen(): void {
  byId("unseen").hidden = false;
  const approve = document.getElementById("approve") as HTMLButtonElement | null;
  approve?.addEventListener("click", (event) => {
    if (approve.dataset.isMeant) return;
    event.preventDefault();
    approve.dataset.isMeant = "yes";
    approve.firstChild!.textContent = "Approve without having seen it ";
  });
}
// Whether it came before this script did, only another element can tell; it is not fetched twice.
const probe = new Image();
probe.addEventListener("error", tellUnseen);
probe.src = picture.querySelector("image")!.href.baseVal;

// A second click must not decide on the label that comes next.
document.getElementById("review")?.addEventListener("submit", (event) => {
  const { dataset } = event.target as HTMLFormElement;
  if (dataset.sent) event.preventDefault();
  dataset.sent = "yes";
});
