/** A type of commits, and of the titles of pull requests. */
interface CommitType {
  readonly type: string;

  /** Heading of these commits in the release notes; a type without a heading is hidden, and doesn't cause a release. */
  readonly section?: string;
}

/** The types of Conventional Commits that the project uses. */
export const COMMIT_TYPES: readonly CommitType[] = [
  { type: 'feat', section: 'Features' },
  { type: 'fix', section: 'Bug fixes' },
  { type: 'perf', section: 'Performance' },
  { type: 'revert', section: 'Reverts' },
  { type: 'build' },
  { type: 'chore' },
  { type: 'ci' },
  { type: 'docs' },
  { type: 'refactor' },
  { type: 'style' },
  { type: 'test' },
];
