import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Banner, ProblemBanner } from '../../components/banner.tsx';
import { Logo } from '../../components/logo.tsx';
import { Segments } from '../../components/segments.tsx';
import { sharedWords } from '../../components/shared-words.ts';
import { useLocale, useWords } from '../../lib/locale.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { ServerProblem } from '../../lib/problem.ts';
import { useTools } from '../../lib/tools.tsx';
import './sign-in.css';
import { signInWords } from './words.ts';

const refused = (error: unknown): boolean =>
  error instanceof ServerProblem && (error.status === 401 || error.status === 422);

/** Where agents come in. The page that was asked for opens afterwards. */
export function SignInPage() {
  const t = useWords(signInWords);
  const shared = useWords(sharedWords);
  const { locale, choose } = useLocale();
  const { session } = useTools();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);
  const signIn = useMutation({ mutationFn: () => session.signIn(email.trim(), password) });
  usePageTitle(t.title);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const incomplete = email.trim() === '' || password === '';
    setMissing(incomplete);
    if (!incomplete) signIn.mutate();
  }

  return (
    <main className="sign-in">
      <form className="fd-panel" onSubmit={submit} noValidate>
        <Logo />
        <h1>{t.title}</h1>
        <p className="fd-muted">{t.lead}</p>
        {missing && <Banner tone="error">{t.missing}</Banner>}
        {!missing &&
          signIn.error &&
          (refused(signIn.error) ? <Banner tone="error">{t.wrong}</Banner> : <ProblemBanner error={signIn.error} />)}
        <div className="field">
          <label className="form-label" htmlFor="email">
            {t.email}
          </label>
          <input
            id="email"
            className="form-control"
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <div className="field">
          <label className="form-label" htmlFor="password">
            {t.password}
          </label>
          <input
            id="password"
            className="form-control"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        <button type="submit" className="btn btn-primary w-100" disabled={signIn.isPending}>
          {t.signIn}
        </button>
      </form>
      <Segments
        label={t.language}
        value={locale}
        onChoose={choose}
        choices={[
          { value: 'zh-TW', label: <span lang="zh-Hant-TW">{shared.zhTW}</span> },
          { value: 'en', label: <span lang="en">{shared.en}</span> },
        ]}
      />
    </main>
  );
}
