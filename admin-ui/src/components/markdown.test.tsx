import { cleanup, render } from '@testing-library/react';
import { Markdown } from './markdown.tsx';

afterEach(cleanup);
const html = (text: string): string => render(<Markdown text={text} />).container.innerHTML;

test('the subset in which we write: bold, italic, code, links, lists, paragraphs', () => {
  expect(html('**3 至 5 天**送達')).toBe('<p><strong>3 至 5 天</strong>送達</p>');
  expect(html('*really* `T-1`')).toBe('<p><em>really</em> <code>T-1</code></p>');
  expect(html('一\n二\n\n三')).toBe('<p>一<br>二</p><p>三</p>');
  expect(html('- 甲\n- 乙')).toBe('<ul class="mb-0 ps-3"><li>甲</li><li>乙</li></ul>');
  expect(html('3. 甲\n4. 乙')).toBe('<ol start="3" class="mb-0 ps-4"><li>甲</li><li>乙</li></ol>');
  expect(html('[查詢](https://shop.example/x)')).toContain('href="https://shop.example/x"');
});

test('a bare address becomes a link and leaves the sentence’s full stop alone', () => {
  const { container } = render(<Markdown text="請見 https://shop.example/a。謝謝" />);
  expect(container.querySelector('a')?.getAttribute('href')).toBe('https://shop.example/a');
});

test('HTML and scripts of others stay text', () => {
  expect(html('<img src=x onerror=alert(1)>')).toBe('<p>&lt;img src=x onerror=alert(1)&gt;</p>');
  expect(html('[x](javascript:alert(1))')).not.toContain('<a');
});

test('asterisks and underscores inside words are no emphasis', () => {
  expect(html('2*3*4 snake_case_name')).toBe('<p>2*3*4 snake_case_name</p>');
});
