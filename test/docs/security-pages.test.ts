import { SECURITY_PAGES, securityPage } from '../../projenrc/security-pages';

describe('a security page', () => {
  it.each(SECURITY_PAGES)('lists the data of the tests when it is committed: %s (run "npx projen docs:security")', (page) => {
    const { committed, generated } = securityPage(page);
    expect(committed).toBe(generated);
  });
});
