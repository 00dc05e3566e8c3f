// @ts-check
/** Proposes the time zone of this browser. Without this file it is chosen from the list, as anybody may. */

const zones = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[data-zones]"));
const found = document.getElementById("zone-found");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = zones && [...zones.options].some((one) => one.value === here);

if (zones && found && known && zones.closest(".next") && !zones.matches('[aria-invalid="true"]')) {
  const kept = zones.value;
  zones.value = here;
  found.textContent =
    kept === here ? "Your browser says the same." : `Your browser says ${here.replaceAll("_", " ")}; until now it was ${kept.replaceAll("_", " ")}.`;
  found.hidden = false;
}
