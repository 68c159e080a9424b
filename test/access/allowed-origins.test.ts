import { CfnParameter, Fn } from 'aws-cdk-lib';
import { construct, environmentOf, newStack, templateOf } from '../support/construct';

test('OnConnect alone is told the origins whose pages may connect', () => {
  const allowedOrigins = ['https://example.com', 'http://localhost:8080', 'capacitor://localhost', 'https://xn--bcher-kva.example'];
  const template = templateOf({ allowedOrigins });
  expect(environmentOf(template, 'on-connect')).toMatchObject({ ALLOWED_ORIGINS: JSON.stringify(allowedOrigins) });
  expect(environmentOf(template, 'on-message')).not.toHaveProperty('ALLOWED_ORIGINS');
});

test('where none are named, it is told of none', () => {
  expect(environmentOf(templateOf(), 'on-connect')).not.toHaveProperty('ALLOWED_ORIGINS');
});

test('an origin that becomes known only at deployment is let through', () => {
  const stack = newStack();
  const domain = new CfnParameter(stack, 'Domain').valueAsString;
  const template = templateOf({ allowedOrigins: [`https://${domain}`, Fn.select(0, ['https://a.example'])] }, stack);
  expect(environmentOf(template, 'on-connect').ALLOWED_ORIGINS).toEqual({ 'Fn::Join': ['', ['["https://', { Ref: 'Domain' }, '","https://a.example"]']] });
});

test.each([
  ['*', "allowedOrigins has '*', which is not an origin: omit allowedOrigins to allow all origins"],
  ['https://example.com/', "'https://example.com/' in allowedOrigins is not an origin as browsers send it: write 'https://example.com'"],
  ['https://example.com/app', "is not an origin as browsers send it: write 'https://example.com'"],
  ['https://example.com?x=1', "write 'https://example.com'"],
  ['https://user@example.com', "write 'https://example.com'"],
  ['https://example.com:443', "write 'https://example.com'"],
  ['http://localhost:80', "write 'http://localhost'"],
  ['HTTPS://Example.com', "write 'https://example.com'"],
  ['https://b\u00fccher.example', "write 'https://xn--bcher-kva.example'"],
  ['https://*.example.com', "with scheme and host, and the port if it is not the default, such as 'https://example.com'"],
  ['example.com', "such as 'https://example.com'"],
  ['null', "such as 'https://example.com'"],
  ['', "such as 'https://example.com'"],
  ['file:///page.html', "such as 'https://example.com'"],
])('fails when a page may connect from %j', (origin, message) => {
  expect(() => construct({ allowedOrigins: ['https://example.com', origin] })).toThrow(message);
});
