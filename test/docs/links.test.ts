import * as fs from 'node:fs';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..');
const DOCUMENTS = [
  'README.md', 'CHANGELOG.md', 'CODE_OF_CONDUCT.md', 'CONTRIBUTING.md', 'SECURITY.md', 'SUPPORT.md', 'bench/README.md', 'test/protocol/README.md',
  ...markdownIn('docs'),
];

function markdownIn(directory: string): string[] {
  return fs.readdirSync(path.join(PROJECT, directory)).filter((name) => name.endsWith('.md')).map((name) => `${directory}/${name}`);
}

/** The Markdown of a document without its code blocks. */
function contentOf(file: string): string {
  return fs.readFileSync(path.join(PROJECT, file), 'utf8').replace(/^```.*?^```/gms, '');
}

/** The anchors that GitHub derives from headings. */
function anchorsOf(file: string): string[] {
  return [...contentOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'));
}

function isBroken(document: string, target: string, anchor?: string): boolean {
  const file = target === '' ? document : path.posix.join(path.posix.dirname(document), target);
  return !fs.existsSync(path.join(PROJECT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
}

describe('the links of a document', () => {
  it.each(DOCUMENTS)('lead to existing files and headings: %s', (document) => {
    const links = [...contentOf(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g)];
    expect(links.filter(([, target, anchor]) => isBroken(document, target, anchor)).map(([link]) => link)).toEqual([]);
  });
});
