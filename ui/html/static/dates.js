// Runs once for the whole page. Reads what is typed into its date fields (`ui/html/date_field.py`), as people
// of either language write a day, and shows in words what was understood. Of `05/06/2026` the first number is
// the day's, unless it can't be. Listens before others do: they find the day in `data-iso`. Never makes markup.
(() => {
  const known = new Map();
  const flat = (typed) => typed.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
  const padded = (number, length) => String(number).padStart(length, "0");

  function words(box) {
    const written = box.dataset.words;
    if (!known.has(written)) known.set(written, JSON.parse(written));
    return known.get(written);
  }

  function date(year, month, day) {
    const found = new Date(0);
    found.setUTCFullYear(year, month - 1, day);
    return found;
  }

  function iso(year, month, day) {
    const found = date(year, month, day);
    if (year < 1 || found.getUTCMonth() !== month - 1 || found.getUTCDate() !== day) return "?";
    return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  }

  // A month or a year stands for its first or its last day, where the field is the beginning or end of a span.
  function ofPart(year, month, part) {
    if (part === "first") return iso(year, month || 1, 1);
    if (part === "last") return iso(year, month || 12, date(year, (month || 12) + 1, 0).getUTCDate());
    return "?";
  }

  function read(box) {
    const { numbers, days } = words(box);
    const part = box.dataset.part;
    let said = flat(box.value).replace(/\.$/, "");
    if (!said) return "";
    const weekday = said.match(/^([a-z]{3,9})\.?,? (?=\d)/);
    if (weekday && !(weekday[1] in numbers)) {
      if (!days.some((name) => flat(name).startsWith(weekday[1]))) return "?";
      said = said.slice(weekday[0].length);
    }
    let found;
    if ((found = said.match(/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/))) return iso(+found[1], +found[2], +found[3]);
    if ((found = said.match(/^(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4})$/))) {
      const [first, second, year] = found.slice(1).map(Number);
      return second > 12 && first <= 12 ? iso(year, first, second) : iso(year, second, first);
    }
    if ((found = said.match(/^(\d{1,2})(?:er|e|st|nd|rd|th)?(?: of| de)?[ -]([a-z]+)\.?,?[ -](\d{4})$/))) {
      return found[2] in numbers ? iso(+found[3], numbers[found[2]], +found[1]) : "?";
    }
    if ((found = said.match(/^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/))) {
      return found[1] in numbers ? iso(+found[3], numbers[found[1]], +found[2]) : "?";
    }
    if ((found = said.match(/^([a-z]+)\.?,? (\d{4})$/))) {
      return found[1] in numbers ? ofPart(+found[2], numbers[found[1]], part) : "?";
    }
    if ((found = said.match(/^(\d{1,2})[-/.](\d{4})$/))) return ofPart(+found[2], +found[1], part);
    if ((found = said.match(/^(\d{4})-(\d{1,2})$/))) return ofPart(+found[1], +found[2], part);
    return /^\d{4}$/.test(said) ? ofPart(+said, 0, part) : "?";
  }

  function written(day, box) {
    const { months, days, first } = words(box);
    const [year, month, number] = day.split("-").map(Number);
    const told = `${number === 1 ? first : number} ${months[month - 1]} ${year}`;
    const weekday = days[(date(year, month, number).getUTCDay() + 6) % 7];
    return { told, whole: `${weekday} ${told}` };
  }

  function tell(box, sentence, isWrong) {
    const said = document.getElementById(`${box.id}-said`);
    if (said.textContent !== sentence) said.textContent = sentence;
    said.classList.toggle("error", isWrong);
    if (isWrong) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
  }

  function follow(box) {
    const day = read(box);
    box.dataset.iso = day;
    tell(box, day && day !== "?" ? written(day, box).whole : "", false);
  }

  // The field itself says what was understood, once it has been typed.
  function settle(box) {
    follow(box);
    const day = box.dataset.iso;
    if (day === "?") tell(box, box.dataset.unclear, true);
    else if (day) box.value = written(day, box).told;
  }

  const field = (event) => event.target.matches?.("input.date[data-words]") && event.target;
  document.addEventListener("input", (event) => field(event) && follow(event.target), true);
  document.addEventListener("change", (event) => field(event) && settle(event.target), true);
  document.addEventListener("reset", (event) => {
    const boxes = [...event.target.querySelectorAll("input.date[data-words]")];
    setTimeout(() => boxes.forEach(follow), 0); // once it has been done, before others look
  }, true);
})();
