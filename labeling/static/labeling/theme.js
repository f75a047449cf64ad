// Light or dark as the system has it. A plain file that runs before the first paint:
// as a module it would run later, and a dark page would flash white.
(() => {
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.documentElement.dataset.bsTheme = prefersDark.matches ? "dark" : "light";
  };
  prefersDark.addEventListener("change", apply);
  apply();
})();
