import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Nothing here yet: what belongs here, and at most one thing to do. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="fd-empty">
      <Icon name={icon} />
      <b>{title}</b>
      {children}
    </div>
  );
}
