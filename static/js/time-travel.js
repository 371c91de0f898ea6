// <time-travel>: two sliders over a form that also works without them: the day that is asked about,
// and what was on record. Moving one asks again; the arrow keys move by a day or by a transaction.
customElements.define("time-travel", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.day = this.querySelector("[data-axis=day]");
    this.known = this.querySelector("[data-axis=known]");
    for (const slider of [this.day, this.known]) {
      slider.closest("[hidden]").hidden = false;
      slider.addEventListener("input", () => this.tell());
      slider.addEventListener("change", () => this.ask());
    }
    this.tell(false);
  }

  get dayChosen() {
    const day = new Date(`${this.day.dataset.first}T12:00:00Z`);
    day.setUTCDate(day.getUTCDate() + Number(this.day.value));
    return day;
  }

  get steps() { return [...this.querySelectorAll("data")]; }

  // Says where the sliders stand; writes it into the form's own fields once they were moved.
  tell(moved = true) {
    const { lang } = document.documentElement;
    const day = this.dayChosen.toLocaleDateString(lang === "en" ? "en-GB" : lang, {
      day: "numeric", month: "short", year: "numeric", timeZone: "UTC", // as the office writes it
    });
    const step = this.steps[Number(this.known.value)];
    this.say(this.day, day);
    this.say(this.known, step.textContent);
    if (!moved) return;
    this.form.elements.on.value = this.dayChosen.toISOString().slice(0, 10);
    this.form.elements.known.value = step.value;
  }

  say(slider, words) {
    slider.setAttribute("aria-valuetext", words);
    slider.closest("label").querySelector("output").textContent = words;
  }

  ask() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.form.requestSubmit(), 250);
  }
});
