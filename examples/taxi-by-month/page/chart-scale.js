const WANTED_STEPS = 4;

/**
 * The round values that the axis names, from 0 (or below) to the first at or above the largest value.
 * @param {number} smallest
 * @param {number} largest
 */
export function axisValues(smallest, largest) {
  const low = Math.min(0, smallest);
  const high = Math.max(0, largest);
  const step = roundStep((high - low) / WANTED_STEPS || 1 / WANTED_STEPS);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** @param {number} step */
function roundStep(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= step * 0.999) ?? 10;
  return factor * power;
}

/**
 * How many slots apart the names below the chart stand, so that they do not touch.
 * @param {number} slotWidth
 * @param {number} labelWidth
 */
export function labelEvery(slotWidth, labelWidth) {
  const least = labelWidth / slotWidth;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least) ?? 1;
}

/**
 * The first slot, and then round numbers: 1, 5, 10, 15. Every second: 1, 3, 5.
 * @param {number} slot
 * @param {number} every
 * @param {number} first The number of the first slot.
 */
export function isNamed(slot, every, first) {
  return slot === 0 || (every === 2 ? slot % 2 === 0 : (slot + first) % every === 0);
}
