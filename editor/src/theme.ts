/** Light, dark, or as the system has it: one choice for this browser, shared with the admin. */

export type Theme = "auto" | "light" | "dark";

export const THEMES: [Theme, string][] = [
  ["auto", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function chosenTheme(): Theme {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto";
  }
}

/** labeling/static/labeling/theme.js applies it. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    return; // Storage is off: it stays as the system has it.
  }
  window.dispatchEvent(new Event("s3label-theme"));
}
