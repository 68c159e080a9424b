import { byId, html, svg } from './dom.js';
import { durationInWords } from './durations.js';

/** @typedef {import('redshift-websocket-client').Timing} Timing */
/** @typedef {{ key: string, label: string, milliseconds: number }} Stage */

/** @type {[keyof Timing, string][]} */
const STAGES = [
  ['waitingMs', 'Waiting to start'],
  ['runningMs', 'Running in Redshift'],
  ['eventMs', 'Event on its way'],
  ['fetchingMs', 'Fetching the rows'],
  ['pushingMs', 'Pushing the rows'],
];
const REST = 'rest';

/**
 * Shows how long each stage took, and the whole as this browser saw it.
 * @param {string} prefix What the ids of its elements begin with.
 * @param {string} title
 * @param {Timing} timing
 * @param {number} totalMs
 */
export function showStages(prefix, title, timing, totalMs) {
  byId(`${prefix}stages-title`).textContent = title;
  const stages = stagesOf(timing, totalMs);
  const whole = stages.reduce((sum, stage) => sum + stage.milliseconds, 0);
  byId(`${prefix}stages-drawing`).replaceChildren(...drawSegments(stages, whole));
  byId(`${prefix}stages-list`).replaceChildren(
    ...stages.map(({ key, label, milliseconds }) => entry(label, durationInWords(milliseconds), key)),
    entry('Seen by this browser', durationInWords(totalMs), 'total'),
  );
}

/**
 * @param {Timing} timing
 * @param {number} totalMs
 * @returns {Stage[]}
 */
function stagesOf(timing, totalMs) {
  const stages = STAGES.map(([key, label]) => ({ key: key.replace('Ms', ''), label, milliseconds: Math.max(0, Number(timing[key] ?? 0)) }));
  const rest = totalMs - stages.reduce((sum, stage) => sum + stage.milliseconds, 0);
  // The server's clock and this one differ, and an answer may have been ready before it was asked for.
  return rest > 0 ? [...stages, { key: REST, label: 'On the way', milliseconds: rest }] : stages;
}

/**
 * @param {Stage[]} stages
 * @param {number} whole
 */
function drawSegments(stages, whole) {
  let start = 0;
  return stages.filter((stage) => stage.milliseconds > 0).map(({ key, label, milliseconds }) => {
    const share = (100 * milliseconds) / whole;
    const segment = svg('rect', { class: `stage ${key}`, x: `${start}%`, width: `${share}%`, height: '100%' },
      svg('title', {}, `${label}: ${durationInWords(milliseconds)}`));
    start += share;
    return segment;
  });
}

/**
 * @param {string} label
 * @param {string} value
 * @param {string} key
 */
function entry(label, value, key) {
  return html('div', { class: `entry ${key}` }, html('dt', {}, html('span', { 'class': `swatch ${key}`, 'aria-hidden': 'true' }), label), html('dd', {}, value));
}
