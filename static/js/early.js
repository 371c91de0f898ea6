// Before the first paint: what this person chose on this device wins over what the page was sent with.
for (const name of ["theme", "density"]) {
  try {
    const chosen = localStorage.getItem(name);
    if (chosen) document.documentElement.dataset[name] = chosen;
  } catch { /* storage may be refused; the page's own value stays */ }
}
