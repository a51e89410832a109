import { inLanguage, readSettings } from './settings.ts';

const page = new URL('https://shop.example/goods?x=1') as unknown as Location;
function tag(attributes: Record<string, string>): HTMLScriptElement {
  const script = document.createElement('script');
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
  return script;
}

test('the chat server is where the script came from', () => {
  expect(readSettings(tag({ src: 'https://chat.example/widget.js' }), page).origin).toBe('https://chat.example');
  expect(readSettings(null, page).origin).toBe('https://shop.example');
  expect(readSettings(tag({ 'data-server': 'https://other.example/path' }), page).origin).toBe('https://other.example');
});

test('texts are by language where the page gives them so', () => {
  const { titles } = readSettings(tag({ 'data-title': 'Care', 'data-title-zh-tw': '客服' }), page);
  expect([inLanguage(titles, 'zh-TW'), inLanguage(titles, 'en')]).toEqual(['客服', 'Care']);
  expect(inLanguage({}, 'en')).toBeNull();
});

test('what is not given or not understood leaves our own choice', () => {
  expect(readSettings(tag({ 'data-theme': 'pink', 'data-invite-after': 'soon' }), page)).toMatchObject({
    locale: null,
    theme: 'auto',
    privacy: null,
    invitations: {},
    inviteAfterMs: 10_000,
  });
  expect(
    readSettings(
      tag({ 'data-theme': 'dark', 'data-locale': 'zh', 'data-privacy': '/privacy', 'data-invite-after': '3' }),
      page,
    ),
  ).toMatchObject({ locale: 'zh-TW', theme: 'dark', privacy: 'https://shop.example/privacy', inviteAfterMs: 3_000 });
});
