// Every page but the editor: the look, and one click per form.
import "bootstrap/dist/css/bootstrap.min.css";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "../theme";
import { replayAndTell } from "./kept";
import "./site.css";

// A second click on "Label next image" would only wait for the answer to the first.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.method !== "post") return;
  if (form.dataset.sent === "yes") event.preventDefault();
  form.dataset.sent = "yes";
});

// A page that comes back from the browser's history may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What was drawn offline, and left by an editor that is gone.
const kept = document.querySelector<HTMLElement>("#kept");
if (kept) void replayAndTell(kept);

// What is drawn on the images of a list.
if (document.querySelector(".preview")) void import("./previews");

const theme = document.querySelector<HTMLSelectElement>("#theme");
if (theme) {
  theme.append(...THEMES.map(([value, words]) => new Option(words, value)));
  theme.value = chosenTheme();
  theme.addEventListener("change", () => chooseTheme(theme.value as Theme));
}

// The account menu closes like a menu: by Escape and by a click elsewhere.
const menu = document.querySelector<HTMLDetailsElement>(".account-menu");
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target as Node)) menu.open = false;
});
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});
