import type { Me } from '#core/access/access.schema.ts';
import { NavLink } from 'react-router';
import { Icon, type IconName } from '../components/icon.tsx';
import { Logo } from '../components/logo.tsx';
import { AgentAvatar } from '../components/marks.tsx';
import { Popup } from '../components/popup.tsx';
import { useWaitingCount } from '../features/desk/use-conversations.ts';
import { useWords } from '../lib/locale.tsx';
import { paths } from '../lib/paths.ts';
import { AccountPanel } from './account-panel.tsx';
import { appWords } from './words.ts';

/** The way from page to page: at the left, on phones at the bottom. */
export function Rail({ me }: { me: Me }) {
  const t = useWords(appWords);
  const waiting = useWaitingCount();
  return (
    <nav className="fd-rail" aria-label={t.menu}>
      <Logo />
      <RailLink to={paths.desk()} icon="headset" name={t.desk}>
        {waiting > 0 && (
          <span className="fd-count">
            <span className="visually-hidden">{t.waitingNow} </span>
            {waiting}
          </span>
        )}
      </RailLink>
      <RailLink to={paths.tickets()} icon="ticket-perforated" name={t.tickets} />
      <RailLink to={paths.faqs()} icon="patch-question" name={t.faqs} />
      <div className="rail-narrow">
        <Popup
          button={
            <>
              <Icon name="list" />
              <span>{t.more}</span>
            </>
          }
          label={t.more}
          className="rail-button"
          place="above"
        >
          {() => <AccountPanel me={me} />}
        </Popup>
      </div>
      <div className="fd-rail-end">
        <Popup
          button={<AgentAvatar name={me.name} />}
          label={t.account(me.name)}
          className="rail-account"
          place="beside"
        >
          {() => <AccountPanel me={me} />}
        </Popup>
      </div>
    </nav>
  );
}

function RailLink({
  to,
  icon,
  name,
  children,
}: {
  to: string;
  icon: IconName;
  name: string;
  children?: React.ReactNode;
}) {
  return (
    <NavLink to={to}>
      <Icon name={icon} />
      <span>{name}</span>
      {children}
    </NavLink>
  );
}
