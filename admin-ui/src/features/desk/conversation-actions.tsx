import { useState } from 'react';
import type { ConversationDetail } from '#core/desk/desk.schema.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { useWords } from '../../lib/locale.tsx';
import { useMe } from '../../lib/me.ts';
import { useMoveHandoff, type Move } from './api/move-handoff.ts';
import { whoHasIt } from './ownership.ts';
import { TicketDrawer } from './ticket-drawer.tsx';
import { composerWords } from './composer-words.ts';

type Asking = 'resolve' | 'ticket' | undefined;

/** What can be done with a conversation now, and the drawers and questions that belong to it. */
export function useConversationActions(conversation: ConversationDetail) {
  const t = useWords(composerWords);
  const owner = whoHasIt(conversation, useMe()?.id);
  const moving = useMoveHandoff();
  const [asking, setAsking] = useState<Asking>();
  const move = (to: Move): void => moving.mutate({ move: to, conversation });
  const close = (): void => setAsking(undefined);
  const [filed, setFiled] = useState<string>();

  const actions: Action[] = [];
  if (owner === 'me') actions.push({ name: t.giveBack, icon: 'robot', act: () => move('give-back') });
  actions.push({ name: t.openTicket, icon: 'ticket-perforated', act: () => setAsking('ticket') });
  if (owner === 'me') actions.push({ name: t.resolve, icon: 'check2', act: () => setAsking('resolve'), last: true });

  const asked = (
    <>
      {asking === 'ticket' && (
        <TicketDrawer
          conversation={conversation}
          onClose={close}
          onFiled={(number) => {
            setFiled(number);
            close();
          }}
        />
      )}
      {asking === 'resolve' && (
        <Dialog
          title={t.resolveTitle(conversation.customer.name)}
          act={t.resolveNow}
          onClose={close}
          onAct={() => {
            close();
            move('resolve');
          }}
        >
          <p className="mb-0">{t.resolveWhat}</p>
        </Dialog>
      )}
    </>
  );
  return { owner, actions, asked, take: () => move('take'), busy: moving.isPending, problem: moving.error, filed };
}

export type Action = { name: string; icon: IconName; act: () => void; last?: true };

/** The actions as a row below the composer. */
export function ActionBar({ actions, busy }: { actions: readonly Action[]; busy: boolean }) {
  const t = useWords(composerWords);
  return (
    <div className="fd-row mt-2 only-wide" role="group" aria-label={t.actions}>
      {actions.map((action) => (
        <button
          key={action.name}
          type="button"
          className={action.last ? 'btn btn-outline-secondary btn-sm ms-auto' : 'btn btn-outline-secondary btn-sm'}
          onClick={action.act}
          disabled={busy}
        >
          <Icon name={action.icon} />
          {action.name}
        </button>
      ))}
    </div>
  );
}
