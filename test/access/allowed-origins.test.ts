import { CfnParameter, Fn } from 'aws-cdk-lib';
import { construct, environmentOf, newStack, templateOf } from '../support/construct';

it('passes the allowed origins only to OnConnect', () => {
  const allowedOrigins = ['https://example.com', 'http://localhost:8080', 'capacitor://localhost', 'https://xn--bcher-kva.example'];
  const template = templateOf({ allowedOrigins });
  expect(environmentOf(template, 'on-connect')).toMatchObject({ ALLOWED_ORIGINS: JSON.stringify(allowedOrigins) });
  expect(environmentOf(template, 'on-message')).not.toHaveProperty('ALLOWED_ORIGINS');
});

it('passes no origins to OnConnect when allowedOrigins is omitted', () => {
  expect(environmentOf(templateOf(), 'on-connect')).not.toHaveProperty('ALLOWED_ORIGINS');
});

it('accepts an origin that is known only at deployment', () => {
  const stack = newStack();
  const domain = new CfnParameter(stack, 'Domain').valueAsString;
  const template = templateOf({ allowedOrigins: [`https://${domain}`, Fn.select(0, ['https://a.example'])] }, stack);
  expect(environmentOf(template, 'on-connect').ALLOWED_ORIGINS).toEqual({ 'Fn::Join': ['', ['["https://', { Ref: 'Domain' }, '","https://a.example"]']] });
});

it.each([
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
])('throws with the fix when allowedOrigins has %j', (origin, message) => {
  expect(() => construct({ allowedOrigins: ['https://example.com', origin] })).toThrow(message);
});
