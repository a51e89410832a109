import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Faq } from '#core/knowledge/faq.schema.ts';
import { Banner, ProblemBanner } from '../../components/banner.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Drawer } from '../../components/drawer.tsx';
import { Icon } from '../../components/icon.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useLocale, useWords } from '../../lib/locale.tsx';
import { paths } from '../../lib/paths.ts';
import { ServerProblem } from '../../lib/problem.ts';
import { useTools } from '../../lib/tools.tsx';
import { useDeleteFaq } from './api/delete-faq.ts';
import { faqQuery } from './api/read-faq.ts';
import { useSaveFaq } from './api/save-faq.ts';
import { draftOf, emptyDraft, isSame, keptEdits, missingFields, tidied, type FaqDraft } from './faq-draft.ts';
import { FaqForm } from './faq-form.tsx';
import { FaqPreview } from './faq-preview.tsx';
import { faqWords } from './words.ts';

type Props = { id: string; mayWrite: boolean; onClose: () => void; onSaved: (faq: Faq) => void };

/** The editor of one FAQ; `new` instead of an id begins another. */
export function FaqDrawer({ id, mayWrite, onClose, onSaved }: Props) {
  const t = useWords(faqWords);
  const { api } = useTools();
  const isNew = id === paths.newFaq;
  const { data: faq, error, refetch } = useQuery({ ...faqQuery(api, id), enabled: !isNew });
  if (isNew || faq) return <Editor faq={faq} mayWrite={mayWrite} onClose={onClose} onSaved={onSaved} />;
  return (
    <Drawer title={t.title} onClose={onClose}>
      {error ? (
        <ProblemBanner error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading>
          <div className="drawer-form d-grid gap-3">
            <Skeleton width="40%" />
            <Skeleton width="100%" height="2rem" />
            <Skeleton width="100%" height="8rem" />
          </div>
        </Loading>
      )}
    </Drawer>
  );
}

function Editor({ faq, mayWrite, onClose, onSaved }: Omit<Props, 'id'> & { faq: Faq | undefined }) {
  const t = useWords(faqWords);
  const { locale } = useLocale();
  const { storage } = useTools();
  const key = faq?.id ?? paths.newFaq;
  const stored = faq ? draftOf(faq) : emptyDraft(locale);
  const [draft, setDraft] = useState<FaqDraft>(() => keptEdits.read(storage, key) ?? stored);
  const [checked, setChecked] = useState(false);
  const [asking, setAsking] = useState(false);
  const saving = useSaveFaq(faq);
  const deleting = useDeleteFaq();
  const changed = !isSame(draft, stored);
  const busy = saving.isPending || deleting.isPending;

  function edit(next: FaqDraft): void {
    setDraft(next);
    if (isSame(next, stored)) keptEdits.forget(storage, key);
    else keptEdits.write(storage, key, next);
  }

  function discard(): void {
    keptEdits.forget(storage, key);
    setDraft(stored);
  }

  function save(status: Faq['status']): void {
    setChecked(true);
    if (missingFields(draft).length > 0) return;
    saving.mutate(
      { ...tidied(draft), status },
      {
        onSuccess(saved) {
          keptEdits.forget(storage, key);
          setDraft(draftOf(saved));
          onSaved(saved);
        },
      },
    );
  }

  return (
    <>
      <Drawer
        title={faq?.question ?? t.newTitle}
        state={<State faq={faq} changed={changed} />}
        onClose={onClose}
        {...(mayWrite
          ? {
              foot: (
                <Foot
                  faq={faq}
                  changed={changed}
                  busy={busy}
                  onSave={save}
                  onDiscard={discard}
                  onDelete={() => setAsking(true)}
                />
              ),
            }
          : {})}
      >
        {!mayWrite && <Banner icon="lock-fill">{t.readOnly}</Banner>}
        {saving.error &&
          (isStale(saving.error) ? (
            <Banner tone="error">{t.changedMeanwhile}</Banner>
          ) : (
            <ProblemBanner error={saving.error} />
          ))}
        {deleting.error && <ProblemBanner error={deleting.error} />}
        <div className="faq-editor">
          <FaqForm draft={draft} onChange={edit} readOnly={!mayWrite} missing={checked ? missingFields(draft) : []} />
          <FaqPreview answer={draft.answer} />
        </div>
      </Drawer>
      {asking && faq && (
        <Dialog
          title={t.deleteTitle(faq.question)}
          act={t.deleteNow}
          danger
          onClose={() => setAsking(false)}
          onAct={() => {
            setAsking(false);
            deleting.mutate(faq, {
              onSuccess() {
                keptEdits.forget(storage, key);
                onClose();
              },
            });
          }}
        >
          <p className="mb-0">{t.deleteWhat}</p>
        </Dialog>
      )}
    </>
  );
}

const isStale = (error: Error): boolean => error instanceof ServerProblem && error.status === 412;

function State({ faq, changed }: { faq: Faq | undefined; changed: boolean }) {
  const t = useWords(faqWords);
  if (changed)
    return (
      <span className="fd-chip" data-sla="soon">
        {t.changed}
      </span>
    );
  if (!faq || faq.status === 'draft')
    return (
      <span className="fd-chip" data-state="closed">
        {t.draft}
      </span>
    );
  return (
    <span className="fd-chip" data-tone="plain">
      {t.publishedVersion(faq.version)}
    </span>
  );
}

type FootProps = {
  faq: Faq | undefined;
  changed: boolean;
  busy: boolean;
  onSave: (status: Faq['status']) => void;
  onDiscard: () => void;
  onDelete: () => void;
};

function Foot({ faq, changed, busy, onSave, onDiscard, onDelete }: FootProps) {
  const t = useWords(faqWords);
  const published = faq?.status === 'published';
  return (
    <>
      {faq && (
        <button type="button" className="btn btn-outline-danger" onClick={onDelete} disabled={busy}>
          <Icon name="trash3" />
          {t.delete}
        </button>
      )}
      <span className="fd-fill" />
      {changed && (
        <button type="button" className="btn btn-quiet" onClick={onDiscard} disabled={busy}>
          {t.discard}
        </button>
      )}
      <button
        type="button"
        className="btn btn-outline-secondary"
        onClick={() => onSave('draft')}
        disabled={busy || (!changed && !published)}
      >
        {published ? t.unpublish : t.saveDraft}
      </button>
      <button
        type="button"
        className="btn btn-primary"
        onClick={() => onSave('published')}
        disabled={busy || (published && !changed)}
      >
        {faq ? t.publishVersion(faq.version + 1) : t.publish}
      </button>
    </>
  );
}
