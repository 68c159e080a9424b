import * as fs from 'node:fs';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..');
const PATH = /`((?:src|test|local|examples|bench|docs|projenrc|packages)\/[^`\s*…<>]*)`/g;

describe('the paths in a document', () => {
  it.each(['CONTRIBUTING.md', 'docs/architecture.md'])('exist when they are in backticks: %s', (document) => {
    const paths = [...fs.readFileSync(path.join(PROJECT, document), 'utf8').matchAll(PATH)].map(([, name]) => name);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((name) => !fs.existsSync(path.join(PROJECT, name)))).toEqual([]);
  });
});
