// The demo shop's page: its language, its colours, its shelves, and questions handed to the chat.
const root = document.documentElement;
const asked = new URLSearchParams(location.search);

const kept = (name) => {
  try {
    return localStorage.getItem(`shop-${name}`);
  } catch {
    return null;
  }
};
const keep = (name, value) => {
  try {
    localStorage.setItem(`shop-${name}`, value);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
};

let language = asked.get('lang') ?? kept('language') ?? (/^zh/i.test(navigator.language) ? 'zh' : 'en');
if (language !== 'en') language = 'zh';
let theme =
  asked.get('theme') ?? kept('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
if (theme !== 'dark') theme = 'light';
root.dataset.theme = theme;
root.lang = language === 'en' ? 'en' : 'zh-Hant-TW';

const chat = (act) => {
  if (window.Frontdesk) act(window.Frontdesk);
  else addEventListener('frontdesk:ready', () => act(window.Frontdesk), { once: true });
};

const paint = () => {
  root.dataset.theme = theme;
  const button = document.getElementById('theme');
  button.dataset.zh = theme === 'dark' ? '淺色' : '深色';
  button.dataset.en = theme === 'dark' ? 'Light' : 'Dark';
  button.textContent = button.dataset[language];
  chat((frontdesk) => frontdesk.setTheme(theme));
};

const speak = () => {
  root.lang = language === 'en' ? 'en' : 'zh-Hant-TW';
  for (const element of document.querySelectorAll('[data-zh]')) element.textContent = element.dataset[language];
  for (const element of document.querySelectorAll('[data-label-zh]'))
    element.setAttribute('aria-label', element.dataset[language === 'en' ? 'labelEn' : 'labelZh']);
  document.title = document.querySelector('.brand').textContent;
  const other = document.getElementById('language');
  other.textContent = language === 'en' ? '中文' : 'English';
  other.lang = language === 'en' ? 'zh-Hant-TW' : 'en';
};

const shelve = (kind) => {
  for (const button of document.querySelectorAll('nav button'))
    button.setAttribute('aria-pressed', String(button.dataset.kind === kind));
  for (const product of document.querySelectorAll('.product'))
    product.hidden = kind !== 'all' && product.dataset.kind !== kind;
};

addEventListener('DOMContentLoaded', () => {
  document.getElementById('language').addEventListener('click', () => {
    language = language === 'en' ? 'zh' : 'en';
    keep('language', language);
    speak();
    chat((frontdesk) => frontdesk.setLocale(language));
  });
  document.getElementById('theme').addEventListener('click', () => {
    theme = theme === 'dark' ? 'light' : 'dark';
    keep('theme', theme);
    paint();
  });
  for (const button of document.querySelectorAll('nav button'))
    button.addEventListener('click', () => shelve(button.dataset.kind));
  for (const button of document.querySelectorAll('.ask'))
    button.addEventListener('click', () =>
      chat((frontdesk) => frontdesk.ask(button.dataset[language === 'en' ? 'askEn' : 'askZh'])),
    );
  speak();
  paint();
});
