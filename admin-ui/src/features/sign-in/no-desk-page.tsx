import { Empty } from '../../components/empty.tsx';
import { useWords } from '../../lib/locale.tsx';
import { useTools } from '../../lib/tools.tsx';
import { signInWords } from './words.ts';

/** Shown to a customer's account: it has no place at the desk. */
export function NoDeskPage({ name }: { name: string }) {
  const t = useWords(signInWords);
  const { session } = useTools();
  return (
    <main>
      <h1 className="visually-hidden">Frontdesk</h1>
      <Empty icon="lock-fill" title={name}>
        <p>{t.noDesk}</p>
        <button type="button" className="btn btn-primary" onClick={() => void session.signOut()}>
          {t.other}
        </button>
      </Empty>
    </main>
  );
}
