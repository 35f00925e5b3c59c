import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from '../../src/errors/index.ts';

it.for<[string, string]>([
  ['to jane.doe@example.org, now', 'to [e-mail], now'],
  ['Jürgen.Müller+x@büro.example', '[e-mail]'],
  ['?to=jane%40example.org&x=1', '?to=[e-mail]&x=1'],
  ['"Jane" <jane@mail.example.co.uk>', '"Jane" <[e-mail]>'],
  ['via http://user:pass@proxy.example:3128/', 'via http://[hidden]@proxy.example:3128/'],
  ['via http://user@proxy:3128/', 'via http://[hidden]@proxy:3128/'],
  ['https://h/x?key=abc&id=7', 'https://h/x?key=[hidden]&id=7'],
  ['https://h/x?id=7&token=a.b-c#frag', 'https://h/x?id=7&token=[hidden]#frag'],
  ['https://h/cb#access_token=abc', 'https://h/cb#access_token=[hidden]'],
  ['https://h/x?sig=abc&lsig=def&signature=ghi', 'https://h/x?sig=[hidden]&lsig=[hidden]&signature=[hidden]'],
  ['https://h/x?X-Amz-Signature=abc', 'https://h/x?X-Amz-Signature=[hidden]'],
  ['{"access_token": "abc", "id": 7}', '{"access_token": "[hidden]", "id": 7}'],
  ['client_secret=abc refused', 'client_secret=[hidden] refused'],
  ['password: abc', 'password: [hidden]'],
  ['Cookie: SID=abc; HSID=def', 'Cookie: [hidden]'],
  ['set-cookie: SID=abc; Path=/\nnext line', 'set-cookie: [hidden]\nnext line'],
  ['Authorization: Bearer abcdefgh', 'Authorization: [hidden]'],
  ['sent Bearer abcdefgh.ijk', 'sent Bearer [hidden]'],
  [`key AIza${'x'.repeat(35)} is wrong`, 'key [hidden] is wrong'],
  ['ya29.a0AbCdEfGhIj-k_l', '[hidden]'],
])('%j becomes %j', ([text, clean]) => {
  expect(redact(text)).toBe(clean);
});

it.for([
  'row 007: the host answered 403 (ECONNRESET)',
  'https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1',
  'https://drive.google.com/file/d/1AbC/view?usp=sharing&resourcekey=0-abc',
  'people.csv:3:7: the row_id "7" stands in line 3 and again in line 9',
  'at run (/app/node_modules/undici@8.12.4/lib/core.js:5:3)',
  'the key of the row, its token and a password are words',
  'monkey=7 and @handle and 5@7',
])('%j stays as it is', (text) => {
  expect(redact(text)).toBe(text);
});

it('leaves no secret behind, whatever stands around it', () => {
  const secret = fc.constantFrom(
    'jane@SECRET.org',
    'SECRET@example.org',
    'http://u:SECRET@h/',
    '?key=SECRET',
    '&token=SECRET&x=1',
    'password=SECRET ',
    '"refresh_token": "SECRET"',
    'Bearer SECRETSECRET',
    'Cookie: a=SECRET; b=SECRET\n',
  );
  const around = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('http://h/', '[e-mail]', 'key', '@', '%40'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(around, secret, around), { minLength: 1 }), (parts) => {
      const clean = redact(parts.map((part) => part.join(' ')).join(' '));
      expect(clean).not.toContain('SECRET');
      expect(redact(clean)).toBe(clean);
    }),
    { numRuns: 5000 },
  );
});

it('takes no longer than the text is long', () => {
  for (const piece of ['a', 'a.', 'a@', 'x://', 'cookie', '?key', 'a%40', 'token:', ' ']) {
    const before = process.cpuUsage();
    redact(piece.repeat(Math.ceil(100_000 / piece.length)));
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  }
});
