import { github } from 'projen';

/** The commits of released versions of actions. projen itself pins the other actions that it uses. */
const PINNED_ACTIONS: readonly (readonly [action: string, version: string, commit: string])[] = [
  ['actions/setup-dotnet', 'v6.0.0', 'a98b56852c35b8e3190ac28c8c2271da59106c68'],
  ['actions/setup-go', 'v7.0.0', 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e'],
  ['actions/setup-java', 'v5.7.0', 'b6effb05e454b25005698d916606bdc6ffcbf961'],
  ['actions/setup-node', 'v7.0.0', '820762786026740c76f36085b0efc47a31fe5020'],
  ['actions/setup-python', 'v7.0.0', '5fda3b95a4ea91299a34e894583c3862153e4b97'],
  ['github/codeql-action/analyze', 'v4.36.2', '8aad20d150bbac5944a9f9d289da16a4b0d87c1e'],
  ['github/codeql-action/init', 'v4.36.2', '8aad20d150bbac5944a9f9d289da16a4b0d87c1e'],
  ['peter-evans/create-pull-request', 'v8.1.1', '5f6978faf089d4d20b00c7766989d076bb2fc7f1'],
];

/** A tag can move to another commit, so every action is used by the hash of its commit. */
export function pinActions(actions: github.GitHubActionsProvider): void {
  for (const [action, , commit] of PINNED_ACTIONS) {
    actions.set(action, `${action}@${commit}`);
  }
}
