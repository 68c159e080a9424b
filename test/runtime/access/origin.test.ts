import { isAllowedOrigin } from '../../../src/runtime/access/origin';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

const ALLOWED = ['https://example.com', 'http://localhost:8080'];

test.each<[string | undefined, boolean]>([
  ['https://example.com', true],
  ['http://localhost:8080', true],
  [undefined, true],
  ['http://example.com', false],
  ['https://example.com:8443', false],
  ['https://example.com.evil.example', false],
  ['https://evil-example.com', false],
  ['https://sub.example.com', false],
  ['https://example.com/', false],
  ['HTTPS://EXAMPLE.COM', false],
  ['null', false],
  ['', false],
])('a page from the origin %j is accepted when two origins are allowed: %s', async (origin, isLetIn) => {
  expect(isAllowedOrigin(ALLOWED, origin)).toBe(isLetIn);
  const services = new MemoryServices();
  services.allowedOrigins = ALLOWED;
  const response = await new MemoryClient(services, 'c1').connect({ query: 'everything' }, [], { origin });
  expect(response).toEqual(isLetIn ? { accepted: true } : { accepted: false, forbidden: true });
  expect(services.statementApi.started).toHaveLength(isLetIn ? 1 : 0);
});

test('every page is accepted when no origins are configured', () => {
  expect(isAllowedOrigin(undefined, 'https://evil.example')).toBe(true);
});
