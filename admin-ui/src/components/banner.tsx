import type { ReactNode } from 'react';
import { useWords } from '../lib/locale.tsx';
import { Icon, type IconName } from './icon.tsx';
import { problemText } from './problem-text.ts';
import { sharedWords } from './shared-words.ts';

/** What is wrong and what still works, across the pane that it concerns. */
export function Banner({
  tone = 'warning',
  icon = 'exclamation-triangle-fill',
  children,
}: {
  tone?: 'warning' | 'error';
  icon?: IconName;
  children: ReactNode;
}) {
  return (
    <div className="fd-banner" data-tone={tone} role={tone === 'error' ? 'alert' : 'status'}>
      <span aria-hidden="true" className="pt-1 lh-1">
        <Icon name={icon} />
      </span>
      <div className="fd-fill">{children}</div>
    </div>
  );
}

/** A failure of the server's, with another try where that makes sense. */
export function ProblemBanner({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useWords(sharedWords);
  return (
    <Banner tone="error">
      <div className="fd-row flex-wrap">
        <span className="fd-fill">{problemText(error, t)}</span>
        {onRetry && (
          <button type="button" className="btn btn-outline-secondary btn-sm" onClick={onRetry}>
            <Icon name="arrow-clockwise" />
            {t.retry}
          </button>
        )}
      </div>
    </Banner>
  );
}
