// Light or dark: what was chosen in this browser, or else as the system has it. A plain file that
// runs before the first paint: as a module it would run later, and a dark page would flash white.
(() => {
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage is off: nothing was chosen.
    }
  };
  const apply = () => {
    const theme = chosen();
    const isDark = theme === "dark" || (theme !== "light" && prefersDark.matches);
    document.documentElement.dataset.bsTheme = isDark ? "dark" : "light";
  };
  prefersDark.addEventListener("change", apply);
  window.addEventListener("storage", apply); // chosen in another window
  window.addEventListener("s3label-theme", apply);
  apply();
})();
