// The key and the attribute are those of src/lib/theme.ts.
(function () {
  try {
    var theme = localStorage.getItem("crm.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage can be forbidden; the system's theme then holds.
  }
})();
