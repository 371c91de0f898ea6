// <keep-draft>: what is typed survives a lost session. By address, in this tab, no secrets, no files;
// given back with the form, dropped once accepted.
const draftable = (field) => field.name && field.name !== "csrfmiddlewaretoken"
  && !["password", "file", "hidden", "submit", "button"].includes(field.type) && !/^cc-|one-time-code/.test(field.autocomplete)
  && !("noDraft" in field.dataset);
const PREFIX = "draft:";
const SENT = "draft-sent";

function store(work) {
  try { return work(sessionStorage); } catch { return null; }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-forget]")) store((shelf) => shelf.clear());
});

// Another page than the form that was sent last: it was accepted, unless this asks to sign in.
store((shelf) => {
  const sent = shelf.getItem(SENT);
  const asked = document.body.classList.contains("entrance");
  if (sent && !asked && sent !== PREFIX + location.pathname) {
    shelf.removeItem(sent);
    shelf.removeItem(SENT);
  }
});

customElements.define("keep-draft", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.key = PREFIX + location.pathname;
    if (!this.form.querySelector("[aria-invalid=true]")) this.giveBack();
    for (const name of ["input", "change"]) this.form.addEventListener(name, () => this.keep());
    this.form.addEventListener("submit", () => store((shelf) => { this.keep(); shelf.setItem(SENT, this.key); }));
  }

  get fields() { return [...this.form.elements].filter(draftable); }

  keep() {
    const values = this.fields.map((field) => [field.name, field.value, field.checked ?? null,
      field.multiple ? [...field.selectedOptions].map((option) => option.value) : null]);
    store((shelf) => shelf.setItem(this.key, JSON.stringify(values)));
  }

  giveBack() {
    const values = JSON.parse(store((shelf) => shelf.getItem(this.key)) ?? "[]");
    const before = new URLSearchParams(new FormData(this.form)).toString();
    for (const [name, value, checked, many] of values) {
      for (const field of this.fields.filter((one) => one.name === name)) {
        if (["checkbox", "radio"].includes(field.type)) { if (field.value === value) field.checked = checked; }
        else if (many) { for (const option of field.options) option.selected = many.includes(option.value); }
        else field.value = value;
      }
    }
    const note = this.querySelector(".draft-note");
    if (!note || before === new URLSearchParams(new FormData(this.form)).toString()) return;
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => {
      store((shelf) => shelf.removeItem(this.key));
      location.reload();
    });
  }
});
