// <toast-list>: messages of the page and of htmx answers (HX-Trigger).
// Good news goes by itself; a refusal stays until it is closed.
customElements.define("toast-list", class extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll(".toast").forEach((toast) => this.live(toast));
    this.hear = (event) => this.add(event.detail.text ?? event.detail.value, event.detail.tone ?? "info");
    document.body.addEventListener("toast", this.hear);
  }
  disconnectedCallback() { document.body.removeEventListener("toast", this.hear); }

  add(text, tone) {
    const toast = document.createElement("div");
    const words = document.createElement("p");
    const close = document.createElement("button");
    toast.className = `toast ${tone}`;
    words.textContent = text;
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", this.dataset.close);
    toast.append(words, close);
    this.append(toast);
    this.live(toast);
  }

  live(toast) {
    toast.querySelector("button").addEventListener("click", () => toast.remove());
    if (toast.matches(".error, .warning, .bad, .warn")) return;
    const leave = () => { toast.timer = setTimeout(() => toast.remove(), 8000); };
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(toast.timer));
    toast.addEventListener("pointerleave", leave);
    leave();
  }
});
