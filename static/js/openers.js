// Dialogs ([data-opens]), menus (<details class="menu">), and <drop-files>.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.querySelector("[data-focus]")?.focus();

customElements.define("drop-files", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.input.addEventListener("change", () => this.list());
    for (const name of ["dragover", "dragleave", "drop"]) this.addEventListener(name, (event) => this.drag(event));
  }
  drag(event) {
    event.preventDefault();
    this.classList.toggle("over", event.type === "dragover");
    if (event.type !== "drop" || !event.dataTransfer.files.length) return;
    this.input.files = event.dataTransfer.files;
    this.list();
  }
  list() {
    const lines = [...this.input.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${Math.ceil(file.size / 1024)} KB`;
      return line;
    });
    this.querySelector(".chosen").replaceChildren(...lines);
  }
});
