import type { Me } from '#core/access/access.schema.ts';
import { Icon } from '../components/icon.tsx';
import { Segments } from '../components/segments.tsx';
import { sharedWords } from '../components/shared-words.ts';
import { drafts } from '../features/desk/drafts.ts';
import { useLocale, useWords } from '../lib/locale.tsx';
import { useTheme } from '../lib/theme.tsx';
import { useTools } from '../lib/tools.tsx';
import { appWords } from './words.ts';

/** Who is signed in, in which language and colours, and the way out. */
export function AccountPanel({ me }: { me: Me }) {
  const t = useWords(appWords);
  const shared = useWords(sharedWords);
  const { locale, choose } = useLocale();
  const theme = useTheme();
  const { session, storage } = useTools();
  return (
    <div className="account">
      <div>
        <div className="fd-strong">{me.name}</div>
        <div className="fd-xs fd-muted">{me.email}</div>
      </div>
      <div>
        <div className="fd-xs fd-muted mb-1">{t.language}</div>
        <Segments
          label={t.language}
          value={locale}
          onChoose={choose}
          choices={[
            { value: 'zh-TW', label: <span lang="zh-Hant-TW">{shared.zhTW}</span> },
            { value: 'en', label: <span lang="en">{shared.en}</span> },
          ]}
        />
      </div>
      <div>
        <div className="fd-xs fd-muted mb-1">{t.theme}</div>
        <Segments
          label={t.theme}
          value={theme.theme}
          onChoose={theme.choose}
          choices={[
            { value: 'system', label: t.system },
            { value: 'light', label: t.light },
            { value: 'dark', label: t.dark },
          ]}
        />
      </div>
      <button
        type="button"
        className="btn btn-outline-secondary btn-sm"
        onClick={() => {
          drafts.forgetAll(storage);
          void session.signOut();
        }}
      >
        <Icon name="box-arrow-right" />
        {t.signOut}
      </button>
    </div>
  );
}
