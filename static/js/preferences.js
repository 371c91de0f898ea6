// <switch-theme>, <switch-density>: kept on the device at once, and with the person.
const root = document.documentElement;

function keep(name, value) {
  root.dataset[name] = value;
  try { localStorage.setItem(name, value); } catch { /* private window */ }
  if (name === "theme") document.cookie = `theme=${value}; path=/; max-age=31536000; samesite=lax`;
  const { preferences } = document.body.dataset;
  if (!preferences) return;
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  fetch(preferences, { method: "POST", headers, body: new URLSearchParams({ [name]: value }) }).catch(() => {});
}

class Switch extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const show = () => button.setAttribute("aria-pressed", this.on);
    show();
    button.addEventListener("click", () => {
      keep(this.preference, this.values[this.on ? 0 : 1]);
      show();
    });
  }
}

customElements.define("switch-theme", class extends Switch {
  preference = "theme";
  values = ["light", "dark"];
  get on() {
    const { theme } = root.dataset;
    return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }
});

customElements.define("switch-density", class extends Switch {
  preference = "density";
  values = ["comfortable", "compact"];
  get on() { return root.dataset.density === "compact"; }
});
