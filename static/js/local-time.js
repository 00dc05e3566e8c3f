// For a reader whose browser is in another time zone than the cohort: the same moment in their own, with the zone named.
// Without this script the page shows the cohort's time, which is the one that counts.

/** @type {Intl.DateTimeFormatOptions} */
const shape = { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };

/**
 * @param {string} moment an ISO instant
 * @param {string} [timeZone] the reader's own when left out
 * @returns {string} "Sat, Feb 28, 8:00 a.m. PST", as the server writes it
 */
export function words(moment, timeZone) {
  const parts = new Intl.DateTimeFormat("en-US", { ...shape, timeZone }).formatToParts(new Date(moment));
  /** @param {string} type */
  const part = (type) => parts.find((one) => one.type === type)?.value ?? "";
  const half = part("dayPeriod") === "AM" ? "a.m." : "p.m.";
  return `${part("weekday")}, ${part("month")} ${part("day")}, ${part("hour")}:${part("minute")} ${half} ${part("timeZoneName")}`;
}

for (const place of document.querySelectorAll("[data-local]")) {
  const { local = "", zone } = /** @type {HTMLElement} */ (place).dataset;
  const mine = words(local);
  if (mine !== words(local, zone)) {
    place.textContent = `for you ${mine}`;
    place.removeAttribute("hidden");
  }
}
