// Before the first paint: what was chosen on this device wins.
for (const name of ["theme", "density"]) {
  try {
    const chosen = localStorage.getItem(name);
    if (chosen) document.documentElement.dataset[name] = chosen;
  } catch { /* private window */ }
}
