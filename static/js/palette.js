// <command-palette>: Ctrl K. Places at once, records from data-src.
customElements.define("command-palette", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.found = this.querySelector(".found");
    this.querySelector(".search-open").addEventListener("click", () => this.open());
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.steer(event));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.open();
      }
    });
  }

  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    this.search();
  }

  get options() {
    return [...this.querySelectorAll("[role=option]")].filter((option) => !option.hidden);
  }

  search() {
    const text = this.input.value.trim();
    const wanted = text.toLowerCase();
    for (const place of this.querySelectorAll(".go")) {
      place.hidden = Boolean(wanted) && !place.textContent.toLowerCase().includes(wanted);
    }
    clearTimeout(this.timer);
    this.asked?.abort();
    if (text.length < 2 || !this.dataset.src) {
      this.found.replaceChildren();
    } else {
      this.timer = setTimeout(() => this.ask(text), 150);
    }
    this.select(0);
  }

  async ask(text) {
    this.asked = new AbortController();
    try {
      const url = `${this.dataset.src}?${new URLSearchParams({ q: text })}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: this.asked.signal });
      if (!answer.ok || answer.redirected) return;
      this.found.innerHTML = await answer.text();
      this.select(0);
    } catch { /* a newer question, or no network */ }
  }

  select(index) {
    const { options } = this;
    this.querySelector(".nothing").hidden = options.length > 0;
    this.at?.removeAttribute("aria-selected");
    this.at = options[(index + options.length) % options.length];
    this.at?.setAttribute("aria-selected", "true");
    this.at?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", this.at?.id ?? "");
  }

  steer(event) {
    const here = this.options.indexOf(this.at);
    if (event.key === "ArrowDown") this.select(here + 1);
    else if (event.key === "ArrowUp") this.select(here - 1);
    else if (event.key === "Enter") this.at?.click();
    else return;
    event.preventDefault();
  }
});
