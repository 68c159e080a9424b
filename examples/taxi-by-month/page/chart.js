import { axisValues, isNamed, labelEvery } from './chart-scale.js';
import { svg } from './dom.js';

/** @typedef {import('./chart-data.js').ChartData} ChartData */
/** @typedef {import('./chart-data.js').Bar} Bar */

const HEIGHT = 260;
const TOP = 12;
const BOTTOM = 28;
const CHARACTER_WIDTH = 7.5;
const GAP_BETWEEN_LABELS = 8;
const LARGEST_GAP = 4;

/**
 * The rectangle that the bars have.
 * @typedef {object} Plot
 * @property {number} left
 * @property {number} width
 * @property {number} slotWidth
 * @property {(value: number) => number} y
 */

/**
 * Draws the bars into an SVG element, for the width that it has now.
 * @param {SVGSVGElement} drawing
 * @param {ChartData} data
 */
export function drawChart(drawing, { bars, labels }) {
  const values = bars.map((bar) => bar.value);
  const axis = axisValues(smallestOf(values), largestOf(values));
  const axisLabels = axis.map((value) => axisLabel(value));
  const left = Math.max(...axisLabels.map((label) => label.length)) * CHARACTER_WIDTH + 8;
  const width = Math.max(1, drawing.clientWidth - left);
  const [low, high] = [axis[0], axis[axis.length - 1]];
  const plot = {
    left,
    width,
    slotWidth: width / Math.max(1, labels.length),
    y: (/** @type {number} */ value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low)),
  };
  drawing.setAttribute('height', String(HEIGHT));
  drawing.replaceChildren(
    ...axis.flatMap((value, index) => drawAxisValue(plot, value, axisLabels[index])),
    ...bars.map((bar) => drawBar(plot, bar)),
    ...drawLabels(plot, labels),
  );
}

/**
 * @param {Plot} plot
 * @param {number} value
 * @param {string} label
 */
function drawAxisValue({ left, width, y }, value, label) {
  return [
    svg('line', { class: value === 0 ? 'axis zero' : 'axis', x1: left, x2: left + width, y1: y(value), y2: y(value) }),
    svg('text', { 'class': 'axis-label', 'x': left - 8, 'y': y(value), 'dy': '0.32em', 'text-anchor': 'end' }, label),
  ];
}

/**
 * A bar, and the whole height of its slot around it, which is easier to hit.
 * @param {Plot} plot
 * @param {Bar} bar
 */
function drawBar({ left, slotWidth, y }, { slot, value, isMuted, key, title, address }) {
  const gap = Math.min(LARGEST_GAP, slotWidth / 4);
  const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))];
  const x = left + slot * slotWidth;
  const shapes = [
    svg('title', {}, title),
    svg('rect', { class: 'slot-area', x, y: TOP / 2, width: slotWidth, height: HEIGHT - BOTTOM - TOP / 2, rx: 3 }),
    svg('rect', {
      class: isMuted ? 'bar muted' : 'bar',
      x: x + gap / 2,
      y: top,
      width: slotWidth - gap,
      height: bottom - top,
      rx: Math.min(2, slotWidth / 8),
    }),
  ];
  return address === undefined
    ? svg('g', { class: 'slot' }, ...shapes)
    : svg('a', { 'class': 'slot', 'href': address, 'data-day': key, 'aria-label': title }, ...shapes);
}

/**
 * @param {Plot} plot
 * @param {string[]} labels
 */
function drawLabels({ left, width, slotWidth }, labels) {
  const longest = labels.reduce((length, label) => Math.max(length, label.length), 1);
  const every = labelEvery(slotWidth, longest * CHARACTER_WIDTH + GAP_BETWEEN_LABELS);
  return labels.flatMap((label, slot) => {
    const half = (label.length * CHARACTER_WIDTH) / 2;
    const middle = Math.max(half, left + (slot + 0.5) * slotWidth);
    return isNamed(slot, every, Number(labels[0]) || 0) && middle + half <= left + width ? [
      svg('text', { 'class': 'axis-label', 'x': middle, 'y': HEIGHT - 8, 'text-anchor': 'middle' }, label),
    ] : [];
  });
}

/** @param {number} value */
function axisLabel(value) {
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 }).format(value);
}

/** @param {number[]} values */
function smallestOf(values) {
  return values.reduce((smallest, value) => Math.min(smallest, value), 0);
}

/** @param {number[]} values */
function largestOf(values) {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
