// <row-navigation>: j, k, Enter, x to pick. <bulk-bar>: acts on the picked rows.
const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog, summary");

customElements.define("row-navigation", class extends HTMLElement {
  connectedCallback() {
    this.key = (event) => this.press(event);
    document.addEventListener("keydown", this.key);
  }
  disconnectedCallback() { document.removeEventListener("keydown", this.key); }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const rows = [...this.querySelectorAll("tbody tr")];
    const here = rows.findIndex((row) => row.classList.contains("at"));
    if (event.key === "j") this.stand(rows, Math.min(here + 1, rows.length - 1));
    else if (event.key === "k") this.stand(rows, Math.max(here - 1, 0));
    else if (event.key === "x" && here >= 0) rows[here].querySelector(".pick input")?.click();
    else if (event.key === "Enter" && here >= 0 && event.target === document.body) rows[here].querySelector("a")?.click();
    else return;
    event.preventDefault();
  }

  stand(rows, index) {
    rows.forEach((row) => row.classList.remove("at"));
    const row = rows[index];
    if (!row) return;
    row.classList.add("at");
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a")?.focus({ preventScroll: true });
  }
});

customElements.define("bulk-bar", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick-all]")) this.boxes.forEach((box) => { box.checked = event.target.checked; });
      this.count();
    });
    this.count();
  }
  get boxes() { return [...this.querySelectorAll("tbody .pick input")]; }
  count() {
    const { boxes } = this;
    const picked = boxes.filter((box) => box.checked).length;
    const all = this.querySelector("[data-pick-all]");
    if (all) all.checked = picked === boxes.length;
    if (all) all.indeterminate = picked > 0 && !all.checked;
    this.querySelector(".bulk").hidden = picked === 0;
    this.querySelector("[data-picked]").textContent = picked;
  }
});
