import { byId, html } from './dom.js';

/**
 * Says what is wrong, and offers a way out where there is one.
 * @param {string} prefix What the id of its element begins with.
 * @param {string} title
 * @param {string} sentence
 * @param {() => void} [tryAgain]
 */
export function showProblem(prefix, title, sentence, tryAgain) {
  const problem = byId(`${prefix}problem`);
  const children = [html('strong', {}, title), html('p', {}, sentence)];
  if (tryAgain !== undefined) {
    const button = html('button', { type: 'button', class: 'quiet' }, 'Try again');
    button.addEventListener('click', tryAgain);
    children.push(button);
  }
  problem.replaceChildren(...children);
  problem.hidden = false;
}

/** @param {string} prefix */
export function hideProblem(prefix) {
  byId(`${prefix}problem`).hidden = true;
  byId(`${prefix}problem`).replaceChildren();
}
