import { findActionlint, lintWorkflows } from './actionlint';

describe('the GitHub workflows', () => {
  const actionlint = findActionlint();
  if ('missing' in actionlint) {
    console.log(`Skipped: ${actionlint.missing}`);
  }

  ('missing' in actionlint ? it.skip : it)('have no problem that actionlint finds', () => {
    expect(lintWorkflows((actionlint as { program: string }).program)).toBe('');
  });
});
