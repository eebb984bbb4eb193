// Runs before the page is painted: the theme that was chosen here before, if any.
try {
  const theme = localStorage.getItem('plenum.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  /* storage is forbidden: the system's theme it is */
}
